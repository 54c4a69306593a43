import json
from io import BytesIO
from typing import Any, cast

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from accounts.selectors import Account
from api.dialect import ParserByType
from api.parameters import (
    MOST_FIELDS,
    BadBody,
    BadParameter,
    FormParser,
    JSONParser,
    MultiPartParser,
    Parameters,
    Upload,
    query_pairs,
)
from tests.cast import FORM, OldClient

BOUNDARY = "multipart/form-data; boundary=b"


def parsed(body: bytes, content_type: str | None = None) -> Parameters:
    """What the door's own parsers make of a body."""
    sent = RequestFactory().generic("POST", "/", body, content_type=content_type or "")
    request = Request(
        sent, parsers=[FormParser(), MultiPartParser(), JSONParser()], negotiator=ParserByType()
    )  # fmt: skip
    return cast("Parameters", request.data)


def part(name: bytes, value: bytes, more: bytes = b"") -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="' + name + b'"' + more + b"\r\n\r\n" + value + b"\r\n"


class TestParameters:
    def test_it_works(self) -> None:
        parameters = Parameters([("q", "lunch 4"), ("tags", "a"), ("tags", "b")])

        assert parameters["q"] == "lunch 4"
        assert dict(parameters) == {"q": "lunch 4", "tags": "b"}
        assert parameters.all("tags") == ["a", "b"]
        assert list(parameters.pairs()) == [("q", "lunch 4"), ("tags", "a"), ("tags", "b")]
        assert len(parameters) == 2
        assert parameters.files == {}

    def test_what_was_not_sent(self) -> None:
        parameters = Parameters()

        assert parameters.get("q") is None
        assert parameters.given("q") is None
        assert parameters.all("q") == []
        with pytest.raises(KeyError):
            parameters["q"]

    @pytest.mark.parametrize(("value", "given"), [("", None), (" \t\n", None), (" a b ", "a b"), ("0", "0")])
    def test_given_is_what_is_left_without_blanks(self, value: str, given: str | None) -> None:
        assert Parameters([("q", value)]).given("q") == given

    def test_the_bodys_come_before_the_querys(self) -> None:
        parameters = Parameters([("q", "body"), ("q", "body 2")], [("q", "query"), ("r", "76")])

        assert parameters.all("q") == ["body", "body 2"]
        assert parameters["r"] == "76"

    @pytest.mark.parametrize(
        ("pair", "message"),
        [
            (("q", "a\0b"), r"q 'a\x00b': text without NUL characters is wanted"),
            (("a\0b", "x"), r"'a\x00b' 'a\x00b': text without NUL characters is wanted"),
            (("q", "\ud800"), r"q '\ud800': text without half surrogate pairs is wanted"),
            (("\ud800", "x"), r"'\ud800' '\ud800': text without half surrogate pairs is wanted"),
            (("q", "é\udfff"), r"q 'é\udfff': text without half surrogate pairs is wanted"),
        ],
    )
    def test_what_cant_be_stored(self, pair: tuple[str, str], message: str) -> None:
        with pytest.raises(BadParameter) as caught:
            Parameters([pair])

        assert str(caught.value) == message


class TestBadParameter:
    def test_it_works(self) -> None:
        assert str(BadParameter("amount", "abc", "a number is wanted")) == "amount 'abc': a number is wanted"

    @given(st.text(), st.text())
    def test_its_message_can_be_sent_and_stays_short(self, name: str, value: str) -> None:
        message = str(BadParameter(name * 100, value * 100, "x"))

        assert message.encode()
        assert "\0" not in message
        assert len(message) < 1300

    def test_long_ones_are_cut(self) -> None:
        assert str(BadParameter("n" * 61, "v" * 61, "x")) == f"{'n' * 60}… '{'v' * 60}…': x"
        assert str(BadParameter("n" * 60, "v" * 60, "x")) == f"{'n' * 60} '{'v' * 60}': x"


