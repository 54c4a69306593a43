"""The three steps of OAuth 1.0: a program asks, its person answers, the program gets what it signs with."""

from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from django.conf import settings
from django.db import transaction

from access.callbacks import callback_with
from access.models import AccessToken, RequestToken
from access.nonces import NonceStore
from access.secrets import key_make, secret_kept, secret_make, verifier_make
from access.selectors.oauth1 import (
    REQUEST_TOKEN_LIFE,
    KnownRequest,
    RequestTokenNotFound,
    Signer,
    callback_chosen,
    request_token_open,
)
from access.services.uses import use_note
from access.shared_nonces import SharedNonces
from accounts.retried import retried
from accounts.sentences import sentence
from accounts.shared import shared

_FORGOTTEN_AT_ONCE: Final = 100
_REFUSED: Final = "Access not granted by user."  # the old service's words (wire §4)


class NewToken(NamedTuple):
    """A token and its secret, which is stored encrypted."""

    key: str
    secret: str


class Allowed(NamedTuple):
    """Where the person goes next: to ``address``, or, where that is "", to the program with ``verifier``."""

    address: str
    verifier: str


class AccessTokenNotFound(Exception):
    """The person let no such program in. The message may be shown."""

    def __init__(self) -> None:
        super().__init__(sentence("there is no such program among those that you let in"))


@retried
@transaction.atomic
def request_token_create(*, consumer_id: int, callback: str, now: datetime) -> NewToken:
    """Return a new request for access. ``callback`` is an address, "oob", or "" where a legacy program named none."""
    old = RequestToken.objects.filter(created__lte=now - REQUEST_TOKEN_LIFE).order_by("created")
    # Chosen in a question of its own: inside the DELETE, PostgreSQL may ask it again for each row, and skip further.
    chosen = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE])
    RequestToken.objects.filter(pk__in=chosen).delete()
    token = NewToken(key_make(), secret_make())
    RequestToken.objects.create(
        consumer_id=consumer_id, key=token.key, secret=secret_kept(token.secret), callback=callback, created=now
    )
    return token


@retried
@transaction.atomic
def request_token_allow(*, key: str, user_id: int, now: datetime, callback: str = "") -> Allowed:
    """Let the program that asked into the ledger of ``user_id``, as soon as it fetches its token.

    ``callback`` is the one that came with the person (see ``callback_chosen``). Raises RequestTokenNotFound,
    BadCallback, CallbackNotPinned.
    """
    token = request_token_open(key=key, now=now, to_answer=True)
    address, verifier = callback_chosen(token, callback), verifier_make()
    RequestToken.objects.filter(pk=token.pk).update(user_id=user_id, verifier=verifier)
    if not address:
        return Allowed("", verifier)
    return Allowed(callback_with(address, oauth_token=key, oauth_verifier=verifier), verifier)


@retried
@transaction.atomic
def request_token_refuse(*, key: str, now: datetime, callback: str = "") -> str:
    """Forget a request for access; return the address that the person goes to next, or "" where there is none.

    Raises RequestTokenNotFound, BadCallback, CallbackNotPinned.
    """
    token = request_token_open(key=key, now=now, to_answer=True)
    address = callback_chosen(token, callback)
    token.delete()
    return callback_with(address, error=_REFUSED) if address else ""


@retried
@transaction.atomic
def access_token_create(*, request: KnownRequest, now: datetime) -> NewToken:
    """Return what the program signs with from now on. A request works once: raises RequestTokenNotFound."""
    deleted, _ = RequestToken.objects.filter(pk=request.id).delete()
    if not deleted:  # another exchange was first
        raise RequestTokenNotFound
    token = NewToken(key_make(), secret_make())
    AccessToken.objects.create(
        consumer_id=request.consumer.id,
        user_id=request.user_id,
        key=token.key,
        secret=secret_kept(token.secret),
        created=now,
    )
    return token


@retried
def access_token_revoke(*, user_id: int, token_id: int) -> None:
    """Shut out a program that the person let in; it is refused from the next request on. Raises AccessTokenNotFound."""
    deleted, _ = AccessToken.objects.filter(user_id=user_id, pk=token_id).delete()
    if not deleted:
        raise AccessTokenNotFound


def access_use_note(*, signer: Signer, now: datetime, address: str) -> None:
    """Keep when and from where a program called, for its person to see."""
    use_note(AccessToken, row_id=signer.token_id, noted=signer.used, now=now, used_from=address)


def nonces_prepare(*, now: datetime) -> None:
    """Make the store of nonces ready. The sooner after a start, the fewer requests are taken for older than it."""
    _nonces().prepare(now=int(now.timestamp()))


def nonce_take(*, consumer_key: str, token_key: str, nonce: str, timestamp: int, now: datetime) -> bool:
    """Tell whether a signed request comes for the first time; it does not the next time (RFC 5849 §3.3).

    Raises StoreAway where the store is shared and can't be asked.
    """
    signer = f"{consumer_key} {token_key}"
    return _nonces().take(signer=signer, nonce=nonce, timestamp=timestamp, now=int(now.timestamp()))


def _nonces() -> NonceStore | SharedNonces:
    return SharedNonces(shared(settings.REDIS_URL)) if settings.REDIS_URL else _own_nonces()


@cache
def _own_nonces() -> NonceStore:
    return NonceStore(settings.ENV.data / "nonces.sqlite3")
