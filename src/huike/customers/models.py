"""Parties: persons and organisations, the ties between them, their categories and tags."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.customers import kept
from huike.customers.names import sort_key
from huike.kernel.access.scope import Helping, Scope
from huike.kernel.days.kind import LunarDayField
from huike.kernel.entity.columns import MoneyField, PhoneField
from huike.kernel.kinds.trees import refuse_below_itself
from huike.kernel.records.emptiness import refuse_unless_empty
from huike.kernel.records.record import Record
from huike.staff.models import Owned


class Category(Record):
    """A node of the firm's own tree of customer categories (客户分类)."""

    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse_unless_empty(self)
        refuse_below_itself(self, _("A category can't lie below itself."))


class Tag(Record):
    """A word that customers are marked with."""

    class Colour(models.TextChoices):
        BLUE = "blue", _("blue")
        GREEN = "green", _("green")
        ORANGE = "orange", _("orange")
        RED = "red", _("red")
        PURPLE = "purple", _("purple")
        GREY = "grey", _("grey")

    name = models.CharField(_("name"), max_length=50, unique=True)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour, default=Colour.BLUE)

    class Meta(Record.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Party(kept.Kept, Owned):
    """A person or an organisation; the `is_...` fields say what it is to us (往来单位)."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ORGANISATION = "organisation", _("organisation")

    class Sex(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")

    class Level(models.TextChoices):
        VIP = "vip", _("key (VIP)")
        MAJOR = "major", _("major")
        ORDINARY = "ordinary", _("ordinary")
        SMALL = "small", _("small")

    class Source(models.TextChoices):
        VISIT = "visit", _("walk-in")
        PHONE = "phone", _("phone call")
        WEB = "web", _("website")
        REFERRAL = "referral", _("referral")
        CAMPAIGN = "campaign", _("campaign")
        IMPORT = "import", _("import")
        OTHER = "other", _("other")

    scope = Scope("owner", "department", helpers=Helping("customers.collaborator", "party"))
    derived = frozenset({"name_key"}) | kept.DERIVED
    sorts_as = {"name": "name_key"}
    lock = "is_locked"

    kind = models.CharField(
        _("person or organisation"), max_length=12, choices=Kind, default=Kind.PERSON
    )
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, db_index=True, default="")
    code = models.CharField(_("customer number"), max_length=50, blank=True, db_index=True)
    short_name = models.CharField(_("short name"), max_length=100, blank=True)

    is_customer = models.BooleanField(_("customer"), default=True)
    is_supplier = models.BooleanField(_("supplier"), default=False)
    is_distributor = models.BooleanField(_("distributor"), default=False)
    is_competitor = models.BooleanField(_("competitor"), default=False)
    is_partner = models.BooleanField(_("partner"), default=False)
    is_employee = models.BooleanField(_("employee"), default=False)

    phone = PhoneField(_("mobile phone"), blank=True, db_index=True)
    telephone = PhoneField(_("telephone"), blank=True)
    email = models.EmailField(_("mail"), blank=True, db_index=True)
    wechat = models.CharField(_("WeChat"), max_length=100, blank=True)
    province = models.CharField(_("province"), max_length=50, blank=True)
    city = models.CharField(_("city"), max_length=50, blank=True)
    district = models.CharField(_("district"), max_length=50, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)

    level = models.CharField(_("customer tier"), max_length=10, choices=Level, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source, blank=True)
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parties",
        verbose_name=_("category"),
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="parties", verbose_name=_("tags"))
    contact_cycle = models.PositiveIntegerField(_("contact cycle (days)"), null=True, blank=True)
    last_contact_on = models.DateField(
        _("last contact"), null=True, blank=True, editable=False, db_index=True
    )
    next_contact_on = models.DateField(_("next contact"), null=True, blank=True, db_index=True)
    about = models.TextField(_("remarks"), blank=True)
    is_locked = models.BooleanField(_("locked"), default=False, editable=False)
    sealed = models.JSONField(default=list, editable=False)  # names of the fields that are sealed
    lock_reason = models.CharField(
        _("why it is locked"), max_length=200, blank=True, editable=False
    )

    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    lunar_birthday = LunarDayField(
        _("lunar birthday"),
        blank=True,
        db_index=True,
        help_text=_("A day of the lunar year, such as 八月十五 or 闰六月初一."),
    )
    nationality = models.CharField(_("nationality"), max_length=60, blank=True)
    id_number = models.CharField(_("identity number"), max_length=40, blank=True)
    job = models.CharField(_("occupation"), max_length=100, blank=True)
    education = models.CharField(_("education"), max_length=50, blank=True)
    marital_status = models.CharField(_("marital status"), max_length=30, blank=True)
    family = models.CharField(_("family"), max_length=300, blank=True)
    preferences = models.TextField(_("preferences"), blank=True)

    industry = models.CharField(_("industry"), max_length=100, blank=True)
    size = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    website = models.URLField(_("website"), blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    credit_limit = MoneyField(_("credit limit"), null=True, blank=True)
    credit_days = models.PositiveIntegerField(_("credit days"), null=True, blank=True)
    capacity = models.CharField(_("production capacity"), max_length=200, blank=True)
    yearly_needs = models.TextField(_("raw materials needed per year"), blank=True)
    buys_from = models.CharField(_("competitors it buys from"), max_length=300, blank=True)

    class Meta(Owned.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["department", "-changed_at"], name="party_of_department"),
            models.Index(fields=["owner", "-changed_at"], name="party_of_owner"),
            models.Index(  # who is to be contacted stands on everybody's first page
                fields=["owner", "next_contact_on"],
                name="party_to_contact",
                condition=models.Q(next_contact_on__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~models.Q(code=""),
                name="party_code",
                violation_error_message=_("Another customer has this number already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def derive(self) -> None:
        self.name_key = sort_key(self.name)
        if self._state.adding and self.owner_id is None and self.pooled_since is None:
            self.pooled_since = timezone.localdate()


class Tie(Record):
    """A tie between two parties: `party` <kind> `other`, e.g. a person works at a firm."""

    class Kind(models.TextChoices):
        WORKS_AT = "works_at", _("works at")
        BELONGS_TO = "belongs_to", _("belongs to the group")
        FAMILY_OF = "family_of", _("family of")
        REFERRED_BY = "referred_by", _("referred by")
        SUPPLIES = "supplies", _("supplies")
        OTHER = "other", _("other tie")

    class Role(models.TextChoices):
        USER = "user", _("end user")
        INFLUENCER = "influencer", _("influencer")
        DECIDER = "decider", _("decider")
        APPROVER = "approver", _("approver")
        BUYER = "buyer", _("buyer")
        GATEKEEPER = "gatekeeper", _("gatekeeper")

    scope = Scope.through("party")
    titled_by = ("party", "kind", "other")
    title_joins = ("party", "other")

    party = models.ForeignKey(Party, models.CASCADE, related_name="ties", verbose_name=_("who"))
    kind = models.CharField(_("tie"), max_length=12, choices=Kind, default=Kind.WORKS_AT)
    other = models.ForeignKey(
        Party, models.CASCADE, related_name="ties_from", verbose_name=_("to whom")
    )
    position = models.CharField(_("job title"), max_length=100, blank=True)
    role = models.CharField(_("role in decisions"), max_length=12, choices=Role, blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("tie")
        verbose_name_plural = _("ties")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(party=models.F("other")),
                name="tie_between_two",
                violation_error_message=_("A party can't be tied to itself."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.get_kind_display()} {self.other}"


# records of this room that live in packages of their own
from huike.customers.collaborators.models import Collaborator as Collaborator  # noqa: E402
from huike.customers.days.models import Anniversary as Anniversary  # noqa: E402
from huike.customers.days.models import Occasion as Occasion  # noqa: E402
from huike.customers.dossier.models import DossierOriginal as DossierOriginal  # noqa: E402
from huike.customers.dossier.models import Loan as Loan  # noqa: E402
from huike.customers.dossier.models import Volume as Volume  # noqa: E402
from huike.customers.duplicates.models import DuplicatePair as DuplicatePair  # noqa: E402
from huike.customers.duplicates.models import DuplicateSweep as DuplicateSweep  # noqa: E402
from huike.customers.duplicates.models import Merge as Merge  # noqa: E402
from huike.customers.pool.models import ClaimLimit as ClaimLimit  # noqa: E402
from huike.customers.pool.models import OwnerChange as OwnerChange  # noqa: E402
from huike.customers.pool.models import PoolParty as PoolParty  # noqa: E402
from huike.customers.pool.models import PoolRule as PoolRule  # noqa: E402
from huike.customers.privacy.models import Consent as Consent  # noqa: E402
from huike.customers.privacy.models import PartyView as PartyView  # noqa: E402
from huike.customers.privacy.models import PrivacyRequest as PrivacyRequest  # noqa: E402
from huike.customers.privacy.models import PrivacySetting as PrivacySetting  # noqa: E402
from huike.customers.privacy.models import RetentionRule as RetentionRule  # noqa: E402
from huike.customers.quality.models import FieldWeight as FieldWeight  # noqa: E402
from huike.customers.quality.models import Finding as Finding  # noqa: E402
from huike.customers.quality.models import QualityDay as QualityDay  # noqa: E402
from huike.customers.quality.models import QualityRule as QualityRule  # noqa: E402
from huike.customers.stages.models import StageChange as StageChange  # noqa: E402
from huike.customers.stages.models import StageOverride as StageOverride  # noqa: E402
