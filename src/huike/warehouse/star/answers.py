"""The fact of surveys: what customers answered when asked how satisfied they are."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from huike.warehouse.star.declaring import Fact, Link, words
from huike.warehouse.star.measures import CUSTOMER, CUSTOMERS, count, share


def survey_answers(backend: Any) -> Table:
    """Every answer to a survey outside the bin, with its day."""
    stored = backend.table("survey_answer")
    return stored.filter(stored["binned_at"].isnull()).mutate(on=stored["at"].date())


def _said(t: Table, kind: str, *verdicts: str) -> Any:
    of_kind = t["kind"] == kind
    return t.count(where=of_kind & t["verdict"].isin(verdicts) if verdicts else of_kind)


ANSWER = Fact(
    "survey_answer",
    words("满意度回答", "Survey answers"),
    ("service",),
    words("一位客户对一个问题的一次回答", "one answer of one customer to one question"),
    survey_answers,
    "on",
    {
        **CUSTOMER,
        "time": Link("time", "on"),
        "product": Link("product", "product"),
        "answer_kind": Link("answer_kind", "kind"),
        "verdict": Link("verdict", "verdict"),
        "answer_about": Link("answer_about", "topic"),
    },
    (
        count("answers", "回答数", "answers", lambda t: t.count(), "回答的数量", "answers"),
        share("csat", "满意率（CSAT）", "CSAT",
               lambda t: _said(t, "csat", "content") / _said(t, "csat").nullif(0),
               "满意度问题中答满意的占比", "satisfied, of the answers on satisfaction"),
        share("net_promoters", "净推荐（NPS÷100）", "NPS / 100",
               lambda t: (_said(t, "nps", "content") - _said(t, "nps", "unhappy"))
               / _said(t, "nps").nullif(0),
               "推荐者占比减去贬损者占比", "share of promoters less share of detractors"),
        count("unhappy", "不满意", "not satisfied",
               lambda t: t.count(where=t["verdict"] == "unhappy"),
               "不满意的回答", "answers that were not satisfied"),
        CUSTOMERS,
    ),
    "answer",
    "surveys.answer",
)  # fmt: skip
