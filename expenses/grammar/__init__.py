r"""The free text: ``lunch 45 with jack #clientx``. One grammar behind every door. Source: wire §3, design §3.12.

::

    text     = [ "exp" ] ( timer | entry )     tags and one filing @report may stand anywhere between
    timer    = time-type ( "start" | "stop" ) [ [ "," ] notes ]
    entry    = ( type [ "," ] amount [ [ "," ] notes ]
               | amount [ "," ] [ "for" | "on" ] word [ [ "," ] notes ] ) [ tail ]
    amount   = money [ "at" rate ] | time | distance [ "at" rate ]
    money    = [ mark ] number | number [ mark ]        a mark is glued on or the neighbouring word
    time     = number [ "h" | "m" … ] | H ":" MM | 1h30 | 1h 30m           where the type is counted in minutes
    distance = number [ "mi" | "km" … ]                                    where the type is counted in mi or km
    tag      = "#" non-blanks, less trailing ",;:."
    report   = "@" non-blanks, if they are the name of an open report; five such words are looked up, and those that
               don't file are notes, before the amount as well as behind it
    tail     = "date" ( any form of dates.read_date | "today" | "yesterday" )

The steps are taken in the order of the rules in wire §3: tags (rule 2), ``@word`` (7), ``exp`` (1), timer, the date
at the end (3), the first stand-alone number (4), the type before or behind it (5, 6, 8), what belongs to the number
(9, 10). What no step takes is notes, kept as typed with its inner blanks; only the ends are trimmed, and a tag
or report that is taken out goes with the blanks before it.

- A number stands alone between blanks and commas. One separator with exactly three digits after it sets off thousands,
  other counts of digits are decimals; of two different separators the last is the decimal point. In a rate a single
  separator is always the point: ``at 1.085`` is an exchange rate, no price. Blanks that never break a line, and thin
  ones, set off thousands too; a usual blank does only in a number with decimals that a currency's mark touches.
- A currency is a symbol or an ISO code. One that is a word too ("all", "top", "try") counts in capitals only, or glued
  behind the number (``20try``). ``$`` is the owner's own dollar, or the US one. A mark that means no one currency to
  the owner ("20 kr" to somebody in Berlin) is refused: kept in the notes, it would be an amount in euros. A mark
  before the number is none where the words including it are a known type ("PEN 20").
- A rate stands behind a foreign currency or a distance. A distance without its unit takes one with decimals only:
  "mileage 20 at 5" is perhaps five o'clock. "20 USD at 7" is taken for a rate; "20 USD, at 7" says the hour.
- Nothing behind a comma belongs to the number: ``20, EUR cash`` has the notes "EUR cash". ``format_entry`` uses this.
- The signs of full-width, Arabic and Chinese keyboards and the decimal digits of every script count, and what can't be
  seen at the edge of a word (marks of direction, blanks of no width) is a blank. They are read in a copy of the text
  of the same length; type, notes and tags are cut from the original.

Down is allowed: ``reading``, ``asking`` and ``formatting``; ``amounts``; ``filing`` and ``line``; ``marks``;
``spelling``; ``values``.
"""

from expenses.grammar.amounts import Amount, read_number
from expenses.grammar.asking import lookups
from expenses.grammar.formatting import format_entry
from expenses.grammar.line import BUILT_IN, DISTANCES
from expenses.grammar.marks import code_of
from expenses.grammar.reading import parse, parse_amount
from expenses.grammar.values import (
    MAX_ATS,
    MAX_DIGITS,
    MAX_TAG,
    MAX_TEXT,
    MAX_TYPE,
    AmountTooLong,
    Entry,
    GrammarError,
    Lookups,
    NoAmount,
    NotAnAmount,
    NoType,
    TagTooLong,
    TextEmpty,
    TextTooLong,
    TextUnstorable,
    TimerStart,
    TimerStop,
    TypeTooLong,
    UnclearMark,
    Vocabulary,
)

__all__ = [
    "BUILT_IN",
    "DISTANCES",
    "MAX_ATS",
    "MAX_DIGITS",
    "MAX_TAG",
    "MAX_TEXT",
    "MAX_TYPE",
    "Amount",
    "AmountTooLong",
    "Entry",
    "GrammarError",
    "Lookups",
    "NoAmount",
    "NoType",
    "NotAnAmount",
    "TagTooLong",
    "TextEmpty",
    "TextTooLong",
    "TextUnstorable",
    "TimerStart",
    "TimerStop",
    "TypeTooLong",
    "UnclearMark",
    "Vocabulary",
    "code_of",
    "format_entry",
    "lookups",
    "parse",
    "parse_amount",
    "read_number",
]
