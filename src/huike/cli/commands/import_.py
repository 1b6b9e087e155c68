"""huike import: customers, orders or any other record from a file, without a screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from huike.cli.exchange import actor_called, pairs, plain_errors, progress_bar, tell, words
from huike.cli.ready import home_option, migrate, set_up

if TYPE_CHECKING:
    from huike.kernel.actor import Actor
    from huike.kernel.exchange.importing.incoming.looking import Look
    from huike.kernel.exchange.importing.models import ImportRun
    from huike.kernel.exchange.importing.plan import Plan
    from huike.kernel.exchange.importing.recipes import Recipe
    from huike.kernel.jobs.models import Job


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "kind", required=True, help="customers, orders, or a record: catalog/product")
@click.option(
    "--map", "--column", "columns", multiple=True, callback=pairs,
    help="COLUMN=FIELD where it was guessed wrong; COLUMN= leaves it out.",
)  # fmt: skip
@click.option("--new-fields", is_flag=True, help="Make custom fields of columns that fit nothing.")
@click.option(
    "--mode", type=click.Choice(["both", "create", "update"]), default="both", show_default=True,
    help="Add new records, change those found, or both.",
)  # fmt: skip
@click.option("--match", multiple=True, callback=words, help="Fields that tell a record, a,b.")
@click.option("--owner", help="User name of the owner of new records.")
@click.option("--encoding", help="If found out wrong: utf-8, gb18030, utf-16 …")
@click.option("--separator", help="If found out wrong.")
@click.option("--sheet", help="Which sheet of a workbook.")
@click.option("--dry-run", is_flag=True, help="Tell what would happen; change nothing.")
@click.option(
    "--bad-rows", "--rejects", "bad_rows", type=click.Path(dir_okay=False, path_type=Path),
    help="Where rows that were not taken go; else in this folder.",
)  # fmt: skip
@click.option("--user", help="Whose rights apply; without it everything is allowed.")
@click.option("--resume", is_flag=True, help="Go on with an import of this file that was killed.")
@click.option("--yes", is_flag=True, help="Don't ask before starting.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@home_option
def command(
    home: Path, file: Path, user: str | None, resume: bool, as_json: bool, **how: Any
) -> None:
    """Bring in customers, orders or other records from CSV, XLS(X), ODS or Parquet.

    Encoding, separator, header and columns are found out; what was guessed is shown before
    anything is written. Bad rows go to a file with the reason in a column, to be mended and loaded
    again. A killed import goes on with --resume, and a whole import can be undone on its page.

    \b
    Examples:
      huike import clients.xlsx --as customers
      huike import sales.csv.gz --as orders --yes --json
      huike import old.csv --as customers --map 客户名=name --match phone --dry-run
    """
    set_up(home)
    migrate(lambda text: click.echo(text, err=True))
    with plain_errors():
        actor = actor_called(user)
        run, job = _resumed(actor, file, as_json) if resume else _begun(actor, file, as_json, **how)
    _settle(run, job, file, how["bad_rows"], as_json)


def _begun(actor: Actor, file: Path, as_json: bool, kind: str, **how: Any) -> tuple[ImportRun, Job]:
    """Plan the import as the file and the options say, and run it here and now."""
    from huike.kernel.exchange.importing import recipes, starting
    from huike.kernel.exchange.importing.incoming import looking, uploads
    from huike.kernel.exchange.importing.models import ImportRun
    from huike.kernel.exchange.importing.plan import Reading

    recipe = recipes.recipe_called(kind)
    recipe.require(actor)
    run = uploads.keep_path(actor, file)
    try:
        reading = Reading(how["encoding"], how["separator"], how["sheet"])
        look = looking.look_at(run, reading)
        plan = _plan(actor, recipe, look, how)
        starting.settle(actor, run, recipe, plan)
        if not how["yes"]:
            _ask(look, plan, ask=not how["dry_run"])
    except BaseException:
        uploads.drop(run)
        run.delete()
        raise
    name = "exchange.try" if how["dry_run"] else "exchange.import"
    if not how["dry_run"]:
        ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.RUNNING)
    job = _run(actor, name, run, f"{file.name} → {kind}", as_json)
    if how["dry_run"]:
        uploads.drop(run)
        run.delete()
    return run, job


def _run(actor: Actor, name: str, run: ImportRun, words: str, as_json: bool) -> Job:
    from huike.kernel.exchange.importing.models import ImportRun
    from huike.kernel.jobs.worker import run_now

    with progress_bar(words, silent=as_json) as progress:
        job = run_now(actor, name, watch=progress, run=run.pk)
    ImportRun.objects.filter(pk=run.pk).update(job_id=job.pk)
    return job


def _plan(actor: Actor, recipe: Recipe, look: Look, how: dict[str, Any]) -> Plan:
    from dataclasses import replace

    from huike.kernel.exchange.importing.incoming.looking import plan_for
    from huike.staff.models import User

    known = {filled.name for filled in recipe.offered(actor)}
    for column, target in how["columns"].items():
        if column not in look.header:
            raise click.ClickException(f"There is no column {column}: {', '.join(look.header)}")
        if target and target not in known and not target.startswith("new:"):
            raise click.ClickException(f"There is no field {target}: {', '.join(sorted(known))}")
    plan = plan_for(actor, recipe, look, how["columns"], new_fields=how["new_fields"])
    if wrong := set(how["match"]) - set(recipe.matchable(actor)):
        allowed = ", ".join(recipe.matchable(actor))
        raise click.ClickException(f"Can't match by {', '.join(wrong)}; only by: {allowed}")
    owner = None
    if how["owner"]:
        found = User.objects.filter(username__iexact=how["owner"])
        owner = found.values_list("pk", flat=True).first()
        if owner is None:
            raise click.ClickException(f"There is no user {how['owner']}.")
    match = how["match"] or plan.match
    return replace(plan, mode=how["mode"], match=match, owner=owner)


def _ask(look: Look, plan: Plan, *, ask: bool) -> None:
    """Show what was found out, and ask whether to begin."""
    reading = look.reading
    click.echo(f"{look.kind} {reading.encoding or ''} {reading.sheet or ''}".strip(), err=True)
    for column in plan.columns:
        click.echo(f"  {column.name} → {column.target or '-'}", err=True)
    click.echo(f"about {look.estimated_rows} rows, {plan.mode}, by {plan.match}", err=True)
    if ask:
        click.confirm("Start?", abort=True, err=True)


def _resumed(actor: Actor, file: Path, as_json: bool) -> tuple[ImportRun, Job]:
    """Go on with the last import of the same file that did not end."""
    import hashlib

    from huike.kernel.exchange.importing.models import ImportRun
    from huike.kernel.jobs.models import Job
    from huike.kernel.jobs.worker import go_on_now

    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    running = ImportRun.State.RUNNING
    runs = ImportRun.objects.filter(digest=digest, state=running, undo_id=None)
    if not actor.is_unlimited:
        runs = runs.filter(user_id=actor.user_id)
    run = runs.first()
    job = (
        Job.objects.filter(name="exchange.import", arguments={"run": run.pk}).last()
        if run
        else None
    )
    if run is None or job is None:
        raise click.ClickException(f"No import of {file.name} was interrupted.")
    with progress_bar(file.name, silent=as_json) as progress:
        return run, go_on_now(job.pk, watch=progress)


def _settle(run: ImportRun, job: Job, file: Path, bad_rows: Path | None, as_json: bool) -> None:
    """Say how it went, and write the rows that were not taken."""
    from huike.kernel.exchange.importing.incoming.intake import Totals
    from huike.kernel.exchange.importing.starting import write_bad_rows

    if job.state != "done":
        raise click.ClickException(job.error or "The import was stopped; --resume goes on.")
    told: dict[str, Any] = job.result or {}
    outcome: dict[str, Any] = {**Totals.from_json(told).flat(), "bad_rows": None}
    if "problems" in told:
        outcome["problems"] = told["problems"]
    elif outcome["rejected"]:
        target = bad_rows or Path(f"bad-rows-{run.pk}-{Path(file.name).stem}.csv")
        with target.open("wb") as out:
            write_bad_rows(run, out)
        outcome["bad_rows"] = str(target.resolve())
    outcome |= {"import": run.pk}
    tell(outcome, as_json)
