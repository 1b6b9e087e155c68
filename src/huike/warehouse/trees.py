"""Flattens trees of departments, categories and product groups, so that every engine can group by
their levels."""

from __future__ import annotations

from typing import Any

from huike.warehouse.merging import quoted
from huike.warehouse.star.declaring import DEPTH

TREES = {
    "department": ("department", "department_tree"),
    "customer_category": ("category", "customer_category_tree"),
    "product_group": ("group", "product_group_tree"),
}
"""Stored table: (its key, the name of its flattened tree)."""


def flatten(connection: Any) -> None:
    """Make every flattened tree anew: one row per node, its ancestors by level.

    Columns: the key, name, depth (1 at the root), key_1..key_5 and name_1..name_5; the levels
    below the node itself are null. A parent that is missing, or a ring, makes a root.
    """
    for table, (key, tree) in TREES.items():
        _flatten(connection, table, key, tree)


def _flatten(connection: Any, table: str, key: str, tree: str) -> None:
    source, node = quoted(table), quoted(key)
    levels = ", ".join(f"path[{n}] AS key_{n}, names[{n}] AS name_{n}" for n in _levels())
    connection.execute(
        f"""CREATE OR REPLACE TABLE {quoted(tree)} AS
        WITH RECURSIVE walk AS (
            SELECT {node} AS node, name, [{node}] AS path, [name] AS names FROM {source}
            WHERE parent IS NULL OR parent NOT IN (SELECT {node} FROM {source})
            UNION ALL
            SELECT c.{node}, c.name, list_append(walk.path, c.{node}),
                list_append(walk.names, c.name)
            FROM {source} c JOIN walk ON c.parent = walk.node
            WHERE NOT list_contains(walk.path, c.{node})
        ), ringed AS (
            SELECT {node} AS node, name, [{node}] AS path, [name] AS names FROM {source}
            WHERE {node} NOT IN (SELECT node FROM walk)
        )
        SELECT node AS {node}, name, CAST(len(path) AS BIGINT) AS depth, {levels}
        FROM (FROM walk UNION ALL FROM ringed)"""
    )


def _levels() -> range:
    return range(1, DEPTH + 1)
