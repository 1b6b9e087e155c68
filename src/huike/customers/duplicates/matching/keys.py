"""Brings a party's values into the one form in which they are compared, and makes of them the keys
by which candidates are looked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from huike.customers.duplicates.matching import chinese

PERSON, FIRM = "person", "organisation"
READ = (  # what of a party is looked at
    "kind", "name", "phone", "telephone", "email", "wechat", "id_number", "tax_number", "website",
    "birthday", "address", "district", "city", "postcode",
)  # fmt: skip
COMPARED = (
    "name", "given", "family", "sound", "shape", "signs", "parts", "core", "phone", "email",
    "wechat", "number_id", "website", "birthday", "street", "house", "district", "postcode",
)  # fmt: skip

Values = Mapping[str, Any]
Plain = dict[str, str | None]


def normalised(values: Values) -> Plain:
    """Return the columns of COMPARED for a party's values by field name; None where empty."""
    person = values.get("kind") != FIRM
    found: dict[str, str | None] = dict.fromkeys(COMPARED)
    found |= _person(_text(values.get("name"))) if person else _firm(_text(values.get("name")))
    if found["shape"]:
        found["signs"] = chinese.narrow(found["core"] or found["name"] or "")
        found["parts"] = chinese.narrow(found["shape"])
    found |= _address(_text(values.get("address")))
    found["phone"] = digits(values.get("phone")) or digits(values.get("telephone"))
    found["email"] = mail(values.get("email"))
    found["wechat"] = _text(values.get("wechat")) or None
    number = values.get("id_number") if person else values.get("tax_number")
    found["number_id"] = _signs(number)
    found["website"] = site(values.get("website"))
    found["birthday"] = _digits_only(values.get("birthday"))
    found["district"] = _text(values.get("district") or values.get("city")) or None
    found["postcode"] = _signs(values.get("postcode"))
    return found


def digits(phone: object) -> str | None:
    """Return a phone number without country code and signs; None for what can't be one."""
    found = re.sub(r"\D", "", str(phone or ""))
    found = re.sub(r"^(00)?86(?=\d{9,})", "", found)
    return found.lstrip("0")[-11:] if len(found) >= 6 and len(set(found)) > 2 else None


def mail(address: object) -> str | None:
    """Return a mail address in small letters without a +tag."""
    name, at, host = _text(address).partition("@")
    return f"{name.partition('+')[0]}@{host}" if at and host else None


def site(address: object) -> str | None:
    """Return the host of a web address without www."""
    found = re.sub(r"^[a-z]+://", "", _text(address)).partition("/")[0]
    return found.removeprefix("www.") or None


def blocks(p: Plain) -> list[str]:
    """Return the keys of a party: two that share none are never compared.

    Each error that people make leaves some of them alike, which is why there are many.
    """
    tones = (p["sound"] or "").split()
    family, given = p["family"] or "", p["given"] or ""
    first = tones[0] if tones else ""
    born, code, tail = p["birthday"] or "", p["number_id"] or "", p["phone"] or ""
    found = [("n", code), ("p", tail), ("m", p["email"]), ("w", p["wechat"]), ("u", p["website"])]
    found += [("b", born), ("s", " ".join(sorted(tones))), ("c", p["core"]), ("h", p["shape"])]
    street, house, place = p["street"] or "", p["house"] or "", p["district"] or ""
    pairs = (
        ("sd", p["sound"], place), ("fp", family, p["postcode"]), ("gp", given, p["postcode"]),
        ("fb", first, born[2:6]), ("gy", given[:2], born[:6]), ("fd", family, place),
        ("ft", first, tail[:8]), ("fe", first, tail[-7:]), ("nf", code[:4], family[:2]),
        ("ne", code[-4:], family[:2]), ("ng", code[:6], given[:2]), ("sh", street, house),
        ("st", street[:12], place), ("dp", place, p["postcode"]), ("hg", house, given),
        ("bd", born[:4], p["postcode"]), ("cd", (p["core"] or "")[:2], place),
    )  # fmt: skip
    found += [(mark, f"{a}/{b}") for mark, a, b in pairs if a and b]
    for name in _one_less(p):
        found += [("xd", place and f"{name}/{place}"), ("xb", born and f"{name}/{born[:4]}")]
    return [f"{mark}:{value}" for mark, value in found if value]


def _one_less(p: Plain) -> list[str]:
    """Return a Chinese name and what is left of it when one character is missing or wrong."""
    name = p["name"] or ""
    if p["core"] is not None or not chinese.is_wide(name) or not 1 < len(name) < 5:
        return []
    shorter = [name[:i] + name[i + 1 :] for i in range(1, len(name))] if len(name) > 2 else []
    return [name, *shorter]


def _person(name: str) -> Plain:
    if chinese.is_wide(name):
        bare = re.sub(r"[\s·.]", "", name)
        bare = re.sub(r"(先生|女士|小姐|老师|总)$", "", bare) or bare
        family, given = chinese.split_name(bare)
        return {
            "name": bare or None, "family": family or None, "given": given or None,
            "sound": chinese.sound(bare) or None, "shape": chinese.shape(bare) or None,
        }  # fmt: skip
    words = name.split()
    if not words:
        return {}
    return {
        "name": name,
        "given": " ".join(words[:-1]) or None,
        "family": words[-1],
        "sound": name,
    }


def _firm(name: str) -> Plain:
    core = chinese.core(name)
    wide = chinese.is_wide(core)
    return {
        "name": re.sub(r"[\s()（）·.,，。]", "", name) or None,
        "core": core or None,
        "sound": (chinese.sound(core) if wide else core) or None,
        "shape": (chinese.shape(core) if wide else None) or None,
    }


def _address(text: str) -> Plain:
    """Split an address into the number of the house and the rest."""
    house = re.search(r"\d+", text)
    street = " ".join(re.sub(r"[\d号栋室楼弄幢,，.#/-]+", " ", text).split())
    return {"street": street or None, "house": house.group() if house else None}


def _text(value: object) -> str:
    """Return a value in half-width small letters with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", str(value or "")).casefold().split())


def _signs(value: object) -> str | None:
    return re.sub(r"[^0-9a-z]", "", _text(value)) or None


def _digits_only(value: object) -> str | None:
    return re.sub(r"\D", "", str(value or "")) or None
