"""The star as declared: nothing in it names what is not there, and its page is current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from huike.warehouse import reference
from huike.warehouse.cube import Query, answer, expression
from huike.warehouse.loading import load
from huike.warehouse.star.firm import star
from tests.warehouse.source import Memory, firm

SHAPE = star()


def test_the_page_is_current() -> None:
    assert reference.FILE.read_text("utf8") == reference.text(), (
        "run python -m huike.warehouse.reference"
    )


@pytest.mark.parametrize("fact", SHAPE.facts)
def test_every_level_and_measure_can_be_asked(loaded: Any, fact: str) -> None:
    """In one question: all measures by all levels; a share needs the whole and is asked apart."""
    names = tuple(measure.name for measure in SHAPE.facts[fact].measures)
    levels = SHAPE.levels(fact)
    found = loaded.to_pandas(expression(loaded, Query(fact, tuple(levels), (), names)))
    assert {*levels} <= {*found.columns}
    assert {m.name for m in SHAPE.facts[fact].measures if m.of} <= {*found.columns}
    assert set(answer(loaded, Query(fact, (), (), names)).total()) == set(names)


@pytest.mark.parametrize("name", SHAPE.dimensions)
def test_hierarchies_and_keys_are_of_the_dimension(loaded: Any, name: str) -> None:
    dimension = SHAPE.dimensions[name]
    levels = {level.name for level in dimension.levels}
    for hierarchy in dimension.hierarchies:
        assert set(hierarchy.levels) <= levels
    if dimension.view is not None:
        columns = set(dimension.view(loaded).columns)
        assert dimension.key in columns
        for level in dimension.levels:
            assert {level.column, level.key} - {""} <= columns


@pytest.mark.parametrize("name", SHAPE.facts)
def test_subjects_links_and_documents_are_there(loaded: Any, name: str) -> None:
    fact = SHAPE.facts[name]
    columns = set(fact.view(loaded).columns)
    assert set(fact.subjects) <= SHAPE.subjects.keys()
    assert {fact.day, fact.document} <= columns
    assert {link.column for link in fact.links.values()} <= columns
    assert {link.dimension for link in fact.links.values()} <= SHAPE.dimensions.keys()
    assert {m.part_of for m in fact.measures} - {""} <= {m.name for m in fact.measures}


def test_every_subject_has_facts() -> None:
    assert {name for fact in SHAPE.facts.values() for name in fact.subjects} == set(SHAPE.subjects)


@dataclass
class Scored(Memory):
    """A feed of scores, which no table is declared for."""

    def __init__(self) -> None:
        Memory.__init__(self, "task")
        self.name, self.key = "customer_score", "customer"
        self.types = {"customer": "integer", "as_of": "date", "rfm_class": "text", "risk": "number"}


def test_scores_become_levels_of_then_and_of_now(tmp_path: Any) -> None:
    from huike.warehouse import engines
    from tests.warehouse.source import moment

    scored = Scored()
    scored.put(2, *(
        {"as_of": moment(day).date(), "rfm_class": name, "risk": risk}
        for day, name, risk in ((0, "100", 0.5), (200, "111", 0.1))
    ))  # fmt: skip
    report = load([*firm(), scored], tmp_path)
    assert report.published is not None
    backend = engines.duckdb(report.published)
    only = (("customer.customer", "is", 2),)
    then = answer(backend, Query("sale", ("score.rfm_class",), (), ("orders",), only)).cells()
    now = answer(backend, Query("sale", ("score_now.rfm_class",), (), ("orders",), only)).cells()
    assert sorted(then["score.rfm_class"]) == ["100", "111"]
    assert list(now["score_now.rfm_class"]) == ["111"]
    assert then["orders"].sum() == now["orders"].sum() > 1
    few = (("score_now.risk", "below", 0.2),)
    got = answer(backend, Query("sale", ("customer.customer",), (), ("orders",), few)).cells()
    assert list(got["customer.customer#"]) == [2]
