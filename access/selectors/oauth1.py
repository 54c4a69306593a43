"""Questions about programs that speak OAuth 1.0. Answers are values; secrets in them are decrypted."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from access.callbacks import OOB, callback_host, callback_pin
from access.models import AccessToken, Consumer, RequestToken
from access.secrets import secret_read
from accounts.rows import one_row
from accounts.selectors import ACCOUNT_COLUMNS, Account, account_made
from accounts.sentences import sentence

REQUEST_TOKEN_LIFE: Final = timedelta(minutes=10)


class RequestTokenNotFound(Exception):
    """A request for access is unknown, too old, or has been answered. The message may be shown."""

    def __init__(self) -> None:
        super().__init__(
            sentence("this request for access is no longer open; go back to the program and let it ask again")
        )


class ConsumerRow(NamedTuple):
    """A program that the person registered. ``callback`` is "" where it has none."""

    id: int
    name: str
    key: str
    callback: str
    is_legacy: bool
    has_rsa_key: bool
    created: datetime


class AccessRow(NamedTuple):
    """A program that the person let in; ``used`` is when it last called, or None.

    ``consumer_owner``: the e-mail address of who registered it.
    """

    id: int
    consumer_name: str
    consumer_owner: str
    is_legacy: bool
    created: datetime
    used: datetime | None
    used_from: str


class RequestTokenRow(NamedTuple):
    """A program's request for access, as its person is asked. ``callback_host``: where he goes then; "" is oob."""

    consumer_name: str
    consumer_owner: str
    """The e-mail address of who registered the program."""
    is_legacy: bool
    callback_host: str


class KnownConsumer(NamedTuple):
    id: int
    secret: str
    rsa_key: str
    callback: str
    is_legacy: bool


class KnownRequest(NamedTuple):
    """A request for access that has been allowed, and who signs for it."""

    id: int
    consumer: KnownConsumer
    user_id: int
    secret: str
    verifier: str
    needs_verifier: bool


class Signer(NamedTuple):
    """Who signs a request to a ledger: what the signature is checked with, and whose the ledger is.

    ``used`` is when its last use was noted, in µs since 1970.
    """

    token_id: int
    consumer_secret: str
    rsa_key: str
    secret: str
    used: int | None
    account: Account


_ACCESS: Final = (
    "pk", "consumer__name", "consumer__user__email", "consumer__is_legacy", "created", "used", "used_from",
)  # fmt: skip


def consumer_rows(*, user_id: int) -> list[ConsumerRow]:
    """Return the programs that the person registered, newest first."""
    consumers = Consumer.objects.filter(user_id=user_id).order_by("-created", "-pk")
    return [
        ConsumerRow(row.pk, row.name, row.key, row.callback, row.is_legacy, bool(row.rsa_key), row.created)
        for row in consumers
    ]


def access_rows(*, user_id: int) -> list[AccessRow]:
    """Return the programs that the person let in, newest first."""
    tokens = AccessToken.objects.filter(user_id=user_id).order_by("-created", "-pk")
    return [AccessRow(*row) for row in tokens.values_list(*_ACCESS)]


def request_token_row(*, key: str, now: datetime, callback: str = "") -> RequestTokenRow:
    """Return what a person is asked; ``callback`` is the one that came with him, which counts for legacy programs.

    Raises RequestTokenNotFound, and BadCallback or CallbackNotPinned where he must not be sent to it.
    """
    token = request_token_open(key=key, now=now)
    consumer = token.consumer
    address = callback_chosen(token, callback)
    return RequestTokenRow(
        consumer.name, consumer.user.email, consumer.is_legacy, callback_host(address) if address else ""
    )


def request_token_open(*, key: str, now: datetime, to_answer: bool = False) -> RequestToken:
    """Return the request for access of this key that nobody has answered yet. Raises RequestTokenNotFound.

    ``to_answer``: it stays locked to the end of the transaction, so that of two answers at once the first holds.
    """
    tokens = RequestToken.objects.select_related("consumer__user")
    tokens = tokens.select_for_update(of=("self",)) if to_answer else tokens
    token = tokens.filter(key=key, user=None, created__gt=now - REQUEST_TOKEN_LIFE).first() if _is_key(key) else None
    if token is None:
        raise RequestTokenNotFound
    return token


def callback_chosen(token: RequestToken, callback: str) -> str:
    """Return the address that the answer to a request goes to, or "" where the person takes it there himself.

    One that was signed in the first step holds. A legacy program may name it only now, unsigned: it is pinned where
    the program registered one; where it did not, the person sees the host before he answers (wire §4). From any
    other program an address that comes so late is ignored (RFC 5849 §2.2). Raises BadCallback, CallbackNotPinned.
    """
    if token.callback not in {"", OOB}:
        return token.callback
    if not token.consumer.is_legacy or callback in {"", OOB}:
        return ""
    callback_host(callback)
    if token.consumer.callback:
        callback_pin(callback, registered=token.consumer.callback)
    return callback


def known_consumer(*, key: str) -> KnownConsumer | None:
    """Return the consumer of this key, or None."""
    row = Consumer.objects.filter(key=key).first()
    return None if row is None else _known_consumer(row)


def known_request(*, consumer_key: str, key: str, now: datetime) -> KnownRequest | None:
    """Return the request for access that somebody has allowed this consumer and that can still be fulfilled."""
    tokens = RequestToken.objects.select_related("consumer").filter(
        key=key, consumer__key=consumer_key, user__is_active=True, created__gt=now - REQUEST_TOKEN_LIFE
    )
    token = tokens.first()
    if token is None or token.user_id is None:
        return None
    consumer = _known_consumer(token.consumer)
    # Who named his callback with a signature speaks 1.0a, whatever he may do besides (wire §4).
    needs_verifier = not consumer.is_legacy or token.callback not in {"", OOB}
    return KnownRequest(token.pk, consumer, token.user_id, secret_read(token.secret), token.verifier, needs_verifier)


# By hand, as for Basic: this runs on every signed request.
_SIGNER: Final = (
    "SELECT t.id, c.secret, c.rsa_key, t.secret, t.used, "
    + ", ".join(f"u.{column}" for column in ACCOUNT_COLUMNS)
    + " FROM access_accesstoken t JOIN access_consumer c ON c.id = t.consumer_id"
    " JOIN accounts_user u ON u.id = t.user_id WHERE t.key = %s AND c.key = %s AND u.is_active"
)


def signer(*, consumer_key: str, key: str) -> Signer | None:
    """Return who signs with this consumer and this access token, or None where they are not known together."""
    row = one_row(_SIGNER, key, consumer_key)
    if row is None:
        return None
    token_id, consumer_secret, rsa_key, secret, used, *columns = row
    return Signer(token_id, secret_read(consumer_secret), rsa_key, secret_read(secret), used, account_made(*columns))


def _known_consumer(row: Consumer) -> KnownConsumer:
    return KnownConsumer(row.pk, secret_read(row.secret), row.rsa_key, row.callback, row.is_legacy)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isalnum()
