"""The operations beside records: search, files, figures, jobs, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from huike.analytics.figures.asking import PAGES
from huike.api.openapi.answers import Operation, operation, perhaps_later
from huike.api.openapi.parameters import ID_PARAMETER, KEY, SIZE, parameter
from huike.api.openapi.shapes import MULTIPART, Schema, ref


def _upload(view: Any) -> Operation:
    return operation(
        "upload_file",
        "files",
        _("Upload a file, whose id a field can then hold"),
        ref("File"),
        status="201",
        body=MULTIPART,
        kind="multipart/form-data",
        parameters=[KEY],
        writes=True,
    )


def _download(view: Any) -> Operation:
    said = "Your second secret, for a file that is sealed."
    given = [ID_PARAMETER, parameter("Huike-Second-Secret", said, where="header")]
    told = operation("download_file", "files", _("Download a file"), None, parameters=given)
    told["responses"]["200"]["content"] = {"application/octet-stream": {}}
    return told


def _search(view: Any) -> Operation:
    words = {"type": "string", "minLength": 1, "maxLength": 100}
    given = [
        parameter("q", "Name, pinyin, phone digits, number …", words, required=True),
        parameter("record", "Only these records, e.g. customers/party."),
        parameter("size", "How many at most.", {**SIZE, "maximum": 50, "default": 20}),
    ]
    return operation("search", "house", _("Search in everything"), ref("Hits"), parameters=given)


def _duplicates(view: Any) -> Operation:
    typed = [parameter(name, "As it was typed.") for name in sorted(view.parameters)]
    said = _("Who may be a customer that is about to be added")
    return operation("duplicates", "customers/party", said, ref("Possibles"), parameters=typed)


def _figures(view: Any) -> Operation:
    given = [
        parameter("pivot", "The id of a saved pivot; without it the other parameters describe one.",
                  {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}),
        parameter("fact", "What is counted.", example="sale"),
        parameter("rows", "Levels, coarse to fine, separated by commas.",
                  example="time.year,time.month"),
        parameter("columns", "Levels that stand across.", example="owner.staff"),
        parameter("measures", "Numbers, separated by commas.", example="revenue,orders"),
        parameter("filters", "A JSON list of [level, operator, value].",
                  example='[["time.year","is","2026"]]'),
        parameter("sort", "A measure, with “-” before it for the largest first."),
        parameter("size", "How many combinations of the row levels at most.",
                  {**SIZE, "maximum": 500, "default": 500}),
    ]  # fmt: skip
    said = _("Figures of the pivot, with totals")
    return operation("figures", "house", said, ref("Figures"), parameters=given)


def _insight(view: Any) -> Operation:
    day: Schema = {"type": "string", "format": "date"}
    pages: Schema = {"type": "string", "enum": list(PAGES)}
    given = [
        parameter("page_name", "Which insight page.", pages, where="path", required=True,
                  example="satisfaction"),
        parameter("on", "As of a day of which scores were kept; without it the newest.", day),
        parameter("since", "matrix, lifecycle: the earlier of two days, for who moved.", day),
        parameter("unit", "scorecard: month, quarter, year; forecast: month, week.",
                  {"type": "string", "enum": ["month", "quarter", "year", "week"]}),
        parameter("start", "scorecard: the first day of the period.", day),
        parameter("ahead", "forecast: how many periods.",
                  {"type": "integer", "minimum": 1, "maximum": 99}),
        parameter("filter", "Which customers: a JSON list of [field, operator, value].",
                  example='[["owner","in",[3]]]'),
    ]  # fmt: skip
    said = _("The figures of an insight page")
    return operation("insight", "house", said, ref("Insight"), parameters=given)


def _undo(view: Any) -> Operation:
    said = _("Take back a change of yours")
    body, answer = ref("Undo"), ref("Undone")
    told = operation("undo", "house", said, answer, body=body, parameters=[KEY], writes=True)
    return perhaps_later(told)


def _job(view: Any) -> Operation:
    said = _("How a background job stands")
    return operation("job_get", "house", said, ref("Job"), parameters=[ID_PARAMETER])


def _stop_job(view: Any) -> Operation:
    return operation(
        "job_cancel",
        "house",
        _("Stop a background job"),
        None,
        status="204",
        parameters=[ID_PARAMETER],
        writes=True,
    )


SERVICES: dict[tuple[str, str], Callable[[Any], Operation]] = {
    ("upload", "POST"): _upload,
    ("download", "GET"): _download,
    ("me", "GET"): lambda view: operation("me", "house", _("Who am I?"), ref("Me")),
    ("records", "GET"): lambda view: operation(
        "records", "house", _("The kinds of records and their fields"), ref("RecordKinds")
    ),
    ("search", "GET"): _search,
    ("duplicates", "GET"): _duplicates,
    ("figures", "GET"): _figures,
    ("insight", "GET"): _insight,
    ("jobs", "GET"): lambda view: operation("jobs", "house", _("My background jobs"), ref("Jobs")),
    ("job", "GET"): _job,
    ("job", "DELETE"): _stop_job,
    ("undo", "POST"): _undo,
}
