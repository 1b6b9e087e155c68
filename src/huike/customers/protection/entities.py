"""How lock and seal show on a customer: two verbs, a section and the list of what is sealed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.protection.locking import lock, unlock
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Computed, Section, Verb
from huike.kernel.kinds.words import Text
from huike.kernel.sealing.fields import labels

VERBS = (
    Verb(
        "lock",
        _("Lock"),
        lock,
        icon="lock",
        asks={"reason": Text(200)},
        labels={"reason": _("Why")},
        needs=Op.DELETE,
        applies=lambda party: not party.is_locked,
        in_bulk=True,
    ),
    Verb(
        "unlock",
        _("Unlock"),
        unlock,
        icon="lock-open",
        asks={"reason": Text(200)},
        labels={"reason": _("Why")},
        needs=Op.DELETE,
        applies=lambda party: party.is_locked,
        in_bulk=True,
    ),
)
SECTION = Section(_("Protection"), ("is_locked", "lock_reason", "sealed_fields"))


COMPUTED = {"sealed_fields": Computed(_("sealed fields"), Text(), labels)}
