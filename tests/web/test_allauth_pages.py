"""Of allauth's pages there are those that we want, and all of them are ours to look at."""

import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from allauth.urls import urlpatterns as theirs
from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

OURS = Path(settings.BASE_DIR, "templates")
# Ways in that nobody asked for: by a code in a mail. And what our own pages do.
UNWANTED = {
    "account_confirm_login_code",
    "account_confirm_reauthentication_code",
    "account_request_reauthentication_code",
    "account_set_password",
    "mfa_download_recovery_codes",
    "usersessions_list",
}


def named(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name, pattern


def base_of(page: Path) -> str:
    """Return the template that stands behind a page, and behind what it is made from."""
    (base,) = re.findall(r'\A{% extends "([^"]+)" %}', page.read_text())
    return base if base == "base.html" else base_of(OURS / base)


ROUTED = dict(named(get_resolver().url_patterns))
THEIRS = dict(named(theirs))


def test_those_are_routed_that_are_wanted() -> None:
    assert {name for name in THEIRS if name not in ROUTED} == UNWANTED


@pytest.mark.parametrize("name", sorted(name for name in THEIRS if name in ROUTED))
def test_each_shows_a_template_of_ours(name: str) -> None:
    view = getattr(ROUTED[name].callback, "view_class", None)
    templates = (getattr(view, attribute, None) for attribute in ("template_name", "template_name_signup_closed"))

    for template in filter(None, templates):
        found = Path(str(get_template(template).origin))  # type: ignore[attr-defined]
        assert found.is_relative_to(OURS)
        assert base_of(found) == "base.html"


@pytest.mark.parametrize(
    "theirs", ["account/base_manage.html", "socialaccount/login.html", "allauth/layouts/base.html"]
)
def test_no_template_of_theirs_is_found(theirs: str) -> None:
    assert Path(allauth.__file__).with_name("templates").joinpath(theirs).exists()

    with pytest.raises(TemplateDoesNotExist):
        get_template(theirs)


@pytest.mark.parametrize("mail", sorted(OURS.glob("*/email/*_message.txt")), ids=lambda path: path.stem)
def test_mails_have_a_subject_and_are_text(mail: Path) -> None:
    subject, text = mail.with_name(mail.name.replace("_message", "_subject")), mail.read_text()

    assert re.fullmatch(r'\{% load i18n %\}\{% translate "[^"<&]+" %\}\n', subject.read_text())
    assert "{% autoescape off %}" in text or text.startswith('{% extends "account/email/notice.txt" %}\n')
