import gc
import threading
import tracemalloc
from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.request import Request

from api.classic.views import ClassicView
from api.dialect import DialectView, owner
from api.v1.views import V1View
from tests.callers import PATIENCE
from tests.cast import OldClient, connection_kept
from tests.held import held_elsewhere, is_held
from xpenser.answers import (
    FILE_PLACES,
    MOST_LONG,
    MOST_LONG_OF_ONE,
    SHORT,
    TooManyLongAnswers,
    _Places,
    file_answer,
    places_taken,
    rendered,
)

pytestmark = pytest.mark.django_db  # closing an answer ends a request, and a request's end looks at the connection
ALICE, BOB = 1, 2
BLOCK = b"x" * 1000
LONG = [BLOCK] * (SHORT // 1000 + 1)


@pytest.fixture(autouse=True)
def _connection_kept() -> Iterator[None]:
    with connection_kept():
        yield


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch) -> _Places:
    """The places of a process in which nothing else is under way."""
    fresh = _Places("ledgers", most=MOST_LONG, most_of_one=MOST_LONG_OF_ONE)
    monkeypatch.setattr("xpenser.answers.PLACES", fresh)
    return fresh


def taken(places: _Places) -> int:
    return places._taken.total()


def long_answer(owner_id: int = ALICE) -> FileResponse:
    response = rendered(LONG, owner_id=owner_id, content_type="text/csv")
    assert isinstance(response, FileResponse)
    return response


class TestRendered:
    def test_it_works(self, places: _Places) -> None:
        response = rendered([b"a", b"", b"b"], owner_id=ALICE, content_type="text/csv; charset=utf-8")

        assert isinstance(response, HttpResponse)
        assert (response.status_code, response.content) == (200, b"ab")
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert taken(places) == 0

    def test_a_long_answer(self, places: _Places) -> None:
        response = long_answer()

        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/csv"
        assert response.headers["Content-Length"] == str(len(b"".join(LONG)))
        assert "Content-Disposition" not in response.headers
        assert taken(places) == 1
        assert b"".join(response) == b"".join(LONG)
        response.close()
        assert taken(places) == 0

    @pytest.mark.parametrize(("size", "is_long"), [(0, False), (SHORT - 1, False), (SHORT, False), (SHORT + 1, True)])
    def test_where_long_begins(self, places: _Places, size: int, is_long: bool) -> None:
        response = rendered([b"x" * size], owner_id=ALICE, content_type="text/csv")

        assert response.streaming is is_long
        assert taken(places) == int(is_long)
        response.close()

    def test_no_chunks(self) -> None:
        response = rendered([], owner_id=ALICE, content_type="text/csv")

        assert isinstance(response, HttpResponse)
        assert response.content == b""

    def test_a_long_answer_is_not_in_memory(self) -> None:
        tracemalloc.start()
        response = rendered((BLOCK for _ in range(20_000)), owner_id=ALICE, content_type="text/csv")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert response.headers["Content-Length"] == "20000000"
        assert peak < 3 * SHORT
        response.close()

    def test_an_exception_on_the_way(self, places: _Places) -> None:
        def chunks() -> Iterator[bytes]:
            yield from LONG
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            rendered(chunks(), owner_id=ALICE, content_type="text/csv")

        assert taken(places) == 0

    def test_what_is_rendered_is_not_asked_further_once_there_is_no_place(self) -> None:
        held = [long_answer() for _ in range(MOST_LONG_OF_ONE)]
        asked = []

        def chunks() -> Iterator[bytes]:
            for block in LONG * 2:
                asked.append(block)
                yield block

        with pytest.raises(TooManyLongAnswers):
            rendered(chunks(), owner_id=ALICE, content_type="text/csv")

        assert len(asked) == len(LONG)
        for response in held:
            response.close()


