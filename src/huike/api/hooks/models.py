"""Who is told of which changes, and what became of each message."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.api.hooks.naming import EVERY, RecordNamesField, split
from huike.kernel.access.scope import Scope
from huike.kernel.records.record import Record
from huike.staff.models import Owned


class Hook(Owned):
    """An address that is told of changes, as far as its owner may see the records."""

    name = models.CharField(_("name"), max_length=100)
    address = models.URLField(_("address"), max_length=500)
    records = RecordNamesField(
        _("records"),
        default=EVERY,
        help_text=_("As in the API's addresses, e.g. customers/party trade/order; * for all."),
    )
    on_create = models.BooleanField(_("tell what is new"), default=True)
    on_edit = models.BooleanField(_("tell what was changed"), default=True)
    on_bin = models.BooleanField(_("tell what went to the bin or came back"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    generation = models.PositiveIntegerField(_("number of the secret"), default=1, editable=False)

    class Meta(Owned.Meta):
        verbose_name = _("web-hook")
        verbose_name_plural = _("web-hooks")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not self.address.startswith(("https://", "http://")):
            raise ValidationError({"address": _("The address must begin with https://.")})

    def words(self) -> list[str]:
        """Return the records that it is told of."""
        return split(self.records)


class Delivery(Record):
    """One message to a hook: which changes it tells of and how it went. No values are kept."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        RETRYING = "retrying", _("will be tried again")
        GIVEN_UP = "given_up", _("given up")

    read_only = True
    scope = Scope.through("hook")
    titled_by = ("hook", "created_at")

    hook = models.ForeignKey(
        Hook, models.CASCADE, related_name="deliveries", verbose_name=_("web-hook")
    )
    news = models.JSONField(default=list, editable=False)  # [record, id, kind, names of fields]
    change = models.BigIntegerField(_("change"), editable=False)
    who = models.CharField(_("who"), max_length=150, editable=False)
    at = models.DateTimeField(_("at"), editable=False)
    size = models.PositiveIntegerField(_("records told"), default=0, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING, editable=False
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    status = models.PositiveSmallIntegerField(_("status of the answer"), null=True, editable=False)
    answer = models.CharField(_("answer"), max_length=500, blank=True, editable=False)
    sent_at = models.DateTimeField(_("last sent"), null=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [models.Index(fields=["hook", "-id"], name="delivery_of_hook")]

    def __str__(self) -> str:
        return f"{self.hook} {self.pk}"


def log() -> models.QuerySet[Delivery]:
    """Return the messages to write to: a log of the product's own work, which no journal holds."""
    return models.QuerySet(Delivery)
