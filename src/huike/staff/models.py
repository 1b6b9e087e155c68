"""Departments and the people in them; what an owned record is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huike.kernel.access.models import Role
from huike.kernel.access.scope import Scope
from huike.kernel.kinds.trees import refuse_below_itself
from huike.kernel.records.emptiness import refuse_unless_empty
from huike.kernel.records.record import Record

LOCKED_FOR = timedelta(minutes=15)  # after too many wrong tries


class Department(Record):
    """A node of the firm's tree of departments."""

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
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse_unless_empty(self)
        refuse_below_itself(self, _("A department can't lie below itself."))


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person who signs in."""

    username = models.CharField(_("user name"), max_length=150, unique=True)
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("department"),
    )
    roles = models.ManyToManyField(Role, blank=True, related_name="users", verbose_name=_("roles"))
    is_active = models.BooleanField(_("may sign in"), default=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    theme = models.CharField(_("theme"), max_length=10, default="auto")  # auto, light, dark
    second_factor = models.CharField(max_length=64, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    locked_until = models.DateTimeField(null=True, editable=False)
    helps = models.BooleanField(default=False, editable=False)  # was once made a collaborator
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def is_locked(self) -> bool:
        """Whether too many wrong tries keep the person out for now.

        A lock that ends later than any could was set by a clock that has been turned back since:
        it would hold for as long as that clock was wrong.
        """
        now = timezone.now()
        return self.locked_until is not None and now < self.locked_until <= now + LOCKED_FOR


class SignIn(models.Model):
    """One signed-in session of a person, as that person sees and ends it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.address}"


class RecoveryCode(models.Model):
    """The digest of one code that stands in for the second factor, once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user} #{self.pk}"


class Owned(Record):
    """A record that one employee answers for, in one department (数据范围)."""

    scope = Scope("owner", "department")

    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )

    class Meta(Record.Meta):
        abstract = True
