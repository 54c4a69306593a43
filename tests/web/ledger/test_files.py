"""What the list shows, as files."""

import re

import pytest

from accounts.selectors import Account
from expenses.exports.formats import FILES
from expenses.exports.from_csv import read_csv
from expenses.selectors import ExpenseFilter, expense_rows
from expenses.services import expense_delete
from tests.cast import NOON, spend
from tests.web.people import at_browser


@pytest.mark.parametrize("output", FILES)
def test_it_works(alice: Account, bob: Account, output: str) -> None:
    spend(alice, "lunch 45 café #clientx")
    spend(bob, "lunch 1000")
    rows = expense_rows(user_id=alice.id, matching=ExpenseFilter())
    mark = b"\xef\xbb\xbf" if output == "csv" else b""

    response = at_browser(alice).get(f"/export.{output}")

    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == f'attachment; filename="Expenses.{output}"'
    assert response.content == mark + b"".join(FILES[output].export(rows, currency="USD"))


def test_a_filter_holds_for_the_file_and_stands_in_the_links(alice: Account) -> None:
    for text in ("lunch 45 #clientx", "lunch 46", "hotel 118 #clientx date yesterday"):
        spend(alice, text)
    gone = spend(alice, "tea 3 #clientx")
    expense_delete(owner=alice, expense_id=gone.id, now=NOON)
    client = at_browser(alice)

    page = client.get("/?tag=clientx&after=2030-01-01T00:00:00_1").content.decode()
    (link,) = re.findall(r'href="(/export\.csv[^"]*)"', page)
    file = client.get(link)

    assert link == "/export.csv?tag=clientx"
    assert [row.type for row in read_csv(file.content)] == ["hotel", "lunch"]


def test_there_is_nothing_to_export_of_nothing(alice: Account) -> None:
    client = at_browser(alice)

    assert "/export.csv" not in client.get("/?q=nothing+like+this").content.decode()
    assert "/export.csv" not in client.get("/trash/").content.decode()
    assert client.get("/export.doc").status_code == 404
    assert client.post("/export.csv").status_code == 405
