"""Tells hooks in the background: first who is to hear what, then one message at a time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from huike.api.hooks.models import Delivery, log
from huike.api.hooks.noticing import write_deliveries
from huike.api.hooks.posting import Answer, post, secret, signature
from huike.api.hooks.telling import body, owner_of
from huike.kernel.actor import Actor
from huike.kernel.jobs.queue import enqueue, job
from huike.kernel.jobs.run import JobRun
from huike.kernel.jobs.schedules import every
from huike.kernel.records.encoding import ReadableEncoder

# A minute, two, four … the last about eight hours after the first
PAUSE, TRIES = timedelta(minutes=1), 10
KEPT = timedelta(days=30)
State = Delivery.State


@job("hooks.tell", title=gettext_lazy("Tell web-hooks"), atomic=True)
def tell(work: JobRun, uuid: str) -> int:
    """Write the messages about one change and queue them; all of it or nothing."""
    keys = write_deliveries(uuid)
    for key in keys:
        queue(key)
    return len(keys)


def queue(key: int, *, after: timedelta = timedelta()) -> None:
    """Queue one message."""
    at = timezone.now() + after
    enqueue(Actor.system("hooks"), "hooks.send", None, at, delivery=key)


@job("hooks.send", title=gettext_lazy("Send to a web-hook"), queue="default")
def send(work: JobRun, delivery: int) -> str:
    """Send one message; what is not taken is tried again, each pause twice as long."""
    message = Delivery.objects.select_related("hook", "hook__owner").filter(pk=delivery).first()
    if message is None or message.state == State.DELIVERED or not message.hook.is_active:
        return "nothing to send"
    answer = _sent(message)
    message.attempts += 1
    if answer is None:
        state, answer = State.GIVEN_UP, Answer(None, "the owner of the hook is not there")
    elif answer.is_good:
        state = State.DELIVERED
    else:
        state = State.GIVEN_UP if message.attempts >= TRIES else State.RETRYING
    _note(message, state, answer)
    if state == State.RETRYING:
        queue(message.pk, after=PAUSE * 2 ** (message.attempts - 1))
    return str(state)


def _sent(message: Delivery) -> Answer | None:
    actor = owner_of(message)
    if actor is None:
        return None
    told = body(message, actor)
    if not told["events"]:
        return Answer(204, "nothing that the owner may see")
    written = json.dumps(told, cls=ReadableEncoder).encode()
    now = int(timezone.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Huike",
        "Huike-Delivery": str(message.pk),
        "Huike-Attempt": str(message.attempts + 1),
        "Huike-Signature": signature(secret(message.hook), now, written),
    }
    return post(message.hook.address, written, headers)


def _note(message: Delivery, state: Delivery.State, answer: Answer) -> None:
    """Write how it went, so that the log tells it; no journal, for nobody changed a record."""
    log().filter(pk=message.pk).update(
        state=state,
        attempts=message.attempts,
        status=answer.status,
        answer=answer.text[:500].replace("\x00", ""),
        sent_at=timezone.now(),
    )


@every(hours=24)
@job("hooks.forget", title=gettext_lazy("Forget old web-hook messages"), priority=-10)
def forget(work: JobRun) -> Any:
    """Keep the log of messages for thirty days."""
    return log().filter(created_at__lt=timezone.now() - KEPT).delete()[0]
