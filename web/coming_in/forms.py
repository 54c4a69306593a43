"""What somebody fills in who comes in. allauth's forms, opening accounts as every other way in does."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm, ResetPasswordForm, SignupForm
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.socialaccount.forms import SignupForm as SocialSignupForm
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.invitations import InvitationRow
from accounts.names import lookup_key
from accounts.services import EmailTaken
from expenses.services import account_open, account_open_invited
from web.choices import CURRENCIES, zones
from web.coming_in.invited import invitation_kept


class LedgerForm(forms.Form):
    """What is asked for a new ledger, whatever shows who its owner is."""

    currency = forms.ChoiceField(
        label=_("Currency"),
        help_text=_("What amounts are in. It stays once there are some: what you spend in others is converted."),
        choices=CURRENCIES,
        initial="USD",
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Says when a day begins. You can change it later."),
        choices=zones,
        initial="UTC",
        widget=forms.Select(attrs={"data-zone": ""}),
    )


class SignUpForm(LedgerForm, SignupForm):  # type: ignore[misc]  # allauth is not typed
    """Where anybody may open an account. That an address is taken is told to its owner, by mail, and to nobody else."""

    field_order = ("email", "password1", "currency", "zone")

    def __init__(self, *arguments: Any, **choices: Any) -> None:
        super().__init__(*arguments, **choices)
        self.fields["email"].widget.attrs["autofocus"] = True

    def validate_unique_email(self, value: str) -> str:
        return value  # opening the account finds out, with no moment in between

    def try_save(self, request: HttpRequest) -> tuple[AbstractBaseUser | None, HttpResponse | None]:
        try:
            return self.save(request), None
        except EmailTaken:
            make_password(self.cleaned_data["password1"])  # as much work as a new account: its time tells nothing
            self.account_already_exists = True
            user, response = super().try_save(request)
            return user, response

    @transaction.atomic
    def save(self, request: HttpRequest) -> AbstractBaseUser:
        """Open the account, and note whether its address is known to be the person's. Raises what that raises."""
        said = {name: self.cleaned_data[name] for name in ("email", "zone", "currency")}
        user: AbstractBaseUser = get_user_model().objects.get(
            pk=self.open(password=self.cleaned_data["password1"], now=timezone.now(), **said)
        )
        EmailAddress.objects.create(user=user, email=said["email"], primary=True, verified=self.is_vouched_for)
        return user

    def open(self, **said: Any) -> int:
        return account_open(**said)

    @property
    def is_vouched_for(self) -> bool:
        return False


class JoinForm(SignUpForm):
    """Where somebody comes with a link. He has been let in already, so he is told plainly what is wrong."""

    def __init__(self, *arguments: Any, token: str, invitation: InvitationRow, **choices: Any) -> None:
        self.token, self.invitation = token, invitation
        super().__init__(*arguments, **choices)
        if invitation.email:
            self.fields["email"].initial = invitation.email

    def try_save(self, request: HttpRequest) -> tuple[AbstractBaseUser | None, HttpResponse | None]:
        return self.save(request), None

    def open(self, **said: Any) -> int:
        return account_open_invited(token=self.token, **said)

    @property
    def is_vouched_for(self) -> bool:
        """Tell whether the operator has said whose address it is: he named it, or it is his own."""
        return bool(self.invitation.email) or self.invitation.is_first


class IdentityForm(LedgerForm, SocialSignupForm):  # type: ignore[misc]
    """Where somebody opens an account of whom a provider says who he is, and perhaps what his address is."""

    def __init__(self, *arguments: Any, **choices: Any) -> None:
        super().__init__(*arguments, **choices)
        said = self.sociallogin.email_addresses
        self.token = invitation_kept(context.request)
        self.verified = {address.email.lower() for address in said if address.verified}
        if said:
            self.fields["email"].disabled = True  # whoever types another might type somebody else's

    def validate_unique_email(self, value: str) -> str:
        return value  # opening the account finds out

    def try_save(self, request: HttpRequest) -> tuple[AbstractBaseUser | None, HttpResponse | None]:
        try:
            return self.save(request), None
        except EmailTaken:
            if self.token:
                raise
            self.account_already_exists = True
            user, response = super().try_save(request)
            return user, response

    @transaction.atomic
    def save(self, request: HttpRequest) -> AbstractBaseUser:
        """Open the account, and note by which identity its owner comes in. Raises what that raises."""
        said = {name: self.cleaned_data[name] for name in ("email", "zone", "currency")}
        opened = {"password": None, "now": timezone.now(), **said}
        id_ = account_open_invited(token=self.token, **opened) if self.token else account_open(**opened)
        user: AbstractBaseUser = get_user_model().objects.get(pk=id_)
        self.sociallogin.user = self.sociallogin.account.user = user
        self.sociallogin.account.save()
        verified = said["email"] in self.verified
        EmailAddress.objects.create(user=user, email=said["email"], primary=True, verified=verified)
        return user


class EmailForm(AddEmailForm):  # type: ignore[misc]
    """Another address to sign in by; the one that there is holds until it is confirmed."""

    @transaction.atomic
    def save(self, request: HttpRequest) -> EmailAddress:
        # allauth would delete the address that there is, where it was never confirmed.
        EmailAddress.objects.filter(user=self.user, primary=False).delete()
        address = EmailAddress.objects.create(user=self.user, email=self.cleaned_data["email"])
        address.send_confirmation(request)
        return address


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Where a forgotten password is replaced: by a link to the address that one signs in by, and to no other.

    allauth would send it to an address that was never confirmed, too, and so the account to whoever has that.
    """

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"])
        self.users = list(get_user_model().objects.filter(email_key=lookup_key(email), is_active=True))
        # Addresses of two people may compare as one: to what was typed no link is sent that opens an account.
        return self.users[0].email if self.users else email
