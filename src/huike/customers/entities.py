"""Where each field of parties, ties, categories and tags shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.days import entities as days
from huike.customers.dossier import entities as dossier
from huike.customers.duplicates import entities as duplicates
from huike.customers.models import Category, Tag, Tie
from huike.customers.party.entity import PARTY
from huike.customers.pool import entities as pool
from huike.customers.privacy import entities as privacy
from huike.customers.quality import entities as quality
from huike.customers.stages import entities as stages
from huike.kernel.entity.entity import Entity, Section, register

register(PARTY)

register(
    Entity(
        model=Tie,
        icon="affiliate",
        columns=("party", "kind", "other", "position", "role"),
        form=(
            Section(
                _("Tie"), ("party", "kind", "other", "position", "role", "since", "until", "remark")
            ),
        ),
        party="party",
        menu="customers",
        in_menu=False,
    )
)

register(
    Entity(
        model=Category,
        icon="folders",
        columns=("name", "parent", "position"),
        form=(Section(_("Category"), ("name", "parent", "position")),),
        ordering="position",
        match=("name",),
        menu="customers",
        home="/customers/category/tree/",
    )
)

register(
    Entity(
        model=Tag,
        icon="tag",
        columns=("name", "colour"),
        form=(Section(_("Tag"), ("name", "colour")),),
        ordering="name",
        match=("name",),
        menu="customers",
    )
)

duplicates.register()
pool.register()
days.register()
stages.register()
privacy.register_all()
dossier.register()
quality.register()
