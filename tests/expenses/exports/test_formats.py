import pytest

from expenses.exports.formats import FILES
from tests.expenses.exports import LUNCH, tags, unread

pytestmark = pytest.mark.once


@pytest.mark.parametrize("name", FILES)
def test_what_is_left_unread_is_not_looked_at(name: str) -> None:
    output = FILES[name]
    row = LUNCH._replace(receipt_id=5, receipt_image="7/5c.PDF", tags=tags("cash"), sourceid="x", unit="mi", rate="1")

    whole, rest = (b"".join(output.export([each], currency="USD")) for each in (row, unread(row, output.unread)))

    assert rest == whole
