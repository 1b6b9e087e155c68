"""Writes docs/reference/warehouse.md from the declaration: python -m huike.warehouse.reference."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from huike.warehouse.facts_seen import OPERATORS
from huike.warehouse.star.declaring import Dimension, Fact, Stored, Words
from huike.warehouse.star.firm import star
from huike.warehouse.star.tables import STORED

FILE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "warehouse.md"
BEGINNING = """# The warehouse

Made by `python -m huike.warehouse.reference` from `src/huike/warehouse/star`; a test holds it
current.

Rooms give their rows in `feeds.py`; `huike.analytics.runs.loading.load()` brings what changed into
one DuckDB file per organisation and publishes a copy for reading; `huike.warehouse.cube` asks it,
and `huike.warehouse.purchases` is what the methods of `huike.insight` read. Which engines it runs
on is told in `docs/decisions/0011-engines.md`.

A level is named "role.level", such as `customer.city` (where the customer lived on the day) or
`customer_now.city` (where it lives now).
"""


def text() -> str:
    """The whole page."""
    return "\n".join(
        [BEGINNING, *_subjects(), *_facts(), *_dimensions(), *_operators(), *_tables()]
    )


def _both(title: Words) -> str:
    return f"{title['zh']} {title['en']}"


def _grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _subjects() -> Iterator[str]:
    shape = star()
    yield "## Subjects\n"
    rows = [
        (
            _both(subject.title),
            _both(subject.meaning),
            ", ".join(f"`{f.name}`" for f in shape.facts.values() if subject.name in f.subjects),
        )
        for subject in shape.subjects.values()
    ]
    yield from _grid(("subject", "what it is about", "facts"), rows)


def _facts() -> Iterator[str]:
    yield "## Facts\n"
    for fact in star().facts.values():
        yield from _fact(fact)


def _fact(fact: Fact) -> Iterator[str]:
    yield f"### `{fact.name}`: {_both(fact.title)}\n"
    yield f"One row is {_both(fact.grain)}. Its document is a `{fact.record}`.\n"
    links = [
        (f"`{role}`", f"`{link.dimension}`", f"`{link.column}`", "now" if link.now else "then")
        for role, link in fact.links.items()
    ]
    yield from _grid(("role", "dimension", "by", "as of"), links)
    measures = [
        (f"`{m.name}`", _both(m.title), m.unit, _both(m.meaning), "yes" if m.additive else "no")
        for m in fact.measures
    ]
    yield from _grid(("measure", "called", "unit", "how", "adds up"), measures)


def _dimensions() -> Iterator[str]:
    yield "## Dimensions\n"
    for dimension in star().dimensions.values():
        yield from _dimension(dimension)
    yield (
        "Scores that customers were given (feed `customer_score`) become the dimension `score`,\n"
        "in the roles `score` (of the day) and `score_now`, with a level for each column.\n"
    )


def _dimension(dimension: Dimension) -> Iterator[str]:
    yield f"### `{dimension.name}`: {_both(dimension.title)}\n"
    if dimension.dated:
        yield "Keeps history: a fact sees the row that was valid on its day.\n"
    levels = [(f"`{level.name}`", _both(level.title)) for level in dimension.levels]
    yield from _grid(("level", "called"), levels)
    for hierarchy in dimension.hierarchies:
        yield f"Drill down {_both(hierarchy.title)}: {' > '.join(hierarchy.levels)}\n"


def _operators() -> Iterator[str]:
    yield "## Filters\n"
    names = ", ".join(f"`{name}`" for name in OPERATORS)
    yield f"Operators: {names}, and `under` a node of a tree, given by its key.\n"


def _tables() -> Iterator[str]:
    yield "## Stored tables\n"
    yield from _grid(("table", "record by", "columns"), map(_table, STORED.values()))
    yield "Columns in *italics* keep their history (valid_from, valid_to, is_current)."
    yield "Further tables: `day`, and the flattened trees `department_tree`,"
    yield "`customer_category_tree`, `product_group_tree`.\n"


def _table(table: Stored) -> tuple[str, str, str]:
    columns = (f"*{name}*" if name in table.history else name for name in table.columns)
    return f"`{table.name}`", f"`{table.key}`", ", ".join(columns)


def main() -> int:
    """Write the page, or with --check only tell whether it is current."""
    if "--check" in sys.argv:
        return int(not FILE.exists() or FILE.read_text("utf8") != text())
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text(), "utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
