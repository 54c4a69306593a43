"""The second step of OAuth 1.0: the person answers a program (wire §4)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from access.callbacks import BadCallback, CallbackNotPinned
from access.scopes import EVERYTHING
from access.selectors.oauth1 import REQUEST_TOKEN_LIFE, RequestTokenNotFound, RequestTokenRow, request_token_row
from access.services.oauth1 import request_token_allow, request_token_refuse
from web.account import owner
from web.consent import ALLOW, REFUSE, Question, question_page, refusal_page
from web.telling import told


def oauth1_authorize(request: HttpRequest) -> HttpResponse:
    """Ask, or do what was answered. What is asked about stands in the address, also of the answer."""
    key, callback = request.GET["oauth_token"], request.GET.get("oauth_callback", "")
    try:
        row = request_token_row(key=key, callback=callback, now=timezone.now())
        answer = request.POST.get("answer")
        if answer == ALLOW:
            return _allow(request, row, key, callback)
        if answer == REFUSE:
            return _refuse(request, row, key, callback)
    except (RequestTokenNotFound, BadCallback, CallbackNotPinned) as problem:
        return refusal_page(request, told(problem))
    # Who signs with OAuth 1.0 may do everything: it knows no scopes.
    return question_page(
        request, Question(row.consumer_name, row.consumer_owner, EVERYTHING, row.callback_host, row.is_legacy)
    )


def _allow(request: HttpRequest, row: RequestTokenRow, key: str, callback: str) -> HttpResponse:
    allowed = request_token_allow(key=key, user_id=owner(request).id, callback=callback, now=timezone.now())
    if allowed.address:
        return HttpResponseRedirect(allowed.address)
    context = {
        "row": row,
        "verifier": allowed.verifier,
        "groups": [allowed.verifier[at : at + 5] for at in range(0, len(allowed.verifier), 5)],
        "aloud": ", ".join(allowed.verifier),
        "minutes": REQUEST_TOKEN_LIFE.seconds // 60,
    }
    return render(request, "oauth/verifier.html", context)


def _refuse(request: HttpRequest, row: RequestTokenRow, key: str, callback: str) -> HttpResponse:
    address = request_token_refuse(key=key, callback=callback, now=timezone.now())
    return HttpResponseRedirect(address) if address else render(request, "oauth/refused.html", {"row": row})
