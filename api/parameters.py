"""What a client sent, as text: the fields of its query and body, decoded as old clients encoded them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain, islice, pairwise, takewhile
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NamedTuple
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser

from accounts.buffers import IN_MEMORY, Buffer, kept, reading, taken

MOST_FIELDS = 1000
_TOO_MANY = f"fields: at most {MOST_FIELDS} in one request are read"
_PIECE = 1 << 16
_MOST_PARTS = MOST_FIELDS + 10  # of a multipart form: the fields, and the files that Django lets in
Pairs = Iterable[tuple[str, str]]


class Upload(NamedTuple):
    """A file of a form."""

    name: str
    data: memoryview

    def close(self) -> None:
        """Django's parser does so with what it does not hand on."""
        self.data.release()


Files = Mapping[str, Sequence[Upload]]


class BadParameter(ValueError):
    """A parameter has a value that can't be meant. The message names it, the value, and what would be right."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        # A client chooses its names, too: one that can't be printed would break the answer that quotes it.
        said = _short(name) if name.isprintable() else repr(_short(name))
        super().__init__(f"{said} {_short(value)!r}: {wanted}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"


class BadBody(ValueError):
    """The body is not what its Content-Type says, or holds too much. The message says what would be right."""


class Parameters(Mapping[str, str]):
    """The last value of each field by name, and all of them; the body's come before the query's. So for files."""

    def __init__(self, *sources: Pairs, files: Files | None = None) -> None:
        self.files = files or {}
        self._values: dict[str, list[str]] = {}
        for source in sources:
            fields: dict[str, list[str]] = {}
            for name, value in source:
                fields.setdefault(_storable(name, name), []).append(_storable(name, value))
            for name, values in fields.items():
                self._values.setdefault(name, values)

    def __getitem__(self, name: str) -> str:
        return self._values[name][-1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def given(self, name: str) -> str | None:
        """Return the last value of a field without blanks around it, or None where nothing is left of it."""
        return (self.get(name) or "").strip() or None

    def all(self, name: str) -> list[str]:
        """Return the values of a field in the order in which they came."""
        return self._values.get(name, [])

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield every field with each of its values."""
        for name, values in self._values.items():
            for value in values:
                yield name, value


def query_pairs(query: str) -> Pairs:
    """Return the fields of a query string or of a form's body, decoded. Raises BadBody, BadParameter.

    ``query`` holds a byte in each character, as WSGI gives it. UTF-8 is taken as such; anything else is Latin-1,
    in which the programs of 2008 sent their %E9 (wire §1.0.6).
    """
    try:
        pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadBody(_TOO_MANY) from None
    return [(decoded(name, name), decoded(name, value)) for name, value in pairs]


def decoded(name: str, value: str) -> str:
    """Return the text that the bytes in ``value`` (one in each character) spell. Raises BadParameter."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        # Latin-1 has control characters where broken UTF-8 has continuation bytes.
        if any("\x80" <= character <= "\x9f" for character in value):
            wanted = "text in UTF-8 is wanted"
            raise BadParameter(name, value, wanted) from None
        return value


def _storable(name: str, value: str) -> str:
    if "\0" in value:
        raise BadParameter(name, value, "text without NUL characters is wanted")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadParameter(name, value, "text without half surrogate pairs is wanted") from None
    return value


class FormParser(BaseParser):
    """Read an ordinary form; a body that names no type is taken for one."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Parameters:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        # A line break at the end is curl's or an editor's, not the form's.
        return Parameters(query_pairs(body.decode("latin-1").rstrip("\r\n")))


class _Uploads(FileUploadHandler):
    """Take files of every size. No body longer than the upload limit gets here."""

    def __init__(self, spools: ExitStack) -> None:
        super().__init__()
        self._spools = spools

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._spool = self._spools.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 - it is one

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._spool.write(raw_data)

    def file_complete(self, file_size: int) -> Any:  # not an UploadedFile, which would have to be closed
        with self._spool:
            return Upload(self.file_name or "", taken(self._spool))