class TestQuery:
    @pytest.mark.parametrize(
        ("query", "pairs"),
        [
            ("q=lunch+45+with+jack&report=54", [("q", "lunch 45 with jack"), ("report", "54")]),
            ("", []),
            ("&&", []),
            ("q", [("q", "")]),
            ("q=", [("q", "")]),
            ("=x", [("", "x")]),
            ("q=a=b", [("q", "a=b")]),
            ("q=a;b", [("q", "a;b")]),
            ("q=1&q=2", [("q", "1"), ("q", "2")]),
            ("q=lunch+#personal+#cash&r=76", [("q", "lunch #personal #cash"), ("r", "76")]),
            ("report=*&modified=2010-09-28+00:00:00", [("report", "*"), ("modified", "2010-09-28 00:00:00")]),
            ("q=a%2Bb", [("q", "a+b")]),
            ("q=caf%C3%A9", [("q", "café")]),
            ("q=caf%c3%a9", [("q", "café")]),
            ("q=caf%E9", [("q", "café")]),
            ("q=caf\xc3\xa9", [("q", "café")]),  # bytes as they are, as WSGI gives them
            ("q=caf\xe9", [("q", "café")]),
            ("caf%E9=1", [("café", "1")]),
            ("q=%F0%9F%9A%95", [("q", "🚕")]),
            ("q=%A3%35", [("q", "£5")]),
            ("q=100%", [("q", "100%")]),
            ("q=%zz", [("q", "%zz")]),
            ("q=%00", [("q", "\0")]),  # refused by Parameters
            ("%20q=1", [(" q", "1")]),
        ],
    )
    def test_it_works(self, query: str, pairs: list[tuple[str, str]]) -> None:
        assert list(query_pairs(query)) == pairs

    @pytest.mark.parametrize("query", ["q=%80", "q=%C3%A9%FF%80", "q=%ED%A0%80", "q=%E2%82"])
    def test_what_is_neither_utf_8_nor_latin_1(self, query: str) -> None:
        with pytest.raises(BadParameter, match="text in UTF-8 is wanted"):
            query_pairs(query)

    def test_a_name_that_is_neither(self) -> None:
        with pytest.raises(BadParameter, match=r"^'\\x80' '\\x80': text in UTF-8 is wanted$"):
            query_pairs("%80=1")

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_any_text_in_utf_8_comes_through(self, text: str) -> None:
        quoted = "".join(f"%{octet:02x}" for octet in text.encode())

        assert list(query_pairs(f"q={quoted}")) == [("q", text)]

    @given(st.binary())
    def test_any_bytes_are_read_or_refused(self, octets: bytes) -> None:
        quoted = "".join(f"%{octet:02x}" for octet in octets)

        try:
            ((_, text),) = query_pairs(f"q={quoted}")
        except BadParameter:
            text = ""

        assert text in {"", octets.decode("utf-8", "replace"), octets.decode("latin-1")}

    def test_as_many_fields_as_may_be(self) -> None:
        query = "&".join(["a=1"] * MOST_FIELDS)

        assert len(list(query_pairs(query))) == MOST_FIELDS

    def test_too_many_fields(self) -> None:
        with pytest.raises(BadBody, match=r"^fields: at most 1000 in one request are read$"):
            query_pairs("&".join(["a=1"] * (MOST_FIELDS + 1)))


class TestForm:
    @pytest.mark.parametrize("content_type", [None, "", FORM, FORM + "; charset=ISO-8859-1", FORM.upper()])
    def test_it_works(self, content_type: str | None) -> None:
        parameters = parsed(b"q=lunch+34.50+#cash&r=76&notes=caf%E9", content_type)

        assert dict(parameters) == {"q": "lunch 34.50 #cash", "r": "76", "notes": "café"}

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n", b""])
    def test_a_line_break_at_the_end_is_the_editors(self, end: bytes) -> None:
        assert parsed(b"q=lunch 4" + end, FORM)["q"] == "lunch 4"

    def test_a_line_break_within_stays(self) -> None:
        assert parsed(b"notes=a\r\nb%0A&x=1", FORM)["notes"] == "a\r\nb\n"

    def test_raw_bytes(self) -> None:
        assert parsed("notes=café".encode(), FORM)["notes"] == "café"
        assert parsed("notes=café".encode("latin-1"), FORM)["notes"] == "café"

    def test_a_nul(self) -> None:
        with pytest.raises(BadParameter, match="without NUL"):
            parsed(b"q=%00", FORM)


