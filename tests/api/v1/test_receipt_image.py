import hashlib
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.images import inspect
from expenses.receipts import receipt_read
from tests.api.v1 import upload
from tests.cast import NOON, OldClient, basic, spend
from tests.expenses import pictures
from tests.web.people import at_browser

FOLDER = "/static/xpenser/media/Receipts"


@pytest.fixture
def row(alice: Account) -> ExpenseRow:
    """An expense with a receipt."""
    made = spend(alice, "lunch 4")
    return services.expense_update(
        owner=alice, expense_id=made.id, fields={}, now=NOON, picture=receipt_read(pictures.jpeg())
    )


@pytest.fixture
def behind_login(settings: Settings) -> None:
    settings.RECEIPTS_PUBLIC = False


def image_of(row: ExpenseRow) -> str:
    return f"{FOLDER}/{row.receipt_image}"


def bytes_of(response: Any) -> bytes:
    """Return what was sent; reading to the end closes the file."""
    content: bytes = response.getvalue()
    return content


def test_it_works(row: ExpenseRow) -> None:
    """An old client fetches it without credentials, and can't be made to send any (T6)."""
    kept = inspect(pictures.jpeg(), **pictures.LARGE).data

    response = Client().get(image_of(row))

    assert response.status_code == 200
    assert dict(response.headers) == {
        "Content-Type": "image/jpeg",
        "Content-Disposition": "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Authorization",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Request-ID": response.headers["X-Request-ID"],
    }
    assert bytes_of(response) == kept


@pytest.mark.parametrize(
    ("content", "content_type", "extension"),
    [
        (pictures.png(), "image/png", "PNG"),
        (pictures.gif(), "image/gif", "GIF"),
        (pictures.webp(), "image/webp", "WEBP"),
        (pictures.heic(), "image/heic", "HEIC"),
        (pictures.pdf(), "application/pdf", "PDF"),
    ],
)
def test_each_kind(alice_client: OldClient, content: bytes, content_type: str, extension: str) -> None:
    sent = {"q": "lunch 3", "receipt": upload(content, "photo.html")}
    image = alice_client.post("/api/v1.0/expense/", sent).json()["receipt"]["image"]

    response = Client().get(f"{FOLDER}/{image}")

    assert image.rpartition(".")[2] == extension
    assert response.headers["Content-Type"] == content_type
    assert bytes_of(response) == inspect(content, **pictures.LARGE).data


@pytest.mark.parametrize("authorization", ["", "Basic", basic("alice@example.com", "wrong"), basic("bob@example.com")])
@pytest.mark.usefixtures("bob")
def test_credentials_are_neither_asked_for_nor_looked_at(row: ExpenseRow, authorization: str) -> None:
    response = Client().get(image_of(row), headers={"Authorization": authorization, "Origin": "null"})

    assert response.status_code == 200
    assert bytes_of(response)


def test_a_head_is_a_get_without_body(row: ExpenseRow) -> None:
    response = Client().head(image_of(row))

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/jpeg"
    assert bytes_of(response) == b""


def test_it_is_gone_with_its_expense_at_once(alice: Account, row: ExpenseRow) -> None:
    services.expense_delete(owner=alice, expense_id=row.id, now=NOON)

    response = Client().get(image_of(row))

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content == b"Not Found"


def test_it_is_back_with_its_expense(alice: Account, row: ExpenseRow) -> None:
    services.expense_delete(owner=alice, expense_id=row.id, now=NOON)
    services.expense_update(owner=alice, expense_id=row.id, fields={}, now=NOON, restore=True)

    response = Client().get(image_of(row))

    assert response.status_code == 200
    assert bytes_of(response)


def test_it_is_gone_with_its_owners_account(alice: Account, row: ExpenseRow) -> None:
    User.objects.filter(pk=alice.id).update(is_active=False)

    assert Client().get(image_of(row)).status_code == 404


def test_a_file_that_is_lost(row: ExpenseRow) -> None:
    default_storage.delete(row.receipt_image)

    assert Client().get(image_of(row)).status_code == 404


@pytest.mark.parametrize(
    "image",
    [
        "{0}/",
        "{0}.JPG",
        "{0}%00",
        "%00",
        "x",
        "../secret",
        "..%2F..%2Fsecret_key",
        "%2e%2e/xpenser.sqlite3",
        "/etc/passwd",
        "1/00000000-0000-4000-8000-000000000000.JPG",
        "%FF",
    ],
)
def test_what_is_no_receipt(row: ExpenseRow, image: str) -> None:
    response = Client().get(f"{FOLDER}/{image.format(row.receipt_image)}")

    assert response.status_code == 404
    assert response.content == b"Not Found"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods(row: ExpenseRow, method: str) -> None:
    response = getattr(Client(), method)(image_of(row))

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.content == b""
    assert default_storage.exists(row.receipt_image)


@pytest.mark.usefixtures("behind_login")
@pytest.mark.parametrize("authorization", ["", "Basic", basic("alice@example.com", "wrong")])
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_behind_login_a_stranger_is_asked_who_he_is(row: ExpenseRow, method: str, authorization: str) -> None:
    for image in (row.receipt_image, "nothing"):
        response = getattr(Client(), method)(f"{FOLDER}/{image}", headers={"Authorization": authorization})

        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
        assert response.content == (b"" if method == "head" else b"Authorization Required")


@pytest.mark.usefixtures("behind_login")
def test_behind_login_its_owner_gets_it(alice_client: OldClient, row: ExpenseRow) -> None:
    response = alice_client.get(image_of(row))

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private"
    assert (
        hashlib.sha256(bytes_of(response)).digest()
        == hashlib.sha256(inspect(pictures.jpeg(), **pictures.LARGE).data).digest()
    )


@pytest.mark.usefixtures("behind_login")
def test_behind_login_a_page_shows_it_to_its_owner(alice: Account, bob: Account, row: ExpenseRow) -> None:
    hers, his = at_browser(alice).get(image_of(row)), at_browser(bob).get(image_of(row))

    assert (hers.status_code, his.status_code) == (200, 404)
    assert bytes_of(hers) == inspect(pictures.jpeg(), **pictures.LARGE).data
    assert hers.headers["Vary"] == "Authorization, Cookie"


def test_pages_know_its_address(row: ExpenseRow) -> None:
    assert reverse("receipt_image", kwargs={"image": row.receipt_image}) == image_of(row)


@pytest.mark.usefixtures("behind_login")
def test_behind_login_it_hides_what_is_not_his(bob_client: OldClient, row: ExpenseRow) -> None:
    response = bob_client.get(image_of(row))

    assert response.status_code == 404
    assert response.content == b"Not Found"


@pytest.mark.usefixtures("behind_login")
def test_behind_login_it_is_gone_with_its_expense(alice: Account, alice_client: OldClient, row: ExpenseRow) -> None:
    services.expense_delete(owner=alice, expense_id=row.id, now=NOON)

    assert alice_client.get(image_of(row)).status_code == 404


@pytest.mark.usefixtures("behind_login")
def test_behind_login_an_image_of_nothing(alice_client: OldClient) -> None:
    assert alice_client.get(f"{FOLDER}/1/nothing.JPG").status_code == 404


@pytest.mark.parametrize("path", [FOLDER, f"{FOLDER}/", f"{FOLDER}/%0a", f"{FOLDER}/%00"])
def test_no_name_leads_nowhere(db: None, path: str) -> None:
    response = Client().get(path)

    assert (response.status_code, response.content) == (404, b"Not Found")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
