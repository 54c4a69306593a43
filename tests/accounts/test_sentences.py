"""Sentences that wait to be told."""

import json
from decimal import Decimal

import pytest

from accounts.sentences import sentence, sentence_kept, sentence_read

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "said",
    [
        "a text of somebody's",
        sentence("%(role)s %(cell)s: no", role=sentence("raw amount of %(n)d", n=3), cell="%(x)s"),
        sentence("amount %(amount)s", amount=Decimal("1.50")),
    ],
)
def test_they_are_the_same_after_json(said: str) -> None:
    read = sentence_read(json.loads(json.dumps(sentence_kept(said))))

    assert (read, type(read)) == (said, type(said))
