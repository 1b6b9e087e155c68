"""Measures `huike import` of the retail file (541,909 lines) into a new SQLite database.

    .venv/bin/python bench/import_retail.py [FILE] [RECIPE]

Prints seconds, peak memory and the totals, which must add up to those of ../shared/data/README.md.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import click

RETAIL = Path(__file__).resolve().parents[2] / "shared" / "data" / "online_retail.csv.gz"


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else RETAIL
    kind = sys.argv[2] if len(sys.argv) > 2 else "orders"
    with tempfile.TemporaryDirectory() as home:
        os.environ["HUIKE_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "huike.site.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started, cpu = time.perf_counter(), time.process_time()
        outcome = bring_in(file, kind)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows = outcome["counts"]["rows"]
        click.echo(json.dumps(outcome, ensure_ascii=False, indent=1))
        click.echo(f"{rows:,} rows in {seconds:.1f} s ({cpu:.1f} s of one processor)")
        click.echo(
            f"{seconds / rows * 1e6:.0f} µs a row; memory {before:.0f}, at most {peak:.0f} MB"
        )


def bring_in(file: Path, kind: str) -> dict[str, object]:
    from huike.kernel.actor import Actor
    from huike.kernel.exchange.importing import recipes, starting
    from huike.kernel.exchange.importing.incoming import looking, uploads
    from huike.kernel.jobs.worker import run_now

    actor = Actor.system("bench")
    run = uploads.keep_path(actor, file)
    recipe = recipes.recipe_called(kind)
    look = looking.look_at(run)
    plan = looking.plan_for(actor, recipe, look, new_fields="--new-fields" in sys.argv)
    starting.settle(actor, run, recipe, plan)
    job = run_now(actor, "exchange.import", run=run.pk)
    assert job.state == "done", f"{job.error}\n{job.traceback}"
    return dict(job.result)


if __name__ == "__main__":
    main()
