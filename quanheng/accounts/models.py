"""Accounts, their dated roles and grants. A grant = units below one x cadre categories x purposes."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from quanheng.accounts.choices import RoleChoice
from quanheng.kernel.keys import new_key
from quanheng.organization.models import Unit


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    office = models.CharField(max_length=60, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="accounts")
    cadre_key = models.UUIDField(null=True, blank=True, unique=True)  # people.Cadre lies above: a key, no foreign key
    is_active = models.BooleanField(default=True)
    has_initial_password = models.BooleanField(default=False)  # known to whoever set it: opens nothing but its change
    has_shortcuts = models.BooleanField(default=True)  # single-letter keys
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    objects: ClassVar[AccountManager] = AccountManager()


class RoleAssignment(models.Model):
    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="roles")
    role = models.CharField(max_length=24, choices=RoleChoice.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role"], condition=Q(valid_to=None), name="account_has_a_role_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="role_period"
            ),
        ]


class Grant(models.Model):
    """`categories` and `purposes` are lists of ManagementCategory and Purpose values; none is empty."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    categories = models.JSONField()
    purposes = models.JSONField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    granted_by = models.UUIDField()
    granted_at = models.DateTimeField()
    reason = models.TextField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="grant_period"
            )
        ]
