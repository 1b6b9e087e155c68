"""Where each field of parties, ties, categories and tags shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huike.customers.actions import add_contact
from huike.customers.days import entities as days
from huike.customers.dossier import entities as dossier
from huike.customers.duplicates import entities as duplicates
from huike.customers.models import Category, Party, Tag, Tie
from huike.customers.pool import entities as pool
from huike.customers.pool.claiming import release
from huike.customers.privacy import entities as privacy
from huike.customers.protection import entities as protection
from huike.customers.quality import entities as quality
from huike.customers.stages import entities as stages
from huike.kernel.actor import Op
from huike.kernel.entity.entity import Entity, Related, Section, Verb, register
from huike.kernel.kinds.choices import Choice
from huike.kernel.kinds.words import Phone, Text

register(
    Entity(
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
        related=(
            Related(
                "orders", "trade.order", "party", _("Orders"), ("number", "on", "total", "state")
            ),
            Related(
                "ties", "customers.tie", "party", _("Ties"), ("kind", "other", "position", "role")
            ),
            Related(
                "ties_from",
                "customers.tie",
                "other",
                _("Tied to it"),
                ("party", "kind", "position", "role"),
            ),
            Related(
                "tasks", "office.task", "party", _("Tasks"), ("title", "due_on", "owner", "state")
            ),
            Related(
                "interactions",
                "channels.interaction",
                "party",
                _("Interactions"),
                ("at", "kind", "subject", "author"),
            ),
            Related("score", "analytics.score", "party", _("Score"), ("on", "rfm_class", "clv")),
            Related(
                "past_scores",
                "analytics.pastscore",
                "party",
                _("Past scores"),
                ("on", "rfm_class", "stage", "clv"),
            ),
            Related(
                "anniversaries",
                "customers.anniversary",
                "party",
                _("Anniversaries"),
                ("kind", "on", "is_lunar"),
            ),
            Related(
                "occasions",
                "customers.occasion",
                "party",
                _("Occasions"),
                ("kind", "on", "greeted_on"),
            ),
            Related(
                "owner_changes",
                "customers.ownerchange",
                "party",
                _("Changes of owner"),
                ("at", "before", "after", "why"),
            ),
            Related(
                "stage_overrides",
                "customers.stageoverride",
                "party",
                _("Stages set by hand"),
                ("relation", "stage", "until"),
            ),
            Related(
                "stage_changes",
                "customers.stagechange",
                "party",
                _("Changes of stage"),
                ("at", "was", "is_now"),
            ),
            *pool.RELATED,
            *privacy.RELATED,
            *dossier.RELATED,
            *quality.RELATED,
            Related(
                "memberships",
                "marketing.campaignmember",
                "party",
                _("Campaigns"),
                ("campaign", "is_treated", "drawn_at"),
            ),
        ),
        verbs=(
            *protection.VERBS,
            *dossier.PARTY_VERBS,
            *quality.PARTY_VERBS,
            *duplicates.PARTY_VERBS,
            *pool.PARTY_VERBS,
            Verb(
                "add_contact",
                _("Add contact"),
                add_contact,
                icon="user-plus",
                asks={
                    "name": Text(200),
                    "phone": Phone(30),
                    "position": Text(100),
                    "role": Choice(dict(Tie.Role.choices)),
                },
                labels={
                    "name": _("Name"),
                    "phone": _("Mobile phone"),
                    "position": _("Job title"),
                    "role": _("Role in decisions"),
                },
                needs=Op.ADD,
                in_front=True,
                applies=lambda party: party.kind == Party.Kind.ORGANISATION,
            ),
            Verb(
                "release",
                _("Give back to the pool"),
                release,
                icon="recycle",
                asks={"note": Text(300)},
                labels={"note": _("Why")},
                applies=lambda party: party.is_customer and party.owner_id is not None,
                in_bulk=True,
            ),
        ),
        match=("code", "phone", "email", "name"),
        synonyms={
            "name": (
                "客户",
                "客户名称",
                "姓名",
                "名称",
                "客户姓名",
                "公司名称",
                "单位名称",
                "customer",
                "customer name",
                "full name",
                "company",
                "given_name",
                "surname",
            ),
            "code": (
                "客户编号",
                "客户号",
                "编号",
                "会员号",
                "customer id",
                "customerid",
                "rec_id",
                "id",
            ),
            "phone": (
                "手机",
                "手机号",
                "手机号码",
                "电话",
                "联系电话",
                "移动电话",
                "mobile",
                "cell",
                "phone",
                "phone number",
            ),
            "telephone": ("座机", "固定电话", "办公电话", "landline", "tel"),
            "email": ("邮箱", "电子邮箱", "邮件", "e-mail", "mail"),
            "birthday": ("生日", "出生日期", "date_of_birth", "birth date", "dob"),
            "sex": ("性别", "gender"),
            "id_number": ("身份证", "身份证号", "证件号", "soc_sec_id"),
            "address": ("地址", "详细地址", "address_1", "street"),
            "district": ("区", "区县", "suburb"),
            "postcode": ("邮编", "邮政编码", "zip"),
            "province": ("省", "省份", "state"),
            "city": ("市", "城市", "town"),
            "country": ("国家", "国家地区"),
            "owner": ("客户经理", "销售顾问", "负责人", "业务员", "salesperson"),
            "level": ("客户等级", "等级", "tier"),
            "about": ("备注", "说明", "remarks", "note", "notes"),
        },
        views=(
            (_("All customers"), 'filter=["is_customer","yes"]'),
            (_("My customers"), 'filter={"all":[["owner","me"],["is_customer","yes"]]}'),
            (
                _("To contact this week"),
                'filter={"all":[["owner","me"],["next_contact_on","this","week"]]}&sort=next_contact_on',
            ),
            (_("Opened lately"), "desk=recent"),
            (_("Opened most"), "desk=most"),
            (_("Pinned"), "desk=pinned"),
            (_("Companies"), 'filter=["kind","is","organisation"]'),
            (_("Suppliers"), 'filter=["is_supplier","yes"]'),
            (_("Distributors"), 'filter=["is_distributor","yes"]'),
            (_("Competitors"), 'filter=["is_competitor","yes"]'),
            (_("Partners"), 'filter=["is_partner","yes"]'),
            (_("Employees"), 'filter=["is_employee","yes"]'),
            (_("Contacts"), 'filter=["ties__kind","in",["works_at"]]'),
        ),
        menu="customers",
    )
)

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
