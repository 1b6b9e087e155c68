"""The classes of every method as people call them, one list per method."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from huike.customers.stages.words import Relation as Relation
from huike.customers.stages.words import Stage as Stage


class Abc(TextChoices):
    """By amount: the customers that make up 70 %, the next 20 %, the rest."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


class Rfm(TextChoices):
    """Recency, frequency and amount above or below the mean: the eight Chinese classes."""

    VALUE = "111", _("important, to keep as they are")
    DEVELOP = "101", _("important, to develop")
    HOLD = "011", _("important, to hold")
    WIN_BACK = "001", _("important, to win back")
    ORDINARY_VALUE = "110", _("ordinary, active")
    ORDINARY_DEVELOP = "100", _("ordinary, to develop")
    ORDINARY_HOLD = "010", _("ordinary, to hold")
    ORDINARY_WIN_BACK = "000", _("ordinary, to win back")


class Spend(TextChoices):
    """The pyramid by spend."""

    VIP = "vip", _("key (VIP)")
    MAJOR = "major", _("major")
    ORDINARY = "ordinary", _("ordinary")
    SMALL = "small", _("small")


class Tier(TextChoices):
    """The pyramid by profit, and the cells of the CLV matrix."""

    PLATINUM = "platinum", _("platinum")
    GOLD = "gold", _("gold")
    IRON = "iron", _("iron")
    LEAD = "lead", pgettext_lazy("metal", "lead")


class Ending(TextChoices):
    """How a relationship ended."""

    EARLY_ABORT = "early_abort", _("early abort")
    MIDWAY = "midway", _("ended midway")
    EARLY_EXIT = "early_exit", _("early exit")
    LONG_LASTING = "long_lasting", _("long-lasting")


class Risk(TextChoices):
    """How likely a customer is to buy nothing more within the horizon."""

    HIGH = "high", pgettext_lazy("risk", "high")
    MEDIUM = "medium", pgettext_lazy("risk", "medium")
    LOW = "low", pgettext_lazy("risk", "low")


class Loyalty(TextChoices):
    """Why customers come back."""

    MONOPOLY = "monopoly", _("monopoly")
    KINSHIP = "kinship", _("kinship")
    INTEREST = "interest", _("interest")
    TRUST = "trust", _("trust")
    INERTIA = "inertia", _("inertia")
    LATENT = "latent", _("latent")
    NONE = "none", _("none yet")


class Figure(TextChoices):
    """The figures of the scorecard, in the order in which it shows them."""

    CUSTOMERS = "customers", _("customers who bought")
    NEW = "new", _("new customers")
    NEW_RATE = "new_rate", _("acquisition rate")
    LOST = "lost", _("lost customers")
    LOST_RATE = "lost_rate", _("loss rate")
    RETENTION = "retention_rate", _("retention rate")
    UPGRADED = "upgraded", _("upgraded customers")
    UPGRADED_RATE = "upgraded_rate", _("upgrade rate")
    DOWNGRADED = "downgraded", _("downgraded customers")
    DOWNGRADED_RATE = "downgraded_rate", _("downgrade rate")
    REVENUE = "revenue", _("revenue")
    PROFIT = "profit_per_customer", _("profit per customer")
    CROSS_SELL = "cross_sell_share", _("cross-sell share")
    SATISFACTION = "satisfaction_rate", _("satisfaction rate")
