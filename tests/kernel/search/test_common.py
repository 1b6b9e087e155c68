"""What is so common that the index would name a good part of the table: walked from the newest."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huike.customers.models import Party
from huike.kernel.change.work import change
from huike.kernel.records.bulk import create_all
from huike.kernel.search.query import question
from huike.kernel.search.store import newest, store
from huike.kernel.search.terms import kind, tag
from tests.kernel.search.conftest import SYSTEM

LABEL = "customers.party"


def test_the_newest_of_a_common_answer_are_found_without_the_index(
    db: None, on_postgresql: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest rows do not answer, so that the walk alone would bring too few."""
    with change(SYSTEM, "test.many"):
        common = create_all([Party(name=f"王{n}") for n in range(600)])
        create_all([Party(name=f"李{n}") for n in range(200)])
    store().settle()
    keys = sorted((row.pk for row in common), reverse=True)
    asked = question(["王"], [tag(LABEL, "name")])
    for walked in (None, 3, 210, 5000):
        if walked and on_postgresql:
            monkeypatch.setattr("huike.kernel.search.postgresql._walk", lambda *_, n=walked: n)
        with CaptureQueriesContext(connection) as told:
            assert newest(kind(LABEL), asked, 10) == keys[:10]
        if on_postgresql:
            assert "near" in told[-1]["sql"]  # what is common is walked, asked or not


@pytest.mark.parametrize(
    ("words", "may_be"), [(["王"], True), (["wang"], True), (["zhang"], True), (["王小芳"], False)]
)
def test_only_words_of_one_term_are_asked_about(words: list[str], may_be: bool) -> None:
    assert question(words, [tag(LABEL, "name")]).may_be_common is may_be
