from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.models import Consumer, RequestToken
from access.selectors.oauth1 import REQUEST_TOKEN_LIFE
from access.services.consumers import NewConsumer
from tests.access.programs import CALLBACK
from tests.api.oauth1.program import Program, refusal, token_in

PATH = "/oauth/request_token"


def test_it_works(app: Program) -> None:
    response = app.post(PATH, callback_uri=CALLBACK)

    token = token_in(response)
    assert response.content.decode() == (
        f"oauth_token={token.key}&oauth_token_secret={token.secret}&oauth_callback_confirmed=true"
    )
    assert response["Cache-Control"] == "private, no-store"
    row = RequestToken.objects.get()
    assert (row.consumer_id, row.user_id, row.key, row.callback) == (app.consumer.id, None, token.key, CALLBACK)


@pytest.mark.parametrize("path", [PATH, PATH + "/"])
@pytest.mark.parametrize(
    ("method", "place"),
    [("GET", "AUTH_HEADER"), ("GET", "QUERY"), ("POST", "AUTH_HEADER"), ("POST", "QUERY"), ("POST", "BODY")],
)
def test_parameters_may_be_anywhere(app: Program, path: str, method: str, place: str) -> None:
    body = "" if place == "BODY" else None

    response = app.ask(method, path, body, callback_uri=CALLBACK + "?x=a+b&y=1", signature_type=place)

    assert token_in(response).key
    assert RequestToken.objects.get().callback == CALLBACK + "?x=a+b&y=1"


@pytest.mark.parametrize("callback", ["oob", CALLBACK, CALLBACK + "/deeper?x=1"])
def test_where_a_program_may_send_to(app: Program, callback: str) -> None:
    token_in(app.post(PATH, callback_uri=callback))

    assert RequestToken.objects.get().callback == callback


@pytest.mark.parametrize(
    "callback",
    [
        "https://app.example.evil/callback", "https://app.example/callbacks", "http://app.example/callback",
        "https://app.example:8443/callback", "javascript:alert(1)", "https://app.example/callback/../x", "OOB",
    ],
)  # fmt: skip
def test_where_it_may_not(app: Program, callback: str) -> None:
    assert refusal(app.post(PATH, callback_uri=callback)) == (401, "Invalid callback.")
    assert not RequestToken.objects.exists()


def test_without_a_registered_callback_it_is_out_of_band(app: Program) -> None:
    Consumer.objects.update(callback="")

    assert refusal(app.post(PATH, callback_uri=CALLBACK)) == (401, "Invalid callback.")
    assert token_in(app.post(PATH, callback_uri="oob"))


@pytest.mark.parametrize("callback", [None, "oob", "http://anywhere.example/"])
def test_a_legacy_program_needs_no_callback_and_may_name_any(legacy: Program, callback: str | None) -> None:
    token_in(legacy.post(PATH, callback_uri=callback))

    assert RequestToken.objects.get().callback == (callback or "")


@pytest.mark.parametrize("callback", ["javascript:alert(1)", "x"])
def test_any_that_is_an_address(legacy: Program, callback: str) -> None:
    assert refusal(legacy.post(PATH, callback_uri=callback)) == (401, "Invalid callback.")


def test_no_callback_is_for_legacy_programs_only(app: Program) -> None:
    assert refusal(app.post(PATH)) == (401, "Invalid request parameters.")


def test_old_ones_make_room(app: Program) -> None:
    token_in(app.post(PATH, callback_uri=CALLBACK))
    RequestToken.objects.update(created=timezone.now() - REQUEST_TOKEN_LIFE - timedelta(seconds=1))

    token = token_in(app.post(PATH, callback_uri=CALLBACK))

    assert RequestToken.objects.get().key == token.key


@pytest.mark.parametrize("choices", [{"client_secret": "wrong"}, {"client_secret": ""}])
def test_a_wrong_secret(app: Program, choices: dict[str, Any]) -> None:
    assert refusal(app.post(PATH, callback_uri=CALLBACK, **choices)) == (401, "Invalid signature.")


def test_an_unknown_program_is_told_the_same(db: None) -> None:
    nobody = Program(NewConsumer(0, "unknown0unknown0un", "a secret"))

    assert refusal(nobody.post(PATH, callback_uri=CALLBACK)) == (401, "Invalid signature.")
    assert refusal(nobody.post(PATH, callback_uri="x")) == (401, "Invalid signature.")


def test_a_token_has_no_place_here(bobs: Program) -> None:
    assert refusal(bobs.post(PATH, callback_uri=CALLBACK)) == (401, "Invalid signature.")


def test_an_empty_token_is_none(app: Program) -> None:
    """Clients of 2009 send one (piston's example)."""
    sent = app.signed("POST", f"{PATH}?oauth_token=", callback_uri=CALLBACK)

    token_in(Client().generic(**sent))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_at_all(db: None, method: str) -> None:
    response = Client().generic(method, PATH)

    assert refusal(response) == (401, "Invalid request parameters.")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "BREW"])
def test_other_methods(db: None, method: str) -> None:
    response = Client().generic(method, PATH)

    assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")


def test_while_nobody_can_tell_a_replay_it_is_to_come_again(app: Program, settings: Settings, tmp_path: Path) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"

    response = app.post(PATH, callback_uri=CALLBACK)

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.content == b"Throttled, wait 5 seconds."
    assert not RequestToken.objects.exists()
