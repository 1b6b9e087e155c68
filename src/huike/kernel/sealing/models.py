"""The tables of sealing; none of them holds a key or a text that could be read without a secret."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class DataKey(models.Model):
    """One version of the organisation's data key; the key itself is only ever `Handed`.

    `public` locks what is added while nobody has opened; `private` opens that, and is itself locked
    by the data key.
    """

    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.CharField(max_length=150)
    public = models.BinaryField(null=True)  # none in a firm from before until somebody opens
    private = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"data key {self.pk}"


class Reader(models.Model):
    """A person with a second secret, or (without `user_id`) the recovery by two administrators.

    `private` is locked by the key that the second secret makes; `public` lets others hand keys on.
    """

    user_id = models.BigIntegerField(unique=True, null=True)
    name = models.CharField(max_length=150)
    public = models.BinaryField()
    private = models.BinaryField()
    salt = models.BinaryField()
    memory = models.PositiveIntegerField()  # of Argon2, in KiB
    set_at = models.DateTimeField(default=timezone.now)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Handed(models.Model):
    """A version of the data key, handed to one reader: who has this is admitted."""

    key = models.ForeignKey(DataKey, models.CASCADE, related_name="handed")
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="handed")
    given = models.BinaryField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "reader"], name="handed_once")]

    def __str__(self) -> str:
        return f"{self.key_id} → {self.reader_id}"


class RecoveryPair(models.Model):
    """The recovery's private key, locked by the codes of two administrators together."""

    one = models.BigIntegerField()
    other = models.BigIntegerField()
    private = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.one} + {self.other}"


class RecoveryCode(models.Model):
    """An administrator's recovery code until it is collected; afterwards only that there is one."""

    user_id = models.BigIntegerField(unique=True)
    name = models.CharField(max_length=150)
    given = models.BinaryField(null=True)  # handed to that administrator; gone once collected
    made_at = models.DateTimeField(default=timezone.now)
    collected_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Opening(models.Model):
    """A reader's private key for some minutes, locked by a token that only the browser has."""

    user_id = models.BigIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    private = models.BinaryField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} until {self.until}"


class Sealed(models.Model):
    """The sealed content of one record: JSON of {field: value}, locked by a data key.

    `is_handed`: it was locked by that key's public half, by somebody who had nothing open.
    """

    record = models.CharField(max_length=100)
    record_id = models.BigIntegerField()
    key = models.ForeignKey(DataKey, models.PROTECT, related_name="contents")
    content = models.BinaryField()
    is_handed = models.BooleanField(default=False)
    sealed_at = models.DateTimeField(default=timezone.now)
    sealed_by = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "record_id"], name="sealed_once")]

    def __str__(self) -> str:
        return f"{self.record}#{self.record_id}"


class Scrub(models.Model):
    """One row: since when clear copies may lie in freed pages, and when they were last removed."""

    asked_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.asked_at} {self.done_at}"