class _DjangosParser(DjangoMultiPartParser):
    """Passes over no file because of its name, which may be ``..``: an expense would be stored without its receipt."""

    def sanitize_file_name(self, file_name: str) -> str:
        return super().sanitize_file_name(file_name) or "unnamed"


class MultiPartParser(BaseParser):
    """Read a form with files, whole: one that was cut short, or that holds a part without a name, is refused."""

    media_type = "multipart/form-data"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Parameters:
        request = (parser_context or {})["request"]
        try:
            fields, files = _fields_and_files(stream, {**request.META, "CONTENT_TYPE": media_type})
        except MultiPartParserError as error:
            message = f"body: {error}; a multipart form is wanted"
            raise BadBody(message) from None
        except RequestDataTooBig:
            message = f"body: at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes are read beside files"
            raise RequestDataTooBig(message) from None
        pairs = [(decoded(name, name), decoded(name, value)) for name, values in fields.lists() for value in values]
        return Parameters(pairs, files=dict(files.lists()))


def _fields_and_files(stream: IO[Any], meta: dict[str, Any]) -> tuple[Any, Any]:
    _DjangosParser(meta, reading(), [], "latin-1")  # refuses what can't be a boundary
    boundary = b"--" + parse_header_parameters(meta["CONTENT_TYPE"])[1]["boundary"].encode()
    parts = _parts(kept(iter(partial(stream.read, _PIECE), b"")), boundary)
    mended = chain.from_iterable((boundary, *_with_head_in_utf_8(part)) for part in parts)
    with reading(*mended, boundary, b"--\r\n") as form, ExitStack() as spools:
        fields, files = _DjangosParser(meta, form, [_Uploads(spools)], "latin-1").parse()
    # It passes over a part whose head it can't read, in silence.
    if sum(len(values) for _, values in [*fields.lists(), *files.lists()]) < len(parts):
        message = 'body: a part has no name that can be read; Content-Disposition: form-data; name="q" is wanted'
        raise BadBody(message)
    return fields, files


def _parts(body: memoryview, boundary: bytes) -> list[memoryview]:
    """Return what is between the boundaries, up to the last one."""
    found = islice(re.finditer(re.escape(boundary), body), _MOST_PARTS + 1)
    ends = [(at.start(), at.end()) for at in found]
    pieces = [body[start:end] for (_, start), (end, _) in pairwise([*ends, (len(body), 0)])]
    parts = list(takewhile(lambda piece: bytes(piece[:2]) != b"--", pieces))
    if len(parts) > _MOST_PARTS:
        raise BadBody(_TOO_MANY)
    if len(parts) == len(pieces):
        message = "body: the form ends before its last boundary"
        raise BadBody(message)
    return parts


def _with_head_in_utf_8(part: memoryview) -> tuple[Buffer, Buffer]:
    """Return the head of a part so that Django can read it, and the rest of it.

    Programs of 2008 sent the é of a file's name in Latin-1.
    """
    found = re.search(b"\r\n\r\n", part)
    end = found.start() if found else 0
    head = bytes(part[:end])
    try:
        head.decode()
    except UnicodeDecodeError:
        head = head.decode("latin-1").encode()
    return head, part[end:]


class JSONParser(BaseParser):
    """Read a JSON object whose members are texts, numbers, or lists of them (wire §7 row 28)."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Parameters:
        try:
            # Numbers stay the text they are: 0.1 is not a float.
            value = json.loads(stream.read(), parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            message = 'body: a JSON object like {"q": "lunch 45 with jack"} is wanted'
            raise BadBody(message)
        pairs = list(islice(_json_pairs(value), MOST_FIELDS + 1))
        if len(pairs) > MOST_FIELDS:
            raise BadBody(_TOO_MANY)
        return Parameters(pairs)


def _json_pairs(members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in members.items():
        items = value if isinstance(value, list) else [value]
        # No items at all is what a form says with an empty field.
        for item in items or [""]:
            if isinstance(item, bool):
                yield name, str(item).lower()
            elif isinstance(item, str):
                yield name, item
            elif item is not None:
                raise BadParameter(name, json.dumps(item), "a text, a number or a list of them is wanted")
