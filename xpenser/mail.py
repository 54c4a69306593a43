"""Where mail goes, and the mails that the operator has sent."""

from typing import NamedTuple

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse


class MailWay(NamedTuple):
    """How mail goes, in words, without the password. ``leaves``: it goes to a mail server, not to a log or a file."""

    said: str
    leaves: bool


def mail_way() -> MailWay:
    """Return how mail goes now (EMAIL_URL)."""
    if settings.EMAIL_HOST:
        how = "over TLS" if settings.EMAIL_USE_SSL else "with STARTTLS" if settings.EMAIL_USE_TLS else "not encrypted"
        name = f"as {settings.EMAIL_HOST_USER}" if settings.EMAIL_HOST_USER else "without a name"
        return MailWay(f"Mail goes to {settings.EMAIL_HOST}, port {settings.EMAIL_PORT}, {how}, {name}.", leaves=True)
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return MailWay(f"Mail is not sent: it is kept in {settings.EMAIL_FILE_PATH}.", leaves=False)
    return MailWay("Mail is not sent: it stands in the server's log.", leaves=False)


def trial_send(*, email: str) -> None:
    """Mail somebody that mail works. Raises OSError, which those of smtplib are, too."""
    said = {"home": settings.PUBLIC_URL}
    subject, text = (render_to_string(f"account/email/trial_{part}.txt", said) for part in ("subject", "message"))
    send_mail(subject.strip(), text, None, [email])


def join_link(token: str) -> str:
    """Return the address at which an invitation is taken."""
    return settings.PUBLIC_URL + reverse("join", args=[token])


def invitation_send(*, email: str, link: str) -> None:
    """Mail an invitation. Raises OSError, which those of smtplib are, too."""
    said = {"home": settings.PUBLIC_URL, "link": link}
    subject, text = (render_to_string(f"account/email/invitation_{part}.txt", said) for part in ("subject", "message"))
    send_mail(subject.strip(), text, None, [email])
