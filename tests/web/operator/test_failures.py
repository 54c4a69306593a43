"""Who failed to sign in, and letting him try again."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.attempts import OF_ACCOUNT, OF_NETWORK, WrongPassword, counted, seconds_to_wait
from accounts.selectors import Account
from tests.pages import shown

PATH = "/operator/failures/"
AWAY = "198.51.100.7"


def guess(email: str, address: str, *, user_id: int | None, times: int = 1) -> None:
    for _ in range(times):
        with (
            pytest.raises(WrongPassword),
            counted(email=email, address=address, now=datetime.now(UTC), user_id=user_id),
        ):
            raise WrongPassword


def waits(email: str, address: str) -> bool:
    return seconds_to_wait(email=email, address=address, now=datetime.now(UTC)) > 0


def rows(page: str) -> list[tuple[str, str, str, bool]]:
    """Return of each row the account, where from, how often, and whether it waits."""
    found = re.findall(
        r'scope="row">([^<]*)</th>.*?<code>(.*?)</code>.*?data-l="times">(\d+)<(.*?)</tr>', page, re.DOTALL
    )
    return [(email, address, times, "seconds</span>" in rest) for email, address, times, rest in found]


def test_it_works(desk: Client, alice: Account) -> None:
    guess(alice.email, AWAY, user_id=alice.id, times=OF_ACCOUNT.most)
    guess("nobody@example.com", "203.0.113.9", user_id=None)

    page = shown(desk.get(PATH))

    assert rows(page) == [
        ("a name that nobody has", "203.0.113.9", "1", False),
        (alice.email, AWAY, str(OF_ACCOUNT.most), True),
    ]
    assert page.count(">Let in</button>") == 1


def test_where_nobody_failed_it_says_so(desk: Client) -> None:
    assert '<p class="soft">None.</p>' in shown(desk.get(PATH))


def test_the_button_of_a_row_lets_both_in_again(desk: Client, alice: Account) -> None:
    guess(alice.email, AWAY, user_id=alice.id, times=OF_ACCOUNT.most)
    for number in range(OF_NETWORK.most - OF_ACCOUNT.most):
        guess(f"{number}@example.com", AWAY, user_id=None)
    assert waits(alice.email, "192.0.2.1")
    assert waits("bob@example.com", AWAY)

    said = shown(desk.post(PATH, {"who": alice.email, "beside": AWAY}, follow=True))

    assert f"{alice.email} may try again now." in said
    assert not waits(alice.email, AWAY)


@pytest.mark.parametrize("who", ["alice@example.com", "nobody@example.com"])
def test_a_name_is_let_in_again(desk: Client, alice: Account, who: str) -> None:
    guess(who, AWAY, user_id=alice.id if who == alice.email else None, times=OF_ACCOUNT.most)
    assert waits(who, "192.0.2.1")

    assert f"{who} may try again now." in shown(desk.post(PATH, {"who": who}, follow=True))

    assert not waits(who, "192.0.2.1")


@pytest.mark.parametrize("who", ["2001:db8:1:2::/64", "2001:db8:1:2:9::/64", "2001:db8:1:2::7"])
def test_a_network_is_let_in_again_however_it_is_written(desk: Client, who: str) -> None:
    for number in range(OF_NETWORK.most):
        guess(f"{number}@example.com", "2001:db8:1:2::1", user_id=None)
    assert waits("bob@example.com", "2001:db8:1:2::1")

    desk.post(PATH, {"who": who})

    assert not waits("bob@example.com", "2001:db8:1:2::1")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("bob", "“bob”: a name like me@example.com or an address like 192.0.2.1 is wanted."),
        ("192.0.2.0/24", "“192.0.2.0/24”: a name like me@example.com or an address like 192.0.2.1 is wanted."),
        ("", "This field is required."),
    ],
)
def test_what_is_neither_is_told_at_the_field(desk: Client, typed: str, said: str) -> None:
    page = shown(desk.post(PATH, {"who": typed}))

    assert said in page
    assert f'value="{typed}"' in page or not typed


def test_nothing_is_done_by_a_get(desk: Client, alice: Account) -> None:
    guess(alice.email, AWAY, user_id=alice.id, times=OF_ACCOUNT.most)

    desk.get(PATH, {"who": alice.email})

    assert waits(alice.email, AWAY)
