"""The tables of programs that act for people, and of what they hold. No rules: those are in services."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.fields import InstantField, PossibleInstantField
from reports.models import Report


class Consumer(models.Model):
    """A program that speaks OAuth 1.0, registered by ``user``. ``secret`` is encrypted (``access.ciphers``).

    ``is_legacy``: it may leave out the callback of the first step and the verifier of the last, as before 1.0a.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    key = models.CharField(max_length=64, unique=True)
    secret = models.TextField()
    callback = models.CharField(max_length=2000, default="")
    is_legacy = models.BooleanField(default=False)
    rsa_key = models.TextField(default="")
    created = InstantField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="consumer_has_name")]


class RequestToken(models.Model):
    """A request for access on its way through the three steps of OAuth 1.0; ``user`` is who allowed it, or null.

    ``callback`` is "oob" or an address; "" as long as a legacy consumer has named none.
    """

    consumer = models.ForeignKey(Consumer, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    secret = models.TextField()
    callback = models.CharField(max_length=2000, default="")
    verifier = models.CharField(max_length=64, default="")
    created = InstantField(db_index=True)


class AccessToken(models.Model):
    """What a consumer signs with for ``user``. It does not end by itself; it is deleted when it is revoked."""

    consumer = models.ForeignKey(Consumer, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    secret = models.TextField()
    created = InstantField()
    used = PossibleInstantField()
    used_from = models.CharField(max_length=45, default="")


class PersonalToken(models.Model):
    """A token that a person made by hand. Its SHA-256 is kept, and the first letters to know it by."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    beginning = models.CharField(max_length=12)
    scopes = models.CharField(max_length=500)
    add_only = models.BooleanField(default=False)
    report = models.ForeignKey(Report, models.CASCADE, null=True, related_name="+")
    expires = PossibleInstantField()
    created = InstantField()
    used = PossibleInstantField()
    used_from = models.CharField(max_length=45, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="token_has_name"),
            models.CheckConstraint(condition=Q(report__isnull=True) | Q(add_only=True), name="token_report_is_to_add"),
        ]


class Approval(models.Model):
    """A person lets a program that speaks OAuth 2.0 act for him. Without this row no token of the program's works."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    application = models.ForeignKey("oauth2_provider.Application", models.CASCADE, related_name="+")
    created = InstantField()
    used = PossibleInstantField()
    used_from = models.CharField(max_length=45, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "application"], name="approval_once")]


class UsedCode(models.Model):
    """A code of OAuth 2.0 that was exchanged: its SHA-256, and the family of tokens that it gave."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    family = models.UUIDField()
    created = InstantField(db_index=True)


class TrustedSite(models.Model):
    """A site whose links add to the ledger of ``user`` without asking, as he wished."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    origin = models.CharField(max_length=300)
    created = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "origin"], name="trusted_site_once")]
