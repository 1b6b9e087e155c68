"""Where each field of a party shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.models import Party
from huike.customers.party.related import RELATED, VERBS
from huike.customers.party.words import SYNONYMS, VIEWS
from huike.customers.protection import entities as protection
from huike.kernel.entity.entity import Entity, Section

PARTY = Entity(
    model=Party,
    icon="users",
    columns=(
        "name",
        "phone",
        "level",
        "category",
        "tags",
        "owner",
        "last_contact_on",
        "next_contact_on",
    ),
    facts=("level", "phone", "owner", "last_contact_on", "next_contact_on"),
    form=(
        Section(
            _("Basics"),
            (
                "kind",
                "name",
                "short_name",
                "code",
                "level",
                "category",
                "tags",
                "source",
                "owner",
                "department",
            ),
        ),
        Section(
            _("Contact"),
            (
                "phone",
                "telephone",
                "email",
                "wechat",
                "province",
                "city",
                "district",
                "address",
                "postcode",
                "country",
                "contact_cycle",
                "next_contact_on",
            ),
        ),
        Section(
            _("About the person"),
            (
                "sex",
                "birthday",
                "lunar_birthday",
                "nationality",
                "id_number",
                "job",
                "education",
                "marital_status",
                "family",
                "preferences",
            ),
            {"kind": "person"},
        ),
        Section(
            _("About the company"),
            (
                "industry",
                "size",
                "region",
                "website",
                "tax_number",
                "credit_limit",
                "credit_days",
                "capacity",
                "yearly_needs",
                "buys_from",
            ),
            {"kind": "organisation"},
        ),
        Section(
            _("Roles"),
            (
                "is_customer",
                "is_supplier",
                "is_distributor",
                "is_competitor",
                "is_partner",
                "is_employee",
            ),
        ),
        Section(
            _("Relationship"),
            ("relation", "stage", "owned_since", "pooled_since", "completeness"),
        ),
        Section(_("Remarks"), ("about",)),
        protection.SECTION,
    ),
    computed=protection.COMPUTED,
    quick=("kind", "name", "phone", "level", "category", "owner"),
    lettered=True,
    check="/customers/duplicates/check/",
    search=("name", "short_name", "code", "phone", "telephone", "email", "wechat"),
    sort_by={"name": "name_key"},
    related=RELATED,
    verbs=VERBS,
    match=("code", "phone", "email", "name"),
    synonyms=SYNONYMS,
    views=VIEWS,
    menu="customers",
)
