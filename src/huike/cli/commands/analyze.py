"""huike analyze: the whole customer value report from any file of orders, without a server."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import click

from huike.insight.report.reading.source import ROLES, CannotAnalyse

DAY = click.DateTime(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"])
LARGE = 1_000_000  # bytes; below, a second process takes longer to start than it spares


def column_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """One option for each part a column can play."""
    for role in reversed([role for role in ROLES if role != "currency"]):
        text = f"Column of the {role}, if guessed wrong."
        function = click.option(f"--{role}", metavar="COLUMN", help=text)(function)
    return function


@click.command("analyze")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), help="The report (default: FILE-report.html)."
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--docx", is_flag=True, help="Also write it as Word.")
@click.option("--pdf", is_flag=True, help="Also write it as PDF.")
@click.option("--xlsx", is_flag=True, help="Also write lists and tables as Excel.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--calibration-end", type=DAY, help="Fit models up to this day, judge after it.")
@click.option("--as-of", type=DAY, help="Analysis date; later lines are left out and counted.")
@click.option(
    "--time-unit", type=click.Choice(["day", "week", "month"]), default="week", show_default=True
)
@click.option("--currency", help="Keep only lines in this currency, such as CNY.")
@click.option("--encoding", help="If guessed wrong, such as gb18030.")
@click.option("--separator", help="If guessed wrong: one character.")
@click.option("--sheet", help="Sheet of a workbook (default: the first).")
@column_options
def command(file: Path, lang: Any, as_json: bool, out: Path | None, **options: Any) -> None:
    """Write the customer value report of FILE: CSV, Excel or Parquet, one row per order or line.

    Columns are guessed and shown; name them if a guess is wrong. Lines that cannot be used are
    counted by reason. Nothing leaves this machine.

    \b
    Examples:
      huike analyze orders.csv
      huike analyze 订单.xlsx --lang zh --docx --xlsx
      huike analyze orders.csv --json --calibration-end 1997-09-30 --time-unit week
    """
    try:
        _run(file, lang, as_json, out, options)
    except CannotAnalyse as problem:
        raise click.ClickException(problem.text(lang)) from problem
    except (OSError, MemoryError) as problem:
        said = "磁盘或内存不够" if lang == "zh" else "Disk or memory ran short"
        raise click.ClickException(f"{said}: {problem}") from problem


analyze = command


def _run(file: Path, lang: Any, as_json: bool, out: Path | None, options: dict[str, Any]) -> None:
    from huike.insight.report.aside import Aside

    warming = Thread(target=_warm_up, daemon=True)
    is_large = file.is_file() and file.stat().st_size > LARGE
    aside = Aside() if is_large and (os.cpu_count() or 1) > 1 else None
    warming.start()
    from huike.insight.report.words import STEPS

    written: list[Path] = []
    result = None
    with (
        tempfile.TemporaryDirectory(prefix="huike-") as temporary,
        aside or nullcontext(),
        progress_over(len(STEPS), lang, silent=as_json) as progress,
    ):
        began = time.perf_counter()
        seconds: dict[str, float] = {}
        cleaned = _cleaned(file, lang, Path(temporary), options, progress, seconds)
        warming.join()
        found = _analysed(cleaned, options, progress, aside)
        found.seconds = seconds | found.seconds
        wanted = [kind for kind in ("docx", "pdf", "xlsx") if options[kind]]
        target = out or Path(f"{file.name.split('.')[0]}-report.html")
        if not as_json or out is not None or wanted:
            from huike.insight.report.outputs.writing import write

            with found.step("report", progress):
                written = write(found, target, lang, wanted, file.name)
        found.seconds["total"] = round(time.perf_counter() - began, 3)
        if as_json:
            from huike.insight.report.outputs.as_json import as_json as figures_of

            result = figures_of(found)
    if result is not None:
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
    for reason, count in cleaned.left_out.items():
        click.echo(_left_out(reason, count, cleaned.rows, lang), err=True)
    for path in written:
        click.echo(f"{'报告' if lang == 'zh' else 'Report'}: {path}", err=True)
    if "report" in found.failed:
        raise click.ClickException(found.failed["report"])


def _cleaned(
    file: Path, lang: Any, folder: Path, options: dict[str, Any],
    progress: Callable[[str], None], seconds: dict[str, float],
) -> Any:  # fmt: skip
    """Read the file and drop what can't be used; show the columns as soon as they are known."""
    from huike.cli.order_file import read_orders
    from huike.insight.report.reading.cleaning import clean

    named = {role: options[role] for role in ROLES if role != "currency" and options.get(role)}
    began = time.perf_counter()
    progress("read")
    source = read_orders(
        file, named, folder,
        encoding=options["encoding"], separator=options["separator"], sheet=options["sheet"],
        currency=options["currency"], as_of=_day(options["as_of"]),
    )  # fmt: skip
    _show(source.roles, lang)
    seconds["read"] = round(time.perf_counter() - began, 3)
    progress("clean")
    cleaned = clean(source, folder)
    seconds["clean"] = round(time.perf_counter() - began - seconds["read"], 3)
    return cleaned


def _analysed(cleaned: Any, options: dict[str, Any], progress: Any, aside: Any) -> Any:
    from huike.insight.report.pipeline import analyse

    return analyse(
        cleaned,
        calibration_end=_day(options["calibration_end"]),
        time_unit=options["time_unit"],
        progress=progress,
        aside=aside,
    )


def _warm_up() -> None:
    """Load the methods while the engine reads the file: a quarter of a small run is this."""
    import_module("huike.insight.report.pipeline")
    import_module("huike.insight.report.outputs.writing")


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def _show(roles: dict[str, str] | Any, lang: str) -> None:
    shown = ", ".join(f"{role} = {column}" for role, column in roles.items())
    click.echo(f"{'列' if lang == 'zh' else 'Columns'}: {shown}", err=True)


def _left_out(reason: str, count: int, rows: int, lang: str) -> str:
    from huike.insight.report.words import reason_in

    share = f"{count / rows:.1%}" if rows else ""
    if lang == "zh":
        return f"未计入 {count:,} 行（{share}):{reason_in(reason, 'zh')}"
    return f"Left out {count:,} lines ({share}): {reason_in(reason, 'en')}"


@contextmanager
def progress_over(steps: int, lang: Any, *, silent: bool) -> Iterator[Callable[[str], None]]:
    """A bar on standard error, where someone is looking."""
    if silent or not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from huike.insight.report.words import step_in

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=steps)

        def advance(name: str) -> None:
            bar.update(task, description=step_in(name, lang), advance=1)

        yield advance