class TestMultipart:
    def test_it_works(self) -> None:
        body = part(b"q", b"lunch 4") + part(b"q", b"lunch 5") + part(b"receipt", b"bytes", b'; filename="a.png"')

        parameters = parsed(body + b"--b--\r\n", BOUNDARY)

        assert parameters.all("q") == ["lunch 4", "lunch 5"]
        (file,) = parameters.files["receipt"]
        assert file == Upload("a.png", memoryview(b"bytes"))

    @pytest.mark.parametrize("size", [0, 1, settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1, 9_000_000])
    def test_a_file_of_any_size(self, size: int) -> None:
        body = part(b"receipt", b"x" * size, b'; filename="a.png"') + part(b"q", b"lunch 4")

        parameters = parsed(body + b"--b--\r\n", BOUNDARY)

        assert parameters["q"] == "lunch 4"
        (file,) = parameters.files["receipt"]
        assert file.data == b"x" * size

    @pytest.mark.parametrize("value", ["café".encode(), "café".encode("latin-1")])
    def test_text_is_decoded_as_in_a_form(self, value: bytes) -> None:
        parameters = parsed(part(b"notes", value) + b"--b--\r\n", BOUNDARY)

        assert parameters["notes"] == "café"

    def test_a_name_in_utf_8(self) -> None:
        parameters = parsed(part("é".encode(), b"1") + b"--b--\r\n", BOUNDARY)

        assert parameters["é"] == "1"

    @pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
    def test_a_head_in_either_encoding(self, encoding: str) -> None:
        named = part("é".encode(encoding), b"1") + part(b"receipt", b"bytes", '; filename="café.png"'.encode(encoding))
        noted = part(b"notes", b"x", "\r\nContent-Description: café".encode(encoding))

        parameters = parsed(named + noted + b"--b--\r\n", BOUNDARY)

        assert dict(parameters) == {"é": "1", "notes": "x"}
        assert [file.data for file in parameters.files["receipt"]] == [b"bytes"]

    @pytest.mark.parametrize(
        "name", [b".", b"..", b"/", b"C:\\\\", b"C:\\", b"a/..", b"&#46;", b"\x01", b" ", b"x" * 300]
    )
    def test_a_file_of_any_name(self, name: bytes) -> None:
        body = part(b"receipt", b"bytes", b'; filename="' + name + b'"')

        assert [file.data for file in parsed(body + b"--b--\r\n", BOUNDARY).files["receipt"]] == [b"bytes"]

    def test_a_file_that_was_not_chosen_is_an_empty_field(self) -> None:
        parameters = parsed(part(b"receipt", b"", b'; filename=""') + b"--b--\r\n", BOUNDARY)

        assert (dict(parameters), parameters.files) == ({"receipt": ""}, {})

    def test_all_files_of_a_name(self) -> None:
        body = b"".join(part(b"receipt", content, b'; filename="a.png"') for content in (b"one", b"two"))

        assert [file.data for file in parsed(body + b"--b--\r\n", BOUNDARY).files["receipt"]] == [b"one", b"two"]

    @pytest.mark.parametrize(
        "bad",
        [
            b"--b\r\nContent-Disposition: form-data\r\n\r\nlunch 4\r\n",
            b"--b\r\nContent-Type: text/plain\r\n\r\nlunch 4\r\n",
            b'--b\nContent-Disposition: form-data; name="q"\n\nlunch 4\n',
            b"--b\r\n--b\r\n",
            b"--b",
            part(b"receipt", b"bytes", b"; filename*=bogus''x"),
            part(b"receipt", b"by--btes", b'; filename="a.png"'),
        ],
        ids=["no name", "no disposition", "no CR", "twice", "no end of line", "bogus", "boundary in a file"],
    )
    def test_a_part_without_a_name(self, bad: bytes) -> None:
        with pytest.raises(BadBody, match=r"^body: a part has no name that can be read; .* is wanted$"):
            parsed(part(b"type", b"lunch") + bad + part(b"amount", b"4") + b"--b--\r\n", BOUNDARY)

    def test_a_number_sign_and_a_plus_are_themselves(self) -> None:
        parameters = parsed(part(b"q", b"a+b #c%20&d=1") + b"--b--\r\n", BOUNDARY)

        assert parameters["q"] == "a+b #c%20&d=1"

    @pytest.mark.parametrize(
        ("content_type", "reason"),
        [
            ("multipart/form-data", "Invalid boundary in multipart: None"),
            ("multipart/form-data; boundary=", "Invalid boundary in multipart: "),
            ("multipart/form-data; boundary=é", "Invalid non-ASCII Content-Type in multipart"),
        ],
    )
    def test_no_boundary(self, content_type: str, reason: str) -> None:
        with pytest.raises(BadBody) as caught:
            parsed(b"q=1", content_type)

        assert str(caught.value).startswith(f"body: {reason}")
        assert str(caught.value).endswith("; a multipart form is wanted")

    def test_a_form_without_fields(self) -> None:
        parameters = parsed(b"--b--\r\n", BOUNDARY)

        assert (dict(parameters), parameters.files) == ({}, {})

    @pytest.mark.parametrize(
        "body", [b"no multipart at all", b"--b\r\n", b"\0" * 1000, part(b"q", b"lunch 4"), part(b"q", b"lunch 4")[:-2]]
    )
    def test_a_body_that_is_cut_off(self, body: bytes) -> None:
        with pytest.raises(BadBody, match=r"^body: the form ends before its last boundary$"):
            parsed(body, BOUNDARY)

    def test_broken_base64(self) -> None:
        body = part(b"receipt", b"a", b'; filename="a"\r\nContent-Transfer-Encoding: base64')

        with pytest.raises(BadBody, match=r"^body: .*a multipart form is wanted$"):
            parsed(body + b"--b--\r\n", BOUNDARY)

    @pytest.mark.parametrize("count", [settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1, 1011, 10_000])
    def test_too_many_fields(self, count: int) -> None:
        with pytest.raises((SuspiciousOperation, BadBody)):
            parsed(part(b"a", b"1") * count + b"--b--\r\n", BOUNDARY)

    def test_too_many_files(self) -> None:
        file = part(b"a", b"1", b'; filename="a"')

        with pytest.raises(SuspiciousOperation):
            parsed(file * (settings.DATA_UPLOAD_MAX_NUMBER_FILES + 1) + b"--b--\r\n", BOUNDARY)

    def test_too_much_text(self) -> None:
        body = part(b"q", b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)) + b"--b--\r\n"

        with pytest.raises(RequestDataTooBig, match=r"^body: at most 1000000 bytes are read beside files$"):
            parsed(body, BOUNDARY)

    def test_a_nul(self) -> None:
        with pytest.raises(BadParameter, match="without NUL"):
            parsed(part(b"q", b"a\0b") + b"--b--\r\n", BOUNDARY)


