"""The lending register: originals go out with a date by which they are back, and come back."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huike.customers.dossier.models import DossierOriginal, Loan
from huike.kernel.access.scope import require_any, visible
from huike.kernel.actor import Actor, Op
from huike.kernel.records.action import action
from huike.kernel.records.verbs import store
from huike.staff.models import User


def lend(
    actor: Actor,
    original: DossierOriginal,
    borrower: int | None,
    due_on: date | None,
    outside: str = "",
    purpose: str = "",
) -> Loan:
    """Lend an original; raises ValidationError, naming the borrower, where it is out already."""
    require_any(actor, Loan, Op.ADD)
    if borrower is not None and not User.objects.filter(pk=borrower, is_active=True).exists():
        raise ValidationError({"borrower": _("Choose who borrows it.")})
    if due_on is None:
        raise ValidationError({"due_on": _("Say until when it is lent.")})
    out = Loan.objects.filter(original=original, returned_on=None).select_related("borrower")
    if (now := out.first()) is not None:
        told = {"who": now.borrower or now.outside, "day": now.lent_on}
        raise ValidationError(_("%(who)s has it since %(day)s.") % told)
    row = Loan(
        original=original,
        borrower_id=borrower,
        outside=outside.strip(),
        due_on=due_on,
        purpose=purpose.strip(),
    )
    return store(actor, row, "customers.lend")


@action("customers.give_back", needs=Op.EDIT)
def give_back(actor: Actor, loan: Loan, condition: str = "") -> Loan:
    """Take an original back today."""
    if loan.returned_on is not None:
        raise ValidationError(_("It is back already."))
    loan.returned_on, loan.condition = timezone.localdate(), condition.strip()
    return store(actor, loan)


@action("customers.prolong", needs=Op.EDIT)
def prolong(actor: Actor, loan: Loan, due_on: date | None) -> Loan:
    """Give a borrower more time."""
    if loan.returned_on is not None:
        raise ValidationError(_("It is back already."))
    if due_on is None or due_on <= timezone.localdate():
        raise ValidationError({"due_on": _("Give a day that is still to come.")})
    loan.due_on = due_on
    return store(actor, loan)


def lent(actor: Actor) -> QuerySet[Loan]:
    """Return the loans that are out, longest overdue first."""
    rows = visible(actor, Loan).filter(returned_on=None)
    return rows.select_related("original__party", "borrower").order_by("due_on", "pk")


def overdue(actor: Actor, today: date) -> QuerySet[Loan]:
    """Return the loans that should be back by now, for “today”."""
    return lent(actor).filter(due_on__lt=today)


def with_loan(rows: QuerySet[DossierOriginal]) -> QuerySet[DossierOriginal]:
    """Let originals bring along whether each is lent now."""
    out = Loan.objects.filter(original=OuterRef("pk"), returned_on=None)
    return rows.annotate(is_lent=Exists(out))
