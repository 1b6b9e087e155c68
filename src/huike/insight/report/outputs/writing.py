"""Writes the report: one HTML page that needs nothing else, and Word, PDF or Excel if asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup

from huike.insight.estimator import Language
from huike.insight.report.analysis import Analysis
from huike.insight.report.blocks import Report
from huike.insight.report.chapters.whole import report

FIGURE = re.compile(r"[-+–]?[\d,.]+( ?[%万])?|–")
"""A cell that is a number, and stands to the right."""


def write(
    found: Analysis, target: Path, lang: Language, kinds: Sequence[str], file: str
) -> list[Path]:
    """Write `target` as HTML (or as its ending says) and beside it the further kinds.

    kinds: out of docx, pdf, xlsx. Returns what was written.
    """
    made = report(found, lang, file)
    ending = target.suffix.lower().lstrip(".")
    wanted = {ending if ending in ("docx", "pdf", "xlsx") else "html", *kinds}
    target.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for kind in sorted(wanted, key=("html", "docx", "pdf", "xlsx").index):
        path = target if kind == "html" or ending == kind else target.with_suffix(f".{kind}")
        _WRITERS[kind](made, path, found)
        written.append(path)
    return written


def html(made: Report, *, paper: bool = False) -> str:
    """The report as one page: style and pictures inside, no script, no host."""
    return _template().render(report=made, paper=paper, today=date.today(), picture=Markup)


@cache
def _template() -> Template:
    source = resources.files("huike.insight.report.outputs").joinpath("report.html.j2")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.tests["figure"] = lambda cell: FIGURE.fullmatch(cell) is not None
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment.from_string(source.read_text(encoding="utf-8"))


def _html(made: Report, path: Path, found: Analysis) -> None:
    path.write_text(html(made), encoding="utf-8")


def _pdf(made: Report, path: Path, found: Analysis) -> None:
    from weasyprint import HTML

    HTML(string=html(made, paper=True)).write_pdf(str(path))


def _docx(made: Report, path: Path, found: Analysis) -> None:
    from huike.insight.report.outputs.word import write_word

    write_word(made, path)


def _xlsx(made: Report, path: Path, found: Analysis) -> None:
    from huike.insight.report.outputs.workbook import write_workbook

    write_workbook(made, found, path)


_WRITERS: dict[str, Any] = {"html": _html, "pdf": _pdf, "docx": _docx, "xlsx": _xlsx}
