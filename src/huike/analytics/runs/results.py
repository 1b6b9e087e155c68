"""Keeps what the methods found, so that any number can be explained long after the run.

The methods and their libraries take seconds to load: only what reads or writes results does it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING, Any

from django.conf import settings

from huike.analytics.queries import last_good_run
from huike.kernel import organisations

if TYPE_CHECKING:
    from huike.insight.estimator import Estimator, Language

RUNS_KEPT = 3


def folder(run: int | None = None) -> Path:
    """Where the results of the current organisation's runs lie, or those of one run."""
    path = Path(settings.HOME) / "analysis" / organisations.current()
    return path if run is None else path / str(run)


def keep(run: int, fitted: Estimator) -> None:
    """Store the rows of a fitted method, and the small numbers that its sentences use."""
    path = folder(run)
    path.mkdir(parents=True, exist_ok=True)
    fitted.result_.to_parquet(path / f"{fitted.key}.parquet")
    small = {name: told for name, v in vars(fitted).items() if (told := _told(v)) is not None}
    (path / f"{fitted.key}.json").write_text(json.dumps(small), "utf8")


def keep_only(runs: list[int]) -> None:
    """Throw away the results of all other runs."""
    wanted = {str(run) for run in runs}
    for path in folder().iterdir() if folder().exists() else ():
        if path.is_dir() and path.name not in wanted:
            shutil.rmtree(path, ignore_errors=True)


def kept(run: int, key: str) -> Estimator | None:
    """Return a method as a run fitted it, good for `explain` and `row`; None where none is kept."""
    path = folder(run)
    try:
        written = (path / f"{key}.json").stat().st_mtime_ns
        (path / f"{key}.parquet").stat()
    except FileNotFoundError:
        return None
    return _fitted(path, key, written, get_ident())


@lru_cache(maxsize=24)
def _fitted(path: Path, key: str, written: int, thread: int) -> Estimator:
    """Read a fitted method; held for the next sentence, as opening an engine costs 30 ms."""
    from huike.insight.estimator import estimators

    fitted = object.__new__(estimators()[key])
    numbers = json.loads((path / f"{key}.json").read_text("utf8"))
    fitted.__dict__.update({name: _read(v) for name, v in numbers.items()})
    fitted.__dict__["result_"] = _engine(thread).read_parquet(str(path / f"{key}.parquet"))
    return fitted


@lru_cache(maxsize=4)
def _engine(thread: int) -> Any:
    """Return the engine of a thread: none is asked by two at once."""
    import ibis

    return ibis.duckdb.connect()


def sentence(customer: int, key: str, language: Language) -> str:
    """Return why a method gave a customer its number, by the last good run; "" where none is kept.

    The caller has asked whether the reader may see the customer's score.
    """
    run = last_good_run()
    fitted = None if run is None else kept(run.pk, key)
    return "" if fitted is None else fitted.explain(customer, language)


def _told(value: Any) -> Any:
    """Return a parameter or small result as JSON can hold it, or None for anything else."""
    import pandas as pd

    if isinstance(value, bool | int | float | str):
        return {"is": value}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, pd.DataFrame) and len(value) <= 100:
        return {"frame": json.loads(value.to_json(orient="split"))}
    if isinstance(value, Mapping) and all(
        isinstance(k, str) and isinstance(v, bool | int | float | str) for k, v in value.items()
    ):
        return {"is": dict(value)}
    return None


def _read(told: dict[str, Any]) -> Any:
    import pandas as pd

    if "day" in told:
        return date.fromisoformat(told["day"])
    if "frame" in told:
        return pd.DataFrame(**told["frame"])
    return told["is"]
