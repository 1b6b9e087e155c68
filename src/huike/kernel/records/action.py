"""The one way to do something: permitted, atomic and journaled."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from huike.kernel.access.scope import require
from huike.kernel.actor import Actor, Op
from huike.kernel.change.work import change
from huike.kernel.records.record import Record

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound=Record)
Do = Callable[Concatenate[Actor, R, P], T]


def action(name: str, *, needs: Op) -> Callable[[Do[R, P, T]], Do[R, P, T]]:
    """Turn a function of (actor, row, ...) into a business verb called `name` ("room.verb").

    The verb asks for `needs` on the row and runs in one change.
    """

    def wrap(do: Do[R, P, T]) -> Do[R, P, T]:
        @functools.wraps(do)
        def run(actor: Actor, row: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
            require(actor, needs, row)
            with change(actor, name):
                return do(actor, row, *args, **kwargs)

        return run

    return wrap
