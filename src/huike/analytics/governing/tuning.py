"""The settings of the analysis as somebody may read and change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.analytics.governing.effects import Effect, effects
from huike.analytics.models import Setting
from huike.analytics.settings import KNOWN, Known
from huike.kernel.access.scope import may, require_any
from huike.kernel.actor import Actor, Op
from huike.kernel.change.models import Entry
from huike.kernel.change.work import change, current_work
from huike.kernel.entity.entity import entity_of
from huike.kernel.entity.field import Field
from huike.kernel.entity.telling import Told, tell
from huike.kernel.entity.writing import Refused, write
from huike.kernel.kinds.choices import Choice, YesNo
from huike.kernel.kinds.numbers import Number

MOST_CHANGES = 300
SHOWN_CHANGES = 5


@dataclass(frozen=True)
class Changed:
    """One change of a setting: who, when, from what to what, why, and what moved with it."""

    at: datetime
    who: str
    before: str
    after: str
    why: str
    effect: Effect | None


@dataclass(frozen=True)
class Tuned:
    """One setting as one reader sees it."""

    code: str
    label: str
    help: str
    limits: str
    value: str  # as people read it; dots or nothing where it is closed
    default: str
    edit: str  # as a form holds it
    kind: str  # number, choice or yes_no
    options: Sequence[tuple[str, str]]
    why: str
    is_changed: bool
    changes: Sequence[Changed] = field(default_factory=tuple)


def may_tune(actor: Actor) -> bool:
    """Tell whether somebody may change settings of the analysis."""
    fields = entity_of(Setting).fields(actor)
    return may(actor, Setting, Op.EDIT) and "value" in fields and fields["value"].is_writable


def tuned(actor: Actor) -> dict[str, list[Tuned]]:
    """Return every setting by its group, in the order of `KNOWN` (a fixed count of queries).

    Raises PermissionDenied for those who may not look at settings.
    """
    require_any(actor, Setting, Op.VIEW)
    fields = entity_of(Setting).fields(actor)
    rows = {row.code: row for row in Setting.objects.filter(code__in=list(KNOWN))}
    changes = _changes(actor, rows, fields)
    groups: dict[str, list[Tuned]] = {}
    for code, known in KNOWN.items():
        one = _tuned(code, known, rows.get(code), fields, changes.get(code, []))
        groups.setdefault(str(known.group), []).append(one)
    return groups


def set_value(actor: Actor, code: str, given: dict[str, str], seen: str | None = None) -> bool:
    """Give a setting a value and a reason; tell whether anything changed.

    Parameters:
        given: value and remark, as typed.
        seen: the value that the writer had before them; None where that is not known.

    Raises Refused, in words by field, PermissionDenied, or KeyError for an unknown code.
    """
    known = KNOWN[code]
    require_any(actor, Setting, Op.EDIT)
    try:
        value = known.read(given["value"])
    except ValidationError as error:
        raise Refused({"value": error.messages}) from error
    fields = entity_of(Setting).fields(actor)
    writable = {k: v.strip() for k, v in given.items() if k in fields and fields[k].is_writable}
    with change(actor, f"{Setting.label()}.edit"):
        row = Setting.everything.select_for_update().filter(code=code).first()
        is_set = row is not None and row.binned_at is None
        now = row.value if row is not None and is_set else known.read(known.default)
        if seen is not None and not _same(known, seen, now):
            text = _("Somebody else has just set this to %s. Look at it, and set it again.")
            raise Refused({"value": [text % _said(known, now)]})
        why = row.remark if row is not None and is_set else ""
        if _same(known, value, now) and writable.get("remark", why) == why:
            return False
        if row is None or not is_set:
            row = _begun(row, code, now)
        write(actor, entity_of(Setting), row, {**writable, "value": value}, fields)
        return bool(current_work().notes)


def _begun(row: Setting | None, code: str, value: str) -> Setting:
    """Return the stored row of a setting that stood at its default until now."""
    row = row or Setting(code=code)
    row.value, row.remark, row.binned_at = value, "", None
    row.save()
    return row


def _tuned(
    code: str,
    known: Known,
    row: Setting | None,
    fields: dict[str, Field],
    changes: list[Changed],
) -> Tuned:
    stored = row or Setting(code=code, value=known.read(known.default))
    value = fields["value"].text(stored) if "value" in fields else ""
    is_open = "value" in fields and fields["value"].is_comparable
    return Tuned(
        code=code,
        label=str(known.label),
        help=str(known.help),
        limits=_limits(known),
        value=_said(known, value) if is_open else value,
        default=_said(known, known.default),
        edit=_edit(known, stored.value) if is_open else "",
        kind=_kind(known),
        options=_options(known),
        why=fields["remark"].text(stored) if "remark" in fields else "",
        is_changed=is_open and not _same(known, stored.value, known.default),
        changes=changes[:SHOWN_CHANGES],
    )


def _changes(
    actor: Actor, rows: dict[str, Setting], fields: dict[str, Field]
) -> dict[str, list[Changed]]:
    codes = {row.pk: code for code, row in rows.items()}
    entries = list(
        Entry.objects.filter(
            record=Setting.label(), record_id__in=list(codes), kind=Entry.Kind.EDIT
        )
        .select_related("change")
        .order_by("-pk")[:MOST_CHANGES]
    )
    told = tell(actor, entity_of(Setting), entries, fields)
    moments = [(codes[e.record_id or 0], t.at) for e, t in zip(entries, told, strict=True)]
    found = effects(actor, moments)
    changes: dict[str, list[Changed]] = {}
    for (code, _at), one, effect in zip(moments, told, found, strict=True):
        changes.setdefault(code, []).append(_changed(KNOWN[code], one, effect))
    return changes


def _changed(known: Known, told: Told, effect: Effect | None) -> Changed:
    parts = {d.name: d for d in told.differences}
    value, remark = parts.get("value"), parts.get("remark")
    return Changed(
        at=told.at,
        who=told.who,
        before=_said(known, value.before) if value else "",
        after=_said(known, value.after) if value else "",
        why=remark.after if remark else "",
        effect=effect if value else None,
    )


def _same(known: Known, one: str, other: str) -> bool:
    """Compare values, not texts: yes and no are stored in the language of the writer."""
    try:
        return bool(known.kind.parse(one) == known.kind.parse(other))
    except ValidationError:
        return False


def _edit(known: Known, text: str) -> str:
    """Return a stored value as a form holds it."""
    if isinstance(known.kind, YesNo):
        return "1" if known.kind.parse(text) else "0"
    return text


def _said(known: Known, text: str) -> str:
    """Return a stored value as people read it; what can't be read, such as a mask, as it is."""
    try:
        value: Any = known.kind.parse(text)
    except ValidationError:
        return text
    return known.kind.text(value)


def _limits(known: Known) -> str:
    if known.low is None or known.high is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": f"{known.low:,g}", "high": f"{known.high:,.10g}"}


def _kind(known: Known) -> str:
    if isinstance(known.kind, YesNo):
        return "yes_no"
    return "number" if isinstance(known.kind, Number) else "choice"


def _options(known: Known) -> list[tuple[str, str]]:
    if isinstance(known.kind, YesNo):
        return [("1", known.kind.text(True)), ("0", known.kind.text(False))]
    options = known.kind.options if isinstance(known.kind, Choice) else {}
    return [(value, str(label)) for value, label in options.items()]
