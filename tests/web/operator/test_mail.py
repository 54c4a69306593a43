"""How mail goes, and a trial of it."""

from django.conf import settings as current
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.selectors import Account
from accounts.services import preferences_set
from tests.pages import shown

PATH = "/operator/mail/"


def test_it_works(desk: Client, settings: Settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_HOST_USER = "mail.example.com", "me"
    settings.EMAIL_HOST_PASSWORD, settings.EMAIL_PORT = "told to nobody", 587

    page = shown(desk.get(PATH))

    assert "<p>Mail goes to mail.example.com, port 587, not encrypted, as me.</p>" in page
    assert f"It comes from {current.DEFAULT_FROM_EMAIL}." in page
    assert "told to nobody" not in page
    assert mail.outbox == []

    said = shown(desk.post(PATH, follow=True))
    assert "The mail server took a mail for olga@example.com: look whether it comes." in said
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["olga@example.com"], "Mail works")
    assert message.body == f"This mail was sent by {current.PUBLIC_URL} because you asked whether it can.\n"


def test_where_there_is_no_mail_server(desk: Client) -> None:
    said = shown(desk.post(PATH, follow=True))

    assert '<div class="note" role="status"><p>Mail is not sent: it stands in the server&#x27;s log.</p>' in said


def test_a_mail_server_that_does_not_answer(desk: Client, settings: Settings) -> None:
    settings.MAILER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert "The mail could not be sent: [Errno " in shown(desk.post(PATH, follow=True))


def test_it_is_told_in_the_operator_s_language(desk: Client, olga: Account, settings: Settings) -> None:
    preferences_set(user_id=olga.id, language="fr")
    sent = shown(desk.post(PATH, follow=True))
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.example.com", 25

    assert "Les e-mails ne sont pas envoyés : ils figurent dans le journal du serveur." in sent
    assert "Les e-mails partent par mail.example.com, port 25, sans chiffrement, sans identification." in shown(
        desk.get(PATH)
    )
