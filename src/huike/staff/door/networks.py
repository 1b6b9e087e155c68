"""From which networks people may work: rules of their roles, asked at every request."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huike.kernel.access.models import Role
from huike.kernel.actor import Actor

SEPARATORS = str.maketrans("，;；、\n\t", "      ")
Network = IPv4Network | IPv6Network


def read_networks(text: str) -> list[Network]:
    """Return the networks that a role names; raise ValidationError for what is none."""
    found = []
    for part in text.translate(SEPARATORS).replace(",", " ").split():
        try:
            found.append(ip_network(part, strict=False))
        except ValueError as error:
            raise ValidationError(
                _("“%s” is not a network. Write it like 192.168.1.0/24 or 10.0.0.7.") % part[:60]
            ) from error
    return found


def check_networks(text: str) -> None:
    """Raise ValidationError for the field `networks` of a role where it can't be read."""
    try:
        read_networks(text)
    except ValidationError as error:
        raise ValidationError({"networks": error.messages}) from error


def networks_of(roles: Iterable[Role]) -> tuple[str, ...]:
    """Return where the holder of these roles may come from: one role without a rule opens all."""
    texts = [role.networks.strip() for role in roles]
    if not texts or not all(texts):
        return ()
    return tuple(str(network) for text in texts for network in read_networks(text))


def may_come_from(actor: Actor, address: str | None) -> bool:
    """Tell whether a request of `actor` may come from an address; unknown ones may not."""
    if not actor.networks:
        return True
    try:
        here = ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(here, "ipv4_mapped", None)
    return any((mapped or here) in ip_network(network) for network in actor.networks)


def refuse_lockout(actor: Actor, address: str | None) -> None:
    """Raise ValidationError where a role that was just saved shuts out who saved it."""
    from huike.staff.models import User
    from huike.staff.rights.acting import actor_of

    me = User.objects.filter(pk=actor.user_id or 0).first()
    if me is not None and not may_come_from(actor_of(me), address):
        text = _("This would shut yourself out: you are at %s.") % address
        raise ValidationError({"networks": text})