class TestPlaces:
    def test_one_owner_has_so_many(self, places: _Places) -> None:
        held = [long_answer() for _ in range(MOST_LONG_OF_ONE)]

        with pytest.raises(TooManyLongAnswers, match=r"^Throttled, wait 2 seconds\.$"):
            long_answer()

        assert taken(places) == MOST_LONG_OF_ONE == 2
        held[0].close()
        long_answer().close()
        held[1].close()
        assert taken(places) == 0

    def test_all_owners_have_so_many(self, places: _Places) -> None:
        held = [long_answer(owner_id) for owner_id in range(MOST_LONG // 2) for _ in range(2)]

        with pytest.raises(TooManyLongAnswers):
            long_answer(owner_id=99)

        assert taken(places) == MOST_LONG == 8
        held.pop().close()
        long_answer(owner_id=99).close()
        for response in held:
            response.close()
        assert taken(places) == 0

    def test_short_answers_need_none(self, places: _Places) -> None:
        held = [long_answer() for _ in range(MOST_LONG_OF_ONE)]

        response = rendered([b"a"], owner_id=ALICE, content_type="text/csv")

        assert isinstance(response, HttpResponse)
        for response_held in held:
            response_held.close()

    def test_a_client_that_goes_away_gives_its_place_back(self, places: _Places) -> None:
        response = long_answer()
        next(iter(response))

        response.close()

        assert taken(places) == 0

    def test_a_place_is_given_back_once(self, places: _Places) -> None:
        first, second = long_answer(), long_answer()

        first.close()
        first.close()

        assert taken(places) == 1
        second.close()

    def test_a_place_is_given_back_where_closing_fails(self, places: _Places) -> None:
        response = long_answer()

        def broken(**_: object) -> None:
            raise ZeroDivisionError

        request_finished.connect(broken)
        try:
            with pytest.raises(ZeroDivisionError):
                response.close()
        finally:
            request_finished.disconnect(broken)

        assert taken(places) == 0

    def test_who_counts_and_can_not_keeps_no_place(self, places: _Places, caplog: pytest.LogCaptureFixture) -> None:
        def broken(**_: object) -> None:
            raise ZeroDivisionError

        places_taken.connect(broken)
        try:
            response = long_answer()
            content = b"".join(response)
            response.close()
        finally:
            places_taken.disconnect(broken)

        assert content == b"".join(LONG)
        assert taken(places) == 0
        assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]

    def test_nothing_is_remembered_of_owners_without_answers(self, places: _Places) -> None:
        long_answer(ALICE).close()
        long_answer(BOB).close()

        assert dict(places._taken) == {}

    def test_the_file_is_closed_with_the_answer(self) -> None:
        response = long_answer()
        file: Any = response.file_to_stream

        response.close()

        assert file.closed
        del response, file
        gc.collect()  # a file left open would be a ResourceWarning


class TestTurns:
    @pytest.fixture(autouse=True)
    def turn(self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The file that is locked while a piece is made for Alice; who waits for it waits for as long as it takes."""
        settings.TURNS_FOLDER = tmp_path / "turns"
        monkeypatch.setattr("xpenser.answers.PATIENCE", PATIENCE)
        settings.TURNS_FOLDER.mkdir()
        return tmp_path / "turns" / f"{ALICE}.lock"

    def test_a_piece_is_made_in_turn_once_the_answer_is_long(self, turn: Path) -> None:
        held: list[bool] = []

        def pieces() -> Iterator[bytes]:
            for piece in [*LONG, b"a", b"b"]:
                held.append(is_held(turn))
                yield piece

        response = rendered(pieces(), owner_id=ALICE, content_type="text/csv")

        assert b"".join(response) == b"".join(LONG) + b"ab"
        assert held == [False] * len(LONG) + [True, True]
        assert not is_held(turn)
        response.close()

    def test_it_waits_for_the_piece_that_another_process_makes(self, turn: Path) -> None:
        made: list[FileResponse] = []
        thread = threading.Thread(target=lambda: made.append(long_answer()))

        with held_elsewhere(turn):
            thread.start()
            thread.join(0.1)
            assert made == []
        thread.join(PATIENCE)

        assert b"".join(made[0]) == b"".join(LONG)
        made[0].close()

    def test_it_does_not_wait_for_ever(self, turn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("xpenser.answers.PATIENCE", 0)

        with held_elsewhere(turn):
            response = long_answer()

        assert b"".join(response) == b"".join(LONG)
        response.close()

    def test_another_owner_s_turn_is_another(self, turn: Path) -> None:
        held: set[str] = set()

        def pieces() -> Iterator[bytes]:
            yield from LONG
            held.update(lock.name for lock in turn.parent.iterdir() if is_held(lock))

        response = rendered(pieces(), owner_id=BOB, content_type="text/csv")

        assert held == {f"{BOB}.lock"}
        response.close()

    def test_an_answer_that_is_short_waits_for_nobody(self, turn: Path) -> None:
        with held_elsewhere(turn):
            response = rendered([b"a"], owner_id=ALICE, content_type="text/csv")

        assert response.getvalue() == b"a"


class Listing(V1View):
    """A door behind which a list of the length of ``?blocks=`` is rendered; ``?fails=1`` breaks its end."""

    def get(self, request: Request) -> Any:
        def chunks() -> Iterator[bytes]:
            yield from [BLOCK] * int(self.parameters["blocks"])
            if self.parameters.given("fails"):
                raise ZeroDivisionError

        return rendered(chunks(), owner_id=owner(request).id, content_type="text/csv")


class ClassicListing(ClassicView):
    """The same in the other dialect."""

    get = Listing.get


class TestAtTheDoor:
    def ask(self, client: OldClient, query: str, view: type[DialectView] = Listing) -> Any:
        authorization = client.defaults["HTTP_AUTHORIZATION"]
        return view.as_view()(RequestFactory().get(f"/?{query}", headers={"Authorization": authorization}))

    def test_it_works(self, alice_client: OldClient) -> None:
        response = self.ask(alice_client, "blocks=2000")

        assert (response.status_code, b"".join(response)) == (200, BLOCK * 2000)
        response.close()

    @pytest.mark.parametrize("blocks", [1, 2000])
    def test_an_exception_while_rendering_is_a_500_and_no_short_200(
        self, alice_client: OldClient, places: _Places, caplog: pytest.LogCaptureFixture, blocks: int
    ) -> None:
        response = self.ask(alice_client, f"blocks={blocks}&fails=1")

        assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        assert response.content == b"Internal Server Error"
        assert caplog.records[0].exc_info is not None
        assert taken(places) == 0

    def test_a_third_long_answer_is_to_wait(self, alice_client: OldClient, bob_client: OldClient) -> None:
        held = [self.ask(alice_client, "blocks=2000") for _ in range(2)]

        response = self.ask(alice_client, "blocks=2000")
        bobs = self.ask(bob_client, "blocks=2000")
        short = self.ask(alice_client, "blocks=1")

        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.content == b"Throttled, wait 2 seconds."
        assert response.headers["Retry-After"] == "2"
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert (bobs.status_code, short.status_code) == (200, 200)
        in_classic = self.ask(alice_client, "blocks=2000", ClassicListing)
        assert in_classic.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert in_classic.content == b'{"status": 503, "error": "Throttled, wait 2 seconds."}'
        assert in_classic.headers["Retry-After"] == "2"
        for answer in [*held, bobs]:
            answer.close()
        assert self.ask(alice_client, "blocks=1").status_code == HTTPStatus.OK


class TestFileAnswer:
    def test_it_works(self) -> None:
        file = BytesIO(b"picture")

        response = file_answer(file, size=7, owner_id=ALICE, content_type="image/png")

        assert (response.content, response.headers["Content-Type"]) == (b"picture", "image/png")
        assert file.closed

    def test_a_long_one_takes_a_place_until_it_has_gone(self) -> None:
        file = BytesIO(b"x" * (SHORT + 1))

        response = file_answer(file, size=SHORT + 1, owner_id=ALICE, content_type="image/png")

        assert response.headers["Content-Length"] == str(SHORT + 1)
        assert FILE_PLACES._taken == {ALICE: 1}
        assert len(response.getvalue()) == SHORT + 1
        response.close()
        assert (file.closed, FILE_PLACES._taken) == (True, {})

    def test_one_owner_has_so_many(self) -> None:
        def answer() -> Any:
            return file_answer(BytesIO(), size=SHORT + 1, owner_id=ALICE, content_type="image/png")

        held = [answer() for _ in range(MOST_LONG)]
        last = BytesIO()

        with pytest.raises(TooManyLongAnswers):
            file_answer(last, size=SHORT + 1, owner_id=ALICE, content_type="image/png")

        assert last.closed
        for response in held:
            response.close()
        assert FILE_PLACES._taken == {}
