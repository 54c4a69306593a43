"""The files that leave the ledger, as GnuCash takes them in: its own importer of QIF, and libofx, its reader of OFX."""

import os
import re
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from expenses.exports.as_ofx import as_ofx
from expenses.exports.as_qif import as_qif
from tests.expenses.exports import LUNCH, tags
from tests.tools import program

pytestmark = pytest.mark.once

LEFT = [
    LUNCH._replace(tags=tags("a", "b c")),
    LUNCH._replace(id=677, type="Täxi & <bus> 🍜", category="", amount=-7_500, notes="", date="2010-05-13 00:00:00"),
    LUNCH._replace(id=678, status=-1),
    LUNCH._replace(id=679, category="Travel: by car/van", notes="to\nBerlin", amount=10, date="2009-12-31 23:59:59"),
]


def test_qif(tmp_path: Path) -> None:
    file = tmp_path / "expenses.qif"
    file.write_bytes(b"".join(as_qif(LEFT, currency="USD")))

    lines = [line.split("\t") for line in imported(file).splitlines()]

    assert sorted((*words, Fraction(amount)) for *words, amount in lines) == [
        ("Cash", "2009-12-31", "679", "Lunch", "to Berlin", Fraction(-1, 100)),
        ("Cash", "2010-05-13", "677", "Täxi & <bus> 🍜", "", Fraction(15, 2)),
        ("Cash", "2010-05-21", "676", "Lunch", 'with jack #a #"b c"', Fraction(-45)),
        ("Meals", "2010-05-21", "676", "Lunch", 'with jack #a #"b c"', Fraction(45)),
        ("Travel- by car-van", "2009-12-31", "679", "Lunch", "to Berlin", Fraction(1, 100)),
        ("Täxi & <bus> 🍜", "2010-05-13", "677", "Täxi & <bus> 🍜", "", Fraction(-15, 2)),
    ]


def imported(file: Path) -> str:
    """Return what GnuCash made of a file, without its windows: its assistant is a program in Guile.

    It leaves its log of transactions where it is started.
    """
    program("gnucash-cli")
    (libraries,) = Path("/usr/lib").glob("*/gnucash")
    importer = Path(__file__).with_name("gnucash.scm")
    guile = [program("guile"), "-L", "/usr/share/guile/site/3.0", str(importer), str(file)]
    environment = {
        "GUILE_AUTO_COMPILE": "0",
        "GUILE_LOAD_COMPILED_PATH": f"{libraries.parent}/guile/3.0/site-ccache",
        "LD_LIBRARY_PATH": f"{libraries}:{libraries}/gnucash",
        "TZ": "UTC",
    }
    ended = subprocess.run(
        guile, cwd=file.parent, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_ofx(tmp_path: Path) -> None:
    file = tmp_path / "expenses.ofx"
    file.write_bytes(b"".join(as_ofx(LEFT, currency="EUR")))

    dump = subprocess.run([program("ofxdump"), file], capture_output=True, text=True, check=True).stdout

    said = [dict(re.findall(r"^ +([^:\n]+?) *: (.*?) *$", part, re.MULTILINE)) for part in dump.split("\n\n")]
    assert [
        (one["Date posted"], one["Total money amount"], one[FITID], one[NAME], one.get(MEMO))
        for one in said
        if "Date posted" in one
    ] == [
        ("Fri May 21 12:00:00 2010 UTC", "-45.00", "676", "Lunch", 'with jack #a #"b c"'),
        ("Thu May 13 12:00:00 2010 UTC", "7.50", "677", "Täxi & <bus> 🍜", None),
        ("Thu Dec 31 12:00:00 2009 UTC", "-0.01", "679", "Lunch", "to Berlin"),
    ]
    assert [one["Default Currency"] for one in said if "Default Currency" in one] == ["EUR", "EUR"]


FITID = "Financial institution's ID for this transaction"
NAME = "Name of payee or transaction description"
MEMO = "Extra transaction information (memo)"
