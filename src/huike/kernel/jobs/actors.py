"""Turns the user that a job was queued for into an actor again, with the rights of that moment."""

from __future__ import annotations

from collections.abc import Callable

from huike.kernel.actor import Actor

Resolver = Callable[[int], Actor | None]
_resolver: Resolver | None = None


class NobodyThere(Exception):
    """The person who asked for a job is gone or may no longer sign in."""


def register(resolver: Resolver) -> Resolver:
    """Let `resolver` make the actor from a user's id; it returns None for one who may not act.

    The composition root calls this once, because the kernel knows no users.
    """
    global _resolver
    _resolver = resolver
    return resolver


def check(actor: Actor) -> None:
    """Raise ValueError for an actor that could not be made again when its job runs."""
    if actor.user_id is None and not actor.is_system:
        raise ValueError(f"{actor.name} has neither a user nor the system behind it: no jobs")


def actor_for(user_id: int | None, name: str) -> Actor:
    """Return the actor of a queued job: the user as of now, or the system under its name."""
    if user_id is None:
        return Actor.system(name)
    if _resolver is None:
        raise RuntimeError("no resolver: call huike.kernel.jobs.actors.register() at start-up")
    if (actor := _resolver(user_id)) is None:
        raise NobodyThere(name)
    return actor
