"""Whether an actor may ask a definition of the star; what is wrong is told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.analytics.pivot import rights
from huike.analytics.pivot.definition import Definition
from huike.analytics.pivot.naming import fact_title, level_title, measure_title, role_title
from huike.kernel.access.scope import may
from huike.kernel.actor import Actor, Op

if TYPE_CHECKING:
    from huike.warehouse.star.declaring import Fact, Star


def checked(actor: Actor, star: Star, definition: Definition) -> Fact:
    """Return the fact of a definition that the actor may ask; raise ValidationError in words."""
    fact = star.facts.get(definition.fact)
    if fact is None:
        known = ", ".join(sorted(star.facts))
        raise ValidationError(
            _("There are no figures called “%(name)s”. There are: %(known)s.")
            % {"name": definition.fact[:60], "known": known}
        )
    if not may(actor, rights.record_of(fact), Op.VIEW):
        raise ValidationError(_("Your roles do not let you see %s.") % fact_title(fact))
    for path in (*definition.levels, *(path for path, _op, _value in definition.filters)):
        check_level(actor, star, fact, path)
    for name in definition.measures:
        _check_measure(actor, fact, name)
    return fact


def check_level(actor: Actor, star: Star, fact: Fact, path: str) -> None:
    """Raise ValidationError, in words, for a level that the actor may not see a fact by."""
    if path not in star.levels(fact.name):
        raise ValidationError(
            _("%(fact)s can't be seen by “%(level)s”.")
            % {"fact": fact_title(fact), "level": path[:60]}
        )
    if closed := rights.closed_level(actor, star, fact, path):
        role = role_title(star, fact, path.partition(".")[0])
        raise ValidationError(
            _("Your roles do not let you see by %(level)s: %(closed)s is closed to you.")
            % {"level": f"{role}: {level_title(star, fact, path)}", "closed": closed}
        )


def _check_measure(actor: Actor, fact: Fact, name: str) -> None:
    if name not in {one.name for one in fact.measures}:
        raise ValidationError(
            _("%(fact)s have no number called “%(measure)s”.")
            % {"fact": fact_title(fact), "measure": name[:60]}
        )
    if closed := rights.closed_measure(actor, fact, name):
        raise ValidationError(
            _("Your roles do not let you see %(measure)s: %(closed)s is closed to you.")
            % {"measure": measure_title(fact.measure(name)), "closed": closed}
        )
