"""Gathers the kernel's tables where Django looks for them."""

from __future__ import annotations

from huike.kernel.access.models import FieldLimit, Grant, Role
from huike.kernel.change.models import Change, Entry, Head
from huike.kernel.entity.custom import CustomField
from huike.kernel.exchange.importing.models import BadRow, ColumnMemory, ImportRun
from huike.kernel.files import StoredFile
from huike.kernel.layouts.models import FieldRule, Layout, LayoutChoice
from huike.kernel.lists.models import Pin, SavedView, Visit
from huike.kernel.numbering import Sequence
from huike.kernel.packs.models import AppliedPack, PackEvent, PackItem
from huike.kernel.sealing.models import (
    DataKey,
    Handed,
    Opening,
    Reader,
    RecoveryCode,
    RecoveryPair,
    Scrub,
    Sealed,
)

__all__ = [
    "AppliedPack",
    "BadRow",
    "Change",
    "ColumnMemory",
    "CustomField",
    "DataKey",
    "Entry",
    "FieldLimit",
    "FieldRule",
    "Grant",
    "Handed",
    "Head",
    "ImportRun",
    "Layout",
    "LayoutChoice",
    "Opening",
    "PackEvent",
    "PackItem",
    "Pin",
    "Reader",
    "RecoveryCode",
    "RecoveryPair",
    "Role",
    "SavedView",
    "Scrub",
    "Sealed",
    "Sequence",
    "StoredFile",
    "Visit",
]