class TestEpilogue:
    def test_what_comes_after_the_form_does_not_matter(self) -> None:
        form = b"before" + part(b"q", b"lunch 4") + b"--b--\r\n"

        assert list(parsed(form + b"x" * 500, BOUNDARY).pairs()) == [("q", "lunch 4")]
        assert list(parsed(form + part(b"q", b"lunch 5"), BOUNDARY).pairs()) == [("q", "lunch 4")]


class TestJSON:
    @pytest.mark.parametrize(
        ("value", "pairs"),
        [
            ('{"q": "lunch 4", "r": 76}', [("q", "lunch 4"), ("r", "76")]),
            ('{"tags": ["a", "b", 3]}', [("tags", "a"), ("tags", "b"), ("tags", "3")]),
            ('{"amount": 0.1}', [("amount", "0.1")]),
            ('{"amount": 119.610}', [("amount", "119.610")]),
            ('{"amount": 1e400}', [("amount", "1e400")]),
            ('{"amount": NaN}', [("amount", "NaN")]),
            ('{"amount": -Infinity}', [("amount", "-Infinity")]),
            ('{"notes": null, "x": [null]}', []),
            ('{"tags": []}', [("tags", "")]),
            ('{"is_default": true, "x": false}', [("is_default", "true"), ("x", "false")]),
            ('{"notes": "caf\\u00e9 \\ud83d\\ude95"}', [("notes", "café 🚕")]),
            ('{"a": 1, "a": 2}', [("a", "2")]),
            ("{}", []),
        ],
    )
    def test_it_works(self, value: str, pairs: list[tuple[str, str]]) -> None:
        assert list(parsed(value.encode(), "application/json; charset=utf-8").pairs()) == pairs

    def test_a_number_of_any_length_is_its_digits(self) -> None:
        assert parsed(b'{"amount": ' + b"9" * 10_000 + b"}", "application/json")["amount"] == "9" * 10_000

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"q=lunch",
            b"[]",
            b'"lunch 4"',
            b"4",
            b"null",
            b'{"q": "lunch 4"',
            b"{'q': 'lunch'}",
            b'{"q": "\xff"}',
            b"[" * 100_000,
            b'{"q":' * 100_000,
        ],
    )
    def test_a_body_that_is_no_object(self, body: bytes) -> None:
        with pytest.raises(BadBody) as caught:
            JSONParser().parse(BytesIO(body))

        assert str(caught.value) == 'body: a JSON object like {"q": "lunch 45 with jack"} is wanted'

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ({"q": {}}, "q '{}'"),
            ({"q": [["a"]]}, "q '[\"a\"]'"),
            ({"q": [{"a": 1}]}, 'q \'{"a": "1"}\''),
        ],
    )
    def test_a_member_that_is_no_text(self, value: object, said: str) -> None:
        with pytest.raises(BadParameter) as caught:
            parsed(json.dumps(value).encode(), "application/json")

        assert str(caught.value) == f"{said}: a text, a number or a list of them is wanted"

    @pytest.mark.parametrize(
        "body", [rb'{"q": "\ud800"}', rb'{"\ud800": "q"}', rb'{"q": "\u0000"}', rb'{"\ud800": {}}']
    )
    def test_text_that_cant_be_stored(self, body: bytes) -> None:
        with pytest.raises(BadParameter):
            parsed(body, "application/json")

    @pytest.mark.parametrize("depth", range(10, 1010, 20))
    def test_no_depth_is_too_much_to_refuse(self, depth: int) -> None:
        body = b'{"q": ' + b"[" * depth + b"]" * depth + b"}"

        with pytest.raises((BadBody, BadParameter)):
            parsed(body, "application/json")


