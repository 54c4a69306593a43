"""Where mail goes, and the mails that the operator has sent."""

from typing import NamedTuple

from django.conf import settings
from django.core.mail import get_connection, send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.sentences import Sentence, sentence


class MailWay(NamedTuple):
    """How mail goes, in words, without the password. ``leaves``: it goes to a mail server, not to a log or a file."""

    said: Sentence
    leaves: bool


def mail_way() -> MailWay:
    """Return how mail goes now (EMAIL_URL)."""
    if settings.EMAIL_HOST:
        said = sentence(
            "Mail goes to %(host)s, port %(port)s, %(how)s, %(name)s.",
            host=settings.EMAIL_HOST, port=settings.EMAIL_PORT, how=_encrypted(), name=_named(),
        )  # fmt: skip
        return MailWay(said, leaves=True)
    if settings.MAILER.endswith("filebased.EmailBackend"):
        said = sentence("Mail is not sent: it is kept in %(folder)s.", folder=settings.EMAIL_FILE_PATH)
        return MailWay(said, leaves=False)
    return MailWay(sentence("Mail is not sent: it stands in the server's log."), leaves=False)


def trial_send(*, email: str) -> None:
    """Mail somebody that mail works, at once. Raises OSError, which those of smtplib are, too."""
    said = {"home": settings.PUBLIC_URL}
    subject, text = (render_to_string(f"account/email/trial_{part}.txt", said) for part in ("subject", "message"))
    send_mail(subject.strip(), text, None, [email], connection=get_connection(settings.MAILER))


def join_link(token: str) -> str:
    """Return the address at which an invitation is taken."""
    return settings.PUBLIC_URL + reverse("join", args=[token])


def invitation_send(*, email: str, link: str) -> None:
    """Mail an invitation, once the transaction around it is committed."""
    said = {"home": settings.PUBLIC_URL, "link": link}
    subject, text = (render_to_string(f"account/email/invitation_{part}.txt", said) for part in ("subject", "message"))
    send_mail(subject.strip(), text, None, [email])


def _encrypted() -> Sentence:
    if settings.EMAIL_USE_SSL:
        return sentence("over TLS")
    return sentence("with STARTTLS") if settings.EMAIL_USE_TLS else sentence("not encrypted")


def _named() -> Sentence:
    user = settings.EMAIL_HOST_USER
    return sentence("as %(user)s", user=user) if user else sentence("without a name")
