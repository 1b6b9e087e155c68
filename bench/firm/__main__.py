"""Loads the seeded firm into an empty home, so that `huike serve` opens it and bench/ measures it.

    HUIKE_HOME=/tmp/firm python -m bench.firm --customers 1000000
    HUIKE_DATABASE=postgresql://... HUIKE_HOME=/tmp/firm python -m bench.firm --customers 1000000

Five times as many contacts and three times as many orders come with the customers. The journal
holds departments, fields, categories and tags, not the loaded rows. Everybody's password is the
demo firm's; `admin` administers, `manager1` sees a division and what is below it. On PostgreSQL the
address must be a superuser's, who may set the watch over foreign keys aside.
"""

from __future__ import annotations

import argparse
import os
import resource
import time

import click


def main() -> None:
    """Migrate, load, and say how long it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--interactions", type=int, help="five for each customer")
    parser.add_argument("--orders", type=int, help="three for each customer")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huike.site.settings")
    import django

    django.setup()
    from bench.firm.loading import load, unjournalled
    from bench.firm.rows import Size
    from django.core.management import call_command

    begun, worked = time.perf_counter(), time.process_time()
    call_command("migrate", verbosity=0)
    click.echo(f"tables: {time.perf_counter() - begun:.0f} s")
    size = Size(
        given.customers,
        given.customers * 5 if given.interactions is None else given.interactions,
        given.customers * 3 if given.orders is None else given.orders,
        given.seed,
    )
    with unjournalled():
        load(size, click.echo)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(
        f"{size}: {time.perf_counter() - begun:.0f} s by the clock,"
        f" {time.process_time() - worked:.0f} s of this process's processor, {memory:.0f} MB at"
        f" most, load {os.getloadavg()[0]:.1f}"
    )


main()
