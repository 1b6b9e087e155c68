"""huike serve: pages, API and background jobs on one port."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from huike.cli.ready import home_option, migrate, set_up

F = TypeVar("F", bound=Callable[..., Any])


def server_options(command: F) -> F:
    """Give a command the options that say how to serve."""
    options = [
        click.option(
            "--host", default="127.0.0.1", show_default=True, help="Address to listen on."
        ),
        click.option("--port", default=8000, show_default=True, help="Port to listen on."),
        click.option("--workers", default=0, help="Processes for pages.  [default: one per core]"),
        click.option("--threads", default=16, show_default=True, help="Threads in each process."),
        click.option("--no-worker", is_flag=True, help="Leave background jobs to `huike worker`."),
    ]
    for option in reversed(options):
        command = option(command)
    return home_option(command)


@click.command("serve")
@server_options
def command(home: Path, **serving: Any) -> None:
    """Start Huike for your own firm: pages, API and background jobs.

    The first start makes the tables and asks for the first administrator. All data lies in --home
    (or in the PostgreSQL database that HUIKE_DATABASE names); stop it with Ctrl-C at any time.

    \b
    Examples:
      huike serve
      huike serve --host 0.0.0.0 --port 8123 --home /srv/huike
      HUIKE_DATABASE=postgresql://huike:secret@db/huike huike serve --no-worker
    """
    prepare(home, serving)
    start(serving, first_words(home))


def prepare(home: Path, serving: dict[str, Any]) -> None:
    """Check the port, load Django, bring assets and tables up to date."""
    from huike.cli.server import own_names, refuse_taken_port

    refuse_taken_port(serving["host"], serving["port"])
    os.environ.setdefault("HUIKE_HOSTS", own_names(serving["host"]))
    gather_metrics(home)
    set_up(home)
    warn_about_assets()
    migrate()


def gather_metrics(home: Path) -> None:
    """Give the processes of this server a fresh folder to meet in, if figures are asked for.

    The library reads the variable when it is loaded, so this comes before Django.
    """
    if os.environ.get("HUIKE_METRICS"):
        folder = home / "run" / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder.resolve())


def warn_about_assets() -> None:
    """Fetch the front-end assets where a plain checkout was installed without bin/run."""
    from huike.ui import assets, registry

    try:
        assets.fetch()
    except (assets.BrokenAssets, registry.NoRegistry, OSError) as error:
        click.secho(f"Front-end assets are missing: {error}", fg="red", err=True)


def first_words(home: Path) -> list[str]:
    """Ask for the first administrator where nobody can sign in yet; return what to tell."""
    from django.core.exceptions import ValidationError

    from huike.staff.door.first import create_first_administrator, is_empty, set_up_code

    if not is_empty():
        return []
    code = set_up_code(home)
    if not sys.stdin.isatty():
        return [
            "还没有用户，请打开 /set-up/ 设置第一位管理员。 Nobody can sign in yet: open /set-up/",
            f"从其他机器打开时需要设置码 set-up code, asked for from other machines: {code}",
        ]
    click.echo("还没有用户，请设置第一位管理员。 Nobody can sign in yet: the first administrator")
    firm = click.prompt("企业名称 firm", default="回客")
    username = click.prompt("用户名 user name", default="admin")
    name = click.prompt("姓名 name", default=username)
    while True:
        password = click.prompt("密码 password", hide_input=True, confirmation_prompt=True)
        try:
            create_first_administrator(name=name, username=username, firm=firm, password=password)
        except ValidationError as wrong:
            click.secho(" ".join(wrong.messages), fg="red")
            continue
        return [f"用户名 user name: {username}"]


def start(serving: dict[str, Any], words: list[str]) -> None:
    """Serve until told to stop, and say where as soon as the port is open."""
    from huike.cli.server import Server, Serving

    def ready() -> None:
        click.secho(f"\n  回客 Huike  →  {plan.address}", bold=True)
        for line in words:
            click.echo(f"  {line}")
        click.echo("  停止 stop: Ctrl-C\n")

    plan = Serving(
        host=serving["host"],
        port=serving["port"],
        workers=serving["workers"] or min(os.cpu_count() or 1, 8),
        threads=serving["threads"],
        jobs=not serving["no_worker"],
        ready=ready,
    )
    Server(plan).run()
