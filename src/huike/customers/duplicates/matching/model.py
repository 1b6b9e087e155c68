"""The Fellegi-Sunter model of Splink: learnt without labels by EM, kept, and asked for
probabilities.

Fellegi and Sunter, "A Theory for Record Linkage" (1969); Splink 5 (MIT) runs it on DuckDB.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_level_library as cll
from splink import comparison_library as cl
from splink.internals.exceptions import EMTrainingException

from huike.customers.duplicates.matching.keys import COMPARED
from huike.customers.duplicates.matching.levels import Compared

log = logging.getLogger(__name__)
SEED = 20261123
FILLED = 0.02  # of the rows must have a value, or the column says nothing here
RANDOM_PAIRS = 100_000
FEW = 500  # of fewer rows nothing can be learnt: what is believed beforehand holds
TAUGHT = 400  # rows from which EM learns by blocking on a column; with fewer, belief stays
SAMPLE = 20_000  # rows from which it learns at most
RELIABLE = ("number_id", "phone", "email", "birthday")  # who share one are mostly the same
PREFIX = "gamma_"

logging.getLogger("splink").setLevel(logging.ERROR)


Rows = Sequence[Mapping[str, Any]]
SCHEMA = pa.schema(
    [
        ("unique_id", pa.int64()),
        *((name, pa.string()) for name in COMPARED),
        ("keys", pa.list_(pa.string())),
    ]
)


def columns_of(rows: Rows, compared: Sequence[Compared]) -> list[Compared]:
    """Return those of `compared` of which enough rows have a value."""
    least = max(len(rows) * FILLED, 2)
    return [c for c in compared if sum(row[c.column] is not None for row in rows) >= least]


def learn(rows: Rows, compared: Sequence[Compared]) -> dict[str, Any]:
    """Return the settings of a model that was learnt from `rows`, ready to be kept as JSON.

    A row has the columns of keys.COMPARED, `unique_id` and `keys`.
    """
    used = columns_of(rows, compared)
    names = {c.name for c in used}
    if len(rows) < FEW:
        believed: dict[str, Any] = _settings(used, len(rows)).create_settings_dict("duckdb")
        return believed
    linker = _linker(_sample(rows), _settings(used))
    sure = [block_on(one, "name") for one in RELIABLE if one in names]
    if sure:
        linker.training.estimate_probability_two_random_records_match(sure, recall=0.7)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=RANDOM_PAIRS, seed=SEED, num_chunks=1, min_count_per_level=None
    )
    for column in _teachers(rows, names):
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(column), record_sample_proportion=1.0
            )
        except EMTrainingException as error:  # no pairs, or none that differ: belief stays
            log.info("nothing learnt from %s: %s", column, error)
    kept: dict[str, Any] = linker.misc.save_model_to_json()
    return kept


def ask(rows: Rows, model: Mapping[str, Any], least: float) -> list[dict[str, Any]]:
    """Return the pairs of `rows` that share a key and whose probability is at least `least`.

    Columns: unique_id_l, unique_id_r, match_probability, and gamma_<column> for the levels.
    """
    linker = _linker(rows, dict(model))
    found = linker.inference.predict(threshold_match_probability=least)
    pairs: list[dict[str, Any]] = found.as_record_list()
    return pairs


def _settings(used: Sequence[Compared], few: int = 0) -> SettingsCreator:
    """Return the settings to learn with; those of a file of `few` rows are all belief."""
    return SettingsCreator(
        probability_two_random_records_match=min(0.01, 1 / few) if few else 0.0001,
        link_type="dedupe_only",
        comparisons=[_comparison(c, believed=few > 0) for c in used],
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
        max_iterations=15,
        em_convergence=0.001,
    )


def _comparison(compared: Compared, *, believed: bool) -> Any:
    rest = 1 - sum(level.m for level in compared.levels)
    levels: list[Any] = [cll.CustomLevel(compared.null, "empty").configure(is_null_level=True)]
    for level in compared.levels:
        made = cll.CustomLevel(level.sql, level.name)
        more: dict[str, Any] = {"u_probability": level.u} if believed else {}
        if level.is_rare and not believed:
            more = {"tf_adjustment_column": compared.column}
        levels.append(made.configure(m_probability=level.m, **more))
    other = {"u_probability": 1 - sum(x.u for x in compared.levels)} if believed else {}
    levels.append(cll.ElseLevel().configure(m_probability=max(rest, 0.02), **other))
    return cl.CustomComparison(levels, output_column_name=compared.name)


def _linker(rows: Rows, settings: Any) -> Linker:
    connection = duckdb.connect(":memory:")
    connection.execute("SET enable_progress_bar = false")
    database = DuckDBAPI(connection=connection)
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    return Linker(database.register(table), settings, log_level=logging.ERROR)


def _sample(rows: Rows) -> Rows:
    """Take rows to learn from; sorted, those that share a number or phone stay together."""
    if len(rows) <= SAMPLE:
        return rows
    together = sorted(rows, key=lambda row: (row["number_id"] or "", row["phone"] or ""))
    return together[-SAMPLE:]


def _teachers(rows: Rows, names: set[str]) -> list[str]:
    """Return up to two columns on which enough rows agree to learn from them."""
    found = []
    for column in (one for one in RELIABLE if one in names):
        counted = Counter(row[column] for row in rows if row[column])
        if sum(n for n in counted.values() if n > 1) >= TAUGHT:
            found.append(column)
    return found[:2]