@pytest.mark.parametrize(
    "content_type", ["text/yaml", "application/x-pickle", "text/plain", "application/xml", "nonsense"]
)
def test_another_type_is_not_read(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        parsed(b"q=lunch 4", content_type)


class TestAtTheDoor:
    """What the parsers refuse reaches the client as a 4xx in the dialect's form, and nothing is stored."""

    @pytest.mark.parametrize(
        ("body", "content_type", "status", "said"),
        [
            (b"q=lunch+%00", FORM, 400, rb"q 'lunch \x00': text without NUL characters is wanted"),
            (b"q=%80", FORM, 400, rb"q '\x80': text in UTF-8 is wanted"),
            (b"a=1&" * 1001, FORM, 400, b"fields: at most 1000 in one request are read"),
            (b"{", "application/json", 400, b'body: a JSON object like {"q": "lunch 45 with jack"} is wanted'),
            (rb'{"\ud800": 1}', "application/json", 400, rb"'\ud800' '\ud800': text without half surrogate pairs"),
            (b"x", "multipart/form-data", 400, b"body: Invalid boundary in multipart: None; a multipart"),
            (b"q: lunch 4", "text/yaml", 415, b'Unsupported media type "text/yaml" in request.'),
            (part(b"a", b"1") * 1001 + b"--b--\r\n", BOUNDARY, 400, b""),
        ],
    )  # fmt: skip
    def test_it_is_refused(
        self, alice_client: OldClient, body: bytes, content_type: str, status: int, said: bytes
    ) -> None:
        response: Any = alice_client.post("/api/v1.0/expense/", body, content_type=content_type)

        assert response.status_code == status
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert response.content.partition(b": ")[2].startswith(said)
        assert alice_client.get("/api/v1.0/expenses/?format=qif").content.count(b"^") == 1  # the sample alone

    @pytest.mark.parametrize("query", ["%80=1", "q=%00", "format=%00", "a=1&" * 1001])
    def test_a_query(self, alice_client: OldClient, query: str) -> None:
        response = alice_client.get(f"/api/v1.0/expenses/?{query}")

        assert response.status_code == 400

    @pytest.mark.parametrize("content_type", ["", FORM, "application/json", "multipart/form-data", "text/yaml"])
    def test_an_empty_body_has_no_type_to_be_wrong(self, alice_client: OldClient, content_type: str) -> None:
        response = alice_client.generic("POST", "/api/v1.0/expense/?q=lunch+4", b"", content_type=content_type)

        assert response.status_code == 200

    def test_a_stranger_is_asked_before_he_is_read(self, alice: Account) -> None:
        response = Client().post("/api/v1.0/expense/?q=%80", b"{", content_type="application/json")

        assert response.status_code == 401

    def test_a_file_beyond_the_limit_of_memory_is_read_too(self, alice_client: OldClient) -> None:
        upload = SimpleUploadedFile("a.png", b"x" * (settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1))

        response = alice_client.post("/api/v1.0/expense/", {"q": "lunch 4", "receipt": upload})

        assert response.status_code == 400  # it is no picture
        assert b"receipt" in response.content

    def test_more_than_can_be_meant(self) -> None:
        tags = json.dumps({"tags": ["a"] * 1001}).encode()

        with pytest.raises(BadBody, match="at most 1000 in one request"):
            parsed(tags, "application/json")
        assert len(parsed(json.dumps({"tags": ["a"] * 1000}).encode(), "application/json").all("tags")) == 1000
