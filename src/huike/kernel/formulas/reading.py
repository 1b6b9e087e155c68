"""Reads the text of a formula into a tree of the few things that a formula may say.

The grammar is that of Python's expressions, read by Python's own `ast` and never run: what is not
in `ALLOWED` is refused with its place in the text.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_PARTS = 200
DEEPEST = 20
ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Name, ast.Attribute,
    ast.Constant,
)  # fmt: skip
# what a Chinese keyboard types, sign for sign, so that places in the text stay
_SIGNS = str.maketrans(
    "（），＋－＊／％＞＜＝！“”‘’．０１２３４５６７８９　", "(),+-*/%><=!\"\"''.0123456789 "
)
_IF = re.compile(r"\bif(?=\s*\()")


class WrongFormula(ValidationError):
    """What is wrong with a formula, and at which character of its text (from 1)."""

    def __init__(self, words: str, place: int) -> None:
        told = _("At character %(place)s: %(what)s") % {"place": place, "what": words}
        super().__init__({"formula": [told]})
        self.place = place


@lru_cache(maxsize=512)
def read(text: str) -> ast.expr:
    """Return the tree of a formula; raise WrongFormula with the place of the first mistake."""
    ready = _ready(text)
    try:
        tree = _parsed(ready)
    except SyntaxError as error:
        raise WrongFormula(_in_words(ready), min(error.offset or 1, len(text) or 1)) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise WrongFormula(_("this can't be read."), 1) from error
    _check(tree, text)
    return tree


def place_of(node: ast.AST, text: str) -> int:
    """Return the character of `text` at which a part of its tree begins, from 1."""
    before = _ready(text).encode()[: getattr(node, "col_offset", 0)]
    return len(before.decode(errors="ignore")) + 1


@lru_cache(maxsize=512)
def names_in(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the paths that a formula names: ("owner", "name") for owner.name."""
    found: dict[tuple[str, ...], None] = {}
    _gather(read(text), found)
    return tuple(found)


def path_of(node: ast.expr) -> tuple[str, ...]:
    """Return the names of `a.b.c`; empty where it is no such thing."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute) and (before := path_of(node.value)):
        return (*before, node.attr)
    return ()


def _ready(text: str) -> str:
    plain = text.translate(_SIGNS)
    lead = len(plain) - len(plain.lstrip(" ="))
    return " " * lead + plain[lead:]  # a leading “=” is what spreadsheets taught


def _parsed(ready: str) -> ast.expr:
    lead = len(ready) - len(ready.lstrip())
    body = "(" * bool(lead) + " " * (lead - 1) + ready[lead:] + ")" * bool(lead)
    try:
        return ast.parse(body, mode="eval").body
    except SyntaxError:
        if not _IF.search(body):
            raise
        return ast.parse(_IF.sub("IF", body), mode="eval").body


def _in_words(ready: str) -> str:
    if not ready.strip():
        return _("write a formula.")
    if re.search(r"(?<![=<>!])=(?!=)", ready):
        return _('this can\'t be read. Two equals signs compare: stage == "won".')
    return _("this can't be read. Is a bracket, a comma or a quotation mark missing?")


def _check(tree: ast.expr, text: str) -> None:
    parts = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    if len(parts) > MOST_PARTS or _depth(tree) > DEEPEST:
        raise WrongFormula(_("this is too long. Make two fields of it."), 1)
    for node in parts:
        if not isinstance(node, ALLOWED):
            raise WrongFormula(_("this may not stand in a formula."), place_of(node, text))


def _depth(node: ast.AST) -> int:
    return 1 + max((_depth(child) for child in ast.iter_child_nodes(node)), default=0)


def _gather(node: ast.AST, found: dict[tuple[str, ...], None]) -> None:
    if isinstance(node, ast.expr) and (path := path_of(node)):
        found[path] = None
        return
    children = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    for child in children:
        _gather(child, found)
