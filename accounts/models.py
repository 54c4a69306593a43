"""The tables of people. No rules: those are in services."""

from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q

from accounts.fields import InstantField, PossibleInstantField, ScaledField


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the name; an account is opened by ``expenses.services.account_open``."""

    class MileageUnit(models.TextChoices):
        MILES = "mi"
        KILOMETRES = "km"

    email = models.EmailField(max_length=254, unique=True)
    email_key = models.CharField(max_length=254, unique=True)
    zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    # "" for whichever the browser asks for.
    language = models.CharField(max_length=8, default="", db_default="")
    hourly_rate = ScaledField(places=12, default=Decimal(0))
    mileage_unit = models.CharField(max_length=2, choices=MileageUnit, default=MileageUnit.MILES)
    # False for who has a second factor: then where only a password can be given, none is right.
    password_is_enough = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created = InstantField()

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(email_key=""), name="user_has_email"),
            models.CheckConstraint(condition=~Q(zone=""), name="user_has_zone"),
            models.CheckConstraint(condition=~Q(currency=""), name="user_has_currency"),
            models.CheckConstraint(condition=Q(hourly_rate__gte=0), name="user_hourly_rate_not_negative"),
            models.CheckConstraint(condition=Q(mileage_unit__in=["mi", "km"]), name="user_mileage_unit_known"),
        ]


class MileageRate(models.Model):
    """What a person gets per unit driven, from a day on; where there is none, the shipped table holds."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", db_index=False)
    unit = models.CharField(max_length=2, choices=User.MileageUnit)
    valid_from = models.DateField()
    rate = ScaledField(places=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "valid_from"], name="mileage_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gte=0), name="mileage_rate_not_negative"),
            models.CheckConstraint(condition=Q(unit__in=["mi", "km"]), name="mileage_rate_unit_known"),
        ]


class Invitation(models.Model):
    """A link that opens one account. Its SHA-256 is kept; ``email`` is whom it is for, or "" where it is for anybody.

    ``is_first``: it opens the first account of an empty server, which may do everything. ``invited_by`` is the operator
    who made it on a page, null where it was made in a terminal.
    """

    digest = models.CharField(max_length=64, unique=True)
    email = models.CharField(max_length=254, default="")
    is_first = models.BooleanField(default=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    expires = PossibleInstantField()
    created = InstantField()
