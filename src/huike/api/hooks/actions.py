"""What people do with hooks: another secret, and messages sent again."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.api.hooks.jobs import queue
from huike.api.hooks.models import Delivery, Hook, log
from huike.kernel.access.scope import visible
from huike.kernel.actor import Actor, Op
from huike.kernel.records.action import action

State = Delivery.State
MOST = 1000


@action("hooks.renew_secret", needs=Op.EDIT)
def renew_secret(actor: Actor, hook: Hook) -> Hook:
    """Sign with a new secret from now on; the old one is good for nothing any more."""
    hook.generation += 1
    hook.save()
    return hook


@action("hooks.replay", needs=Op.EDIT)
def replay(actor: Actor, hook: Hook, since: datetime | None = None) -> Hook:
    """Send again what this hook was told since a moment, or what was given up if none is said.

    A message is written anew from the records as they are now.
    """
    found = visible(actor, Delivery).filter(hook=hook)
    if since is None:
        found = found.filter(state__in=[State.GIVEN_UP, State.RETRYING])
    else:
        found = found.filter(created_at__gte=since)
    keys = list(found.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not keys:
        raise ValidationError(_("There is no such message. Say since when, to send all again."))
    if len(keys) > MOST:
        raise ValidationError(_("These are more than %s messages. Choose a later moment.") % MOST)
    log().filter(pk__in=keys).update(state=State.WAITING, attempts=0)
    for key in keys:
        queue(key)
    return hook
