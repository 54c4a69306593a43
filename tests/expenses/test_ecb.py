import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.currencies import MINOR_DIGITS
from expenses import ecb
from expenses.ecb import MOST_BYTES, BadRatesFile, ReferenceRate, read_ecb
from expenses.selectors import RATE_PLACES
from expenses.services import pricing

pytestmark = pytest.mark.once

DAILY_XML = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>European Central Bank</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
\t\t<Cube time='2026-11-20'>
\t\t\t<Cube currency='USD' rate='1.0812'/>
\t\t\t<Cube currency='JPY' rate='161.93'/>
\t\t</Cube>
\t</Cube>
</gesmes:Envelope>
"""
HISTORY_XML = (
    b'<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"'
    b' xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates</gesmes:subject>'
    b'<Cube><Cube time="2026-11-20"><Cube currency="USD" rate="1.0812"/></Cube>'
    b'<Cube time="2004-12-31"><Cube currency="USD" rate="1.3621"/><Cube currency="TRL" rate="1836200"/>'
    b'<Cube currency="ROL" rate="39390"/></Cube></Cube></gesmes:Envelope>'
)
DAILY_CSV = b"Date, USD, JPY, ISK, \n20 November 2026, 1.0812, 161.93, 147.10, \n"
HISTORY_CSV = b"""\
Date,USD,JPY,CYP,TRL,
2026-11-20,1.0812,161.93,N/A,N/A,
2004-12-31,1.3621,139.65,0.5800,1836200,
"""
# Every column that eurofxref-hist.csv has had.
EVER_QUOTED = (
    "USD", "JPY", "BGN", "CYP", "CZK", "DKK", "EEK", "GBP", "HUF", "LTL", "LVL", "MTL", "PLN", "ROL", "RON", "SEK",
    "SIT", "SKK", "CHF", "ISK", "NOK", "HRK", "RUB", "TRL", "TRY", "AUD", "BRL", "CAD", "CNY", "HKD", "IDR", "ILS",
    "INR", "KRW", "MXN", "MYR", "NZD", "PHP", "SGD", "THB", "ZAR",
)  # fmt: skip


def rate(day: str, currency: str, per_euro: str) -> ReferenceRate:
    return ReferenceRate(date.fromisoformat(day), currency, Decimal(per_euro))


DAILY = [rate("2026-11-20", "USD", "1.0812"), rate("2026-11-20", "JPY", "161.93")]


def packed(method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.csv", content)
    return file.getvalue()


def cubes(inside: str) -> bytes:
    return f"<Envelope xmlns='http://www.ecb.int/vocabulary/2002-08-01/eurofxref'>\n{inside}</Envelope>".encode()


@pytest.mark.parametrize(
    ("data", "rates"),
    [
        (DAILY_XML, DAILY),
        (b"\xef\xbb\xbf" + DAILY_XML, DAILY),
        (b"\n" + DAILY_XML.partition(b"\n")[2], DAILY),
        (HISTORY_XML, [rate("2026-11-20", "USD", "1.0812"), rate("2004-12-31", "USD", "1.3621")]),
        (DAILY_CSV, [*DAILY, rate("2026-11-20", "ISK", "147.10")]),
        (b"\xef\xbb\xbf" + DAILY_CSV, [*DAILY, rate("2026-11-20", "ISK", "147.10")]),
        (
            HISTORY_CSV,
            [
                *DAILY,
                rate("2004-12-31", "USD", "1.3621"),
                rate("2004-12-31", "JPY", "139.65"),
                rate("2004-12-31", "CYP", "0.5800"),
            ],
        ),
        (b"Date,USD\r\n\r\n2026-11-20,1.0812\r\n \r\n", DAILY[:1]),
        (b"Date,USD\n1 March 2024,1000000", [rate("2024-03-01", "USD", "1000000")]),
        (b"Date,USD\n2024-02-29,0.000000000001", [rate("2024-02-29", "USD", "1E-12")]),
        (packed(eurofxref=DAILY_CSV), [*DAILY, rate("2026-11-20", "ISK", "147.10")]),
        (packed(zipfile.ZIP_STORED, anything=DAILY_XML), DAILY),
    ],
)
def test_it_reads(data: bytes, rates: list[ReferenceRate]) -> None:
    assert list(read_ecb(data)) == rates


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "line 1: a header like 'Date, USD, JPY' is wanted"),
        (b"Day,USD\n", "line 1: 'Day,USD': a header like 'Date, USD, JPY' is wanted"),
        (b"Date;USD\n", "line 1: 'Date;USD': a header like 'Date, USD, JPY' is wanted"),
        (b"Date,usd\n", "line 1: 'Date,usd': a header like 'Date, USD, JPY' is wanted"),
        (b"Date,USD,,JPY\n", "line 1: 'Date,USD,,JPY': a header like 'Date, USD, JPY' is wanted"),
        (b"Date,USD,\n", "file: a rates file of the European Central Bank, in XML or CSV, is wanted"),
        (b"\x89PNG\r\n", r"file: '\\x89PNG\r\n': text in UTF-8 is wanted"),
        (b"Date,USD,JPY\n2026-11-20,1.08\n", "line 2: '2026-11-20,1.08': a row of 3 cells is wanted"),
        (b"Date,USD\n\n2026-11-20,1,08\n", "line 3: '2026-11-20,1,08': a row of 2 cells is wanted"),
        (b"Date,USD\n2026-11-20,1.08,,\n", "line 2: '2026-11-20,1.08,': a row of 2 cells is wanted"),
        (
            b"Date,USD\n2026-02-29,1.08\n",
            "line 2: '2026-02-29': a date like 2026-11-20 or 20 November 2026 is wanted",
        ),
        (b"Date,USD\n20261120,1.08\n", "line 2: '20261120': a date like 2026-11-20 or 20 November 2026 is wanted"),
        (
            b"Date,USD\n20 Brumaire 2026,1.08\n",
            "line 2: '20 Brumaire 2026': a date like 2026-11-20 or 20 November 2026 is wanted",
        ),
        (
            b"Date,USD\n31 June 2026,1.08\n",
            "line 2: '31 June 2026': a date like 2026-11-20 or 20 November 2026 is wanted",
        ),
        (b"<html><body>Not found</html>", "line 1: 'mismatched tag: line 1, column 23': well-formed XML is wanted"),
        (DAILY_XML[:-20], "line 12: 'no element found: line 12, column 8': well-formed XML is wanted"),
        (
            b"<html><body>Not found</body></html>",
            "file: a rates file of the European Central Bank, in XML or CSV, is wanted",
        ),
        (
            b"<Envelope><Cube time='2026-11-20'><Cube currency='USD' rate='1'/></Cube></Envelope>",
            "file: a rates file of the European Central Bank, in XML or CSV, is wanted",
        ),
        (
            b"<?xml version='1.0' encoding='utf-7'?><a/>",
            "line 1: 'multi-byte encodings are not supported': well-formed XML is wanted",
        ),
        (
            b"<?xml version='1.0' encoding='elvish'?><a/>",
            "line 1: 'unknown encoding: elvish': well-formed XML is wanted",
        ),
        (b"<!DOCTYPE html>\n<html/>", "line 1: XML without a document type and entities is wanted"),
        (
            b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>\n<a>&b;</a>",
            "line 1: XML without a document type and entities is wanted",
        ),
        (
            b"\n\n<!DOCTYPE a [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><a>&a;</a>",
            "line 3: XML without a document type and entities is wanted",
        ),
        (
            cubes("<Cube currency='USD' rate='1.08'/>"),
            "line 2: a date like 2026-11-20 or 20 November 2026 is wanted",
        ),
        (
            cubes("<Cube time='2026-11-20'/>\n<Cube currency='USD' rate='1.08'/>"),
            "line 3: a date like 2026-11-20 or 20 November 2026 is wanted",
        ),
        (
            cubes("<Cube time='today'><Cube currency='USD' rate='1.08'/></Cube>"),
            "line 2: 'today': a date like 2026-11-20 or 20 November 2026 is wanted",
        ),
        (
            cubes("<Cube time='2026-11-20'><Cube currency='dollar' rate='1.08'/></Cube>"),
            "line 2: 'dollar': a currency code like USD is wanted",
        ),
        (
            cubes("<Cube time='2026-11-20'><Cube currency='USD'/></Cube>"),
            "line 2: 'USD ': a number above 0 and up to 1000000 with at most 12 decimals is wanted",
        ),
        (packed(), "archive: one file, stored or deflated, is wanted"),
        (packed(one=DAILY_CSV, two=DAILY_CSV), "archive: 'one.csv, two.csv': one file, stored or deflated, is wanted"),
        (packed(zipfile.ZIP_LZMA, one=DAILY_CSV), "archive: 'one.csv': one file, stored or deflated, is wanted"),
        (packed(inner=packed(eurofxref=DAILY_CSV)), "file: 'PK\\x03\\x04"),
        (packed(eurofxref=DAILY_CSV)[:-1], "archive: 'File is not a zip file': a whole .zip file, without a password,"),
        (packed(bomb=bytes(MOST_BYTES + 1)), "archive: 'bomb.csv': a file of at most 67108864 bytes is wanted"),
        (bytes(MOST_BYTES + 1), "file: at most 67108864 bytes is wanted"),
    ],
)
def test_it_refuses(data: bytes, message: str) -> None:
    with pytest.raises(BadRatesFile) as refusal:
        list(read_ecb(data))

    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    "text", ["0", "0.000", "-1.08", "1e3", "1_0", "NaN", "1.", ".5", "1000000.1", "1." + "1" * 13, "١"]
)
def test_it_refuses_a_rate(text: str) -> None:
    with pytest.raises(BadRatesFile) as refusal:
        list(read_ecb(f"Date,USD\n2026-11-20,{text}\n".encode()))

    wanted = "a number above 0 and up to 1000000 with at most 12 decimals is wanted"
    assert str(refusal.value) == f"line 2: 'USD {text}': {wanted}"


def test_it_gives_what_comes_before_the_bad_line() -> None:
    rates = read_ecb(DAILY_CSV + b"19 November 2026, ?, 161.93, 147.10, \n")

    assert [next(rates), next(rates), next(rates).currency] == [*DAILY, "ISK"]
    with pytest.raises(BadRatesFile, match=r"line 3: 'USD \?'"):
        next(rates)


def test_it_refuses_a_cell_longer_than_any() -> None:
    with pytest.raises(BadRatesFile, match="line 2: 'field larger than field limit"):
        list(read_ecb(b"Date,USD\n2026-11-20," + b"1" * 200_000))


def test_it_refuses_a_header_longer_than_any() -> None:
    with pytest.raises(BadRatesFile, match="line 1: 'field larger than field limit"):
        list(read_ecb(b"Date," + b"U" * 200_000))


def test_it_refuses_an_archive_with_a_password() -> None:
    data = bytearray(packed(eurofxref=DAILY_CSV))
    data[6] |= 1  # the flag in the member's own header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory

    with pytest.raises(BadRatesFile, match="without a password, is wanted"):
        list(read_ecb(bytes(data)))


def test_it_says_little_of_a_long_value() -> None:
    with pytest.raises(BadRatesFile) as refusal:
        list(read_ecb(b"Date,USD\n2026-11-20," + b"1" * 10_000))

    assert len(str(refusal.value)) < 200


def test_it_knows_what_was_ever_quoted_since_ledgers_are_kept() -> None:
    assert set(EVER_QUOTED) - MINOR_DIGITS.keys() == {"ROL", "TRL"}


def test_its_limits_are_those_of_the_ledger() -> None:
    assert ecb.MOST_RATE == pricing.MOST_RATE
    assert list(read_ecb(b"Date,USD\n2024-02-29,0." + b"1" * RATE_PLACES))


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refused(data)


ARCHIVE = packed(eurofxref=DAILY_CSV)


@given(
    st.sampled_from([DAILY_XML, HISTORY_XML, DAILY_CSV, HISTORY_CSV, ARCHIVE]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=4),
    st.integers(0, 2000),
)
def test_any_damage_is_read_or_refused(data: bytes, changes: list[tuple[int, int]], end: int) -> None:
    damaged = bytearray(data)
    for place, value in changes:
        damaged[place % len(damaged)] = value

    read_or_refused(bytes(damaged))
    read_or_refused(bytes(damaged[:end]))


def read_or_refused(data: bytes) -> None:
    try:
        rates = list(read_ecb(data))
    except BadRatesFile:
        return
    assert rates == [] or all(0 < rate.rate <= ecb.MOST_RATE and rate.currency in MINOR_DIGITS for rate in rates)
