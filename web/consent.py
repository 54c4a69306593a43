"""What a person is asked before a program is let in, whichever OAuth it speaks."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from web.headers import policy
from web.words import may_whole

ALLOW: Final = "allow"
REFUSE: Final = "refuse"


class Question(NamedTuple):
    """A program's request. ``owner``: the e-mail address of who registered it. ``target``: the host that the person
    goes to when he has answered, or "" where he goes nowhere. ``leads_to``: the schemes of that, for the policy.

    Chromium holds a form to its policy through all redirects that follow, so a callback that goes on to another host,
    or to an app's own scheme, has to be let through; what is sent there is ours, and was shown.
    """

    program: str
    owner: str
    scopes: Iterable[str]
    target: str
    is_legacy: bool = False
    leads_to: str = "http: https:"


def question_page(request: HttpRequest, question: Question) -> HttpResponse:
    """Ask. The form comes back to the same address, parameters included, with ``answer`` in it."""
    context = {"question": question, "may": may_whole(question.scopes), "allow": ALLOW, "refuse": REFUSE}
    page = render(request, "oauth/question.html", context)
    page.headers["Content-Security-Policy"] = policy(request, form_action=f"'self' {question.leads_to}")
    return page


def refusal_page(request: HttpRequest, message: str, *, for_its_author: str = "") -> HttpResponse:
    """Say why nobody is asked, or sent anywhere."""
    context = {"message": message, "for_its_author": for_its_author}
    return render(request, "oauth/refusal.html", context, status=HTTPStatus.BAD_REQUEST)
