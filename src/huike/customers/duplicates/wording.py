"""Says in a sentence why two parties may be the same."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from huike.customers.duplicates.models import DuplicatePair

WORDS: dict[tuple[str, str], Promise | str] = {
    ("name", "same"): gettext_lazy("the same name"),
    ("name", "swapped"): gettext_lazy("surname and given name swapped"),
    ("name", "sound"): gettext_lazy("names that sound the same"),
    ("name", "shape"): gettext_lazy("names that look alike"),
    ("name", "sign"): gettext_lazy("one character of the name missing or different"),
    ("name", "core"): gettext_lazy("the same company name but for place and legal form"),
    ("name", "close"): gettext_lazy("similar names"),
    ("name", "part"): gettext_lazy("partly the same name"),
    ("name", "family"): gettext_lazy("the same surname"),
    ("phone", "same"): gettext_lazy("the same phone"),
    ("phone", "close"): gettext_lazy("phones that differ by one digit"),
    ("email", "same"): gettext_lazy("the same mail address"),
    ("email", "close"): gettext_lazy("similar mail addresses"),
    ("wechat", "same"): gettext_lazy("the same WeChat"),
    ("website", "same"): gettext_lazy("the same website"),
    ("number_id", "same"): gettext_lazy("the same identity or tax number"),
    ("number_id", "close"): gettext_lazy("identity or tax numbers that differ by one digit"),
    ("number_id", "part"): gettext_lazy("similar identity numbers"),
    ("birthday", "same"): gettext_lazy("the same birthday"),
    ("birthday", "close"): gettext_lazy("birthdays that differ by one digit"),
    ("birthday", "part"): gettext_lazy("similar birthdays"),
    ("street", "same"): gettext_lazy("the same street"),
    ("street", "close"): gettext_lazy("similar addresses"),
    ("street", "part"): gettext_lazy("partly the same address"),
    ("house", "same"): gettext_lazy("the same house number"),
    ("district", "same"): gettext_lazy("the same district"),
    ("postcode", "same"): gettext_lazy("the same postcode"),
}
ORDER = (
    "number_id", "phone", "email", "wechat", "website", "name", "birthday", "street", "house",
    "district", "postcode",
)  # fmt: skip
DIFFERENT: dict[str, Promise | str] = {
    "name": gettext_lazy("name"),
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("mail"),
    "number_id": gettext_lazy("identity number"),
    "birthday": gettext_lazy("birthday"),
    "street": gettext_lazy("address"),
}


def reasons(likeness: Mapping[str, str]) -> list[str]:
    """Return what speaks for it, the strongest columns first."""
    found = [WORDS.get((column, likeness.get(column, ""))) for column in ORDER]
    return [str(words) for words in dict.fromkeys(found) if words]


def against(likeness: Mapping[str, str]) -> list[str]:
    """Return the columns in which both have a value and differ."""
    return [str(word) for column, word in DIFFERENT.items() if likeness.get(column) == "different"]


def sure(pair: DuplicatePair) -> str:
    """Return how likely a pair is the same, never more than can be known: "97%", ">99%"."""
    share = float(pair.probability)
    return ">99%" if share >= 0.995 else f"{share:.0%}"


def sentence(likeness: Mapping[str, str]) -> str:
    """Return why: "the same phone, names that sound the same; differs: birthday"."""
    comma = pgettext("between reasons", ", ")
    told = comma.join(reasons(likeness))
    if other := against(likeness):
        told += _("; differs: %(what)s") % {"what": comma.join(other)}
    return told
