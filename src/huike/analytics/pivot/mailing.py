"""Sends saved pivots by mail when they are due: to each recipient the own figures, never twice."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huike.analytics.pivot.asking import Asked
from huike.analytics.pivot.definition import parse
from huike.analytics.pivot.grid import grid
from huike.analytics.pivot.models import Mailing, Pivot, Sent
from huike.analytics.pivot.naming import fact_title
from huike.analytics.pivot.writing import heads, lines
from huike.analytics.runs import loading
from huike.kernel import mail
from huike.kernel.access.scope import may, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.change.journal import note_export
from huike.kernel.change.work import change
from huike.kernel.exchange.writing import write_xlsx
from huike.kernel.jobs import actors
from huike.kernel.jobs.queue import enqueue, job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import every
from huike.kernel.lists.exporting import KINDS
from huike.staff.models import User

LATE = timedelta(hours=20)  # a worker that was off so long still sends what it missed
MOST_ROWS, SHOWN = 20_000, 100
ENDED = frozenset({Sent.State.SENT, Sent.State.SKIPPED, Sent.State.UNSURE})


class NotAllSent(Exception):
    """The server did not take some of the mails; the job is tried again for these."""


def due(mailing: Mailing, now: datetime) -> datetime:
    """Return the newest moment up to `now` at which a mailing was due."""
    local = timezone.localtime(now)
    tick = local.replace(hour=mailing.hour, minute=0, second=0, microsecond=0)
    while tick > local or not _fits(mailing, tick):
        tick -= timedelta(days=1)
    return tick


def _fits(mailing: Mailing, tick: datetime) -> bool:
    if mailing.rhythm == Mailing.Rhythm.WEEKLY:
        return str(tick.weekday()) == mailing.weekday
    return mailing.rhythm == Mailing.Rhythm.DAILY or tick.day == mailing.day


@every(minutes=10)
@job("analytics.mail_clock", title=gettext_lazy("Look which pivots are due by mail"), priority=-10)
def clock(work: JobRun) -> int:
    """Queue what has become due and was not begun; nothing where no mail server is set."""
    if not mail.is_set():
        return 0
    now, queued = timezone.now(), 0
    for mailing in Mailing.objects.filter(is_on=True, pivot__binned_at=None):
        tick = due(mailing, now)
        if now - tick > LATE or tick < mailing.created_at or mailing.sent.filter(due_at=tick):
            continue
        at = tick.isoformat()
        enqueue(
            work.actor, "analytics.mail_pivot", f"{mailing.pk} {at}", mailing=mailing.pk, moment=at
        )
        queued += 1
    return queued


@job(
    "analytics.mail_pivot",
    title=gettext_lazy("Send a pivot by mail"),
    retries=5,
    backoff=timedelta(minutes=2),
)
def send_out(work: JobRun, mailing: int, moment: str) -> dict[str, int]:
    """Send to every recipient who has not got it; tried again for those the server refused."""
    row = Mailing.objects.filter(pk=mailing, is_on=True).first()
    if row is None:
        return {}
    people = list(row.recipients.order_by("pk"))
    told: dict[str, int] = {}
    for done, person in enumerate(people):
        work.progress(done, len(people), person.name)
        state = _to_one(work.actor, row, person, datetime.fromisoformat(moment))
        told[state] = told.get(state, 0) + 1
    if told.get(Sent.State.FAILED):
        raise NotAllSent(str(told))
    return told


def _to_one(actor: Actor, mailing: Mailing, person: User, at: datetime) -> str:
    """Send to one recipient, and keep how it went; return the state."""
    entry = Sent.objects.filter(mailing=mailing, recipient=person, due_at=at).first()
    if entry is not None and entry.state in ENDED:
        return str(entry.state)
    if entry is not None and entry.state == Sent.State.SENDING:  # killed in the middle
        problem = _("It broke off while being sent; it may have arrived, so it is not sent again.")
        return _keep(actor, entry, Sent.State.UNSURE, problem)
    entry = entry or Sent(mailing=mailing, recipient=person, due_at=at)
    _keep(actor, entry, Sent.State.SENDING)
    try:
        with translation.override(person.language):
            mail.send(_written(mailing, person))
    except (PermissionDenied, ValidationError, actors.NobodyThere) as error:
        return _keep(actor, entry, Sent.State.SKIPPED, _words(error))
    except mail.NotAccepted as error:
        return _keep(actor, entry, Sent.State.FAILED, str(error))
    except mail.Unsure as error:
        return _keep(actor, entry, Sent.State.UNSURE, str(error))
    except Exception as error:  # nothing was handed over yet
        _keep(actor, entry, Sent.State.FAILED, type(error).__name__)
        raise
    entry.sent_at = timezone.now()
    return _keep(actor, entry, Sent.State.SENT)


def _keep(actor: Actor, entry: Sent, state: Sent.State, problem: str = "") -> str:
    entry.state, entry.problem = state, problem[:300]
    with change(actor, "analytics.mail_pivot"):
        entry.save()
    return str(state)


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, actors.NobodyThere):
        return _("They may no longer sign in.")
    return str(error) or _("They may not see this pivot.")


def _written(mailing: Mailing, person: User) -> mail.Mail:
    """Return the mail with the recipient's own figures.

    Raises PermissionDenied, ValidationError or NobodyThere where the recipient may not have it.
    """
    if not person.email:
        raise ValidationError(_("Their account has no mail address."))
    reader = actors.actor_for(person.pk, person.name)
    pivot = visible(reader, Pivot).filter(pk=mailing.pivot_id).first()
    if pivot is None:
        raise PermissionDenied(_("They may not see this pivot."))
    with loading.opened() as backend:
        if backend is None:
            raise ValidationError(_("No figures have been loaded yet."))
        takes_file = may(reader, Pivot, Op.EXPORT)
        asked = Asked(reader, backend, parse(pivot.definition))
        found = grid(asked, MOST_ROWS)
        titles, rows = heads(asked, found), list(lines(found))
        files = (
            [_file(Asked(reader, backend, parse(pivot.definition), Op.EXPORT))]
            if takes_file
            else []
        )
    day = timezone.localdate().isoformat()
    subject = " ".join(f"{mailing.name} {day}".split())
    return mail.Mail(
        person.email, subject, _plain(titles, rows), _html(subject, titles, rows), files
    )


def _file(asked: Asked) -> tuple[str, bytes, str]:
    """Return the spreadsheet of what the reader may take away, journaled as their export."""
    found = grid(asked, MOST_ROWS)
    out = BytesIO()
    number = write_xlsx(out, heads(asked, found), lines(found), sheet=fact_title(asked.fact))
    names = [*asked.definition.levels, *asked.definition.measures]
    note_export(asked.actor, asked.fact.record, rows=number, fields=names, kind="xlsx")
    name = f"{fact_title(asked.fact)}-{timezone.localdate():%Y%m%d}.xlsx"
    return name, out.getvalue(), KINDS["xlsx"]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _plain(titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    shown = ["\t".join(_cell(v) for v in row) for row in [titles, *rows[:SHOWN]]]
    return "\n".join(shown) + "\n"


def _html(subject: str, titles: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return the figures as a table; beyond a hundred lines the file holds the rest."""

    def line(cells: Sequence[Any], tag: str) -> str:
        sides = ("right" if isinstance(v, int | float) else "left" for v in cells)
        told = (
            f'<{tag} style="padding:4px 8px;border:1px solid #ccc;text-align:{side}">'
            f"{html.escape(_cell(v))}</{tag}>"
            for v, side in zip(cells, sides, strict=True)
        )
        return f"<tr>{''.join(told)}</tr>"

    body = "".join(line(row, "td") for row in rows[:SHOWN])
    more = ""
    if len(rows) > SHOWN:
        rest = _("%s more lines are left out here.") % (len(rows) - SHOWN)
        more = f"<p>{html.escape(rest)}</p>"
    table = f'<table style="border-collapse:collapse">{line(titles, "th")}{body}</table>'
    return f"<!doctype html><html><body><h3>{html.escape(subject)}</h3>{table}{more}</body></html>"
