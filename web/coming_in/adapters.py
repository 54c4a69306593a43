"""What allauth asks of this server."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.secrets import secret_kept, secret_read
from accounts.services import BadEmail, EmailTaken, WeakPassword, email_check, email_set, password_check, password_set
from web.coming_in.invited import invitation_kept
from web.coming_in.sessions import browser_and_system, sessions_end
from web.telling import told as told_why


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """People, their addresses and passwords."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.SIGN_UP == "open")

    def is_safe_url(self, url: str) -> bool:
        """Go on to pages of this server only, by their path.

        allauth would go to every name in ALLOWED_HOSTS. xpenser.com always is, and belongs to somebody else.
        """
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def clean_email(self, email: str) -> str:
        try:
            email_check(email)
        except BadEmail as refusal:
            raise ValidationError(told_why(refusal)) from None
        return email

    def clean_password(self, password: str, user: Any = None) -> str:
        try:
            password_check(password, user)
        except WeakPassword as refusal:
            raise ValidationError(told_why(refusal)) from None
        return password

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change the password. Django would refuse the other sessions, but keep them, and we list what is kept."""
        password_set(user_id=user.pk, password=password)
        sessions_end(user_id=user.pk)
        user.refresh_from_db(fields=["password"])

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Let who has nothing to show once more, since somebody else says who he is, choose a password first."""
        reset = {"id": "choose", "description": _("Choose a password"), "url": reverse("account_reset_password")}
        return super().get_reauthentication_methods(user) or [reset]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing: accounts.attempts does, for every door, and lets strangers lock nobody out."""

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **choices: Any) -> HttpResponse | None:
        """Vouch for the address of who has none noted: the operator opened that account, every sign-up notes one."""
        if not EmailAddress.objects.filter(user_id=user.pk).exists():
            vouched_for = {"primary": True, "verified": True}
            EmailAddress.objects.get_or_create(user=user, email=user.get_username().lower(), defaults=vouched_for)
        response: HttpResponse | None = super().pre_login(request, user, **choices)
        return response

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Let the person sign in by the address that he has shown to be his."""
        try:
            with transaction.atomic():
                email_set(user_id=email_address.user_id, email=email_address.email)
                return bool(super().confirm_email(request, email_address))
        except EmailTaken as refusal:
            messages.error(request, told_why(refusal))
            return False

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell a person what was changed in how he signs in, in the transaction in which that is done."""
        # Names, and not what the browser said: whoever comes by could write his own words into our mail.
        browser, system = browser_and_system(self.get_http_user_agent(self.request))
        told = {**(context or {}), "user": user, "zone": user.zone, "browser": browser, "system": system}
        super().send_notification_mail(template_prefix, user, told, email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put a mail into the queue (``xpenser.posting``), in the language of who gets it."""
        # Of who chose no language nothing is known but what the browser asks for that is the cause of it.
        chosen = getattr(context.get("user"), "language", "")
        with translation.override(chosen or translation.get_language()):
            super().send_mail(template_prefix, email, {**context, "home": settings.PUBLIC_URL})


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """People of whom somebody else says who they are. It opens an account for who may have one (SIGN_UP).

    An account that there is takes an identity only while its owner is signed in: whoever could have any address
    confirmed by the provider would come in by it otherwise.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return settings.SIGN_UP == "open" or invitation_kept(request) is not None


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors. Their secrets must be read again, so they are encrypted, as those of programs are."""

    def encrypt(self, text: str) -> str:
        return secret_kept(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secret_read(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """Return the picture without the line that says that it is XML: it stands in a page."""
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: A002 - allauth's word
        return gettext("Passkey")
