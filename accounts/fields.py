"""Columns that keep money and time exactly, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    DecimalColumn = models.Field[Any, Any]
    InstantColumn = models.Field[datetime, datetime]
    PossibleInstantColumn = models.Field[datetime | None, datetime | None]
    WallClockColumn = models.DateTimeField[datetime, datetime]
else:
    DecimalColumn = InstantColumn = PossibleInstantColumn = models.Field
    WallClockColumn = models.DateTimeField

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EXACT = Context(prec=100)  # the usual 28 digits would round what is to be refused


def microseconds(instant: datetime) -> int:
    """Return the whole microseconds between 1970 and ``instant`` (aware)."""
    return (instant - EPOCH) // _MICROSECOND


class TooManyPlaces(ValueError):
    """A value has more decimal places than its column keeps."""

    def __init__(self, value: object, places: int) -> None:
        super().__init__(f"{value}: at most {places} decimal places are kept")


class ZoneGiven(ValueError):
    """A wall clock's reading came with a zone; its digits alone would be another moment."""

    def __init__(self, value: datetime) -> None:
        super().__init__(f"{value}: a date of the ledger has no zone")


class ScaledField(DecimalColumn):
    """A Decimal kept as a whole number of ``10**-places``.

    Django's DecimalField is a float on SQLite: 99999999999999.99 comes back as 100000000000000.00.
    A value with more places than the column keeps is refused (TooManyPlaces), not rounded: rounding is the ledger's
    business.
    """

    def __init__(self, *args: Any, places: int, **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "places": self.places}

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *_: object) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)

    def get_prep_value(self, value: Any) -> int | None:
        value = super().get_prep_value(value)
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places, _EXACT)
        if scaled != int(scaled):
            raise TooManyPlaces(value, self.places)
        return int(scaled)


class _AsMicroseconds:
    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, *_: object) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)

    def get_prep_value(self, value: Any) -> int | None:
        value = super().get_prep_value(value)  # type: ignore[misc]  # that of the field it is mixed into
        return microseconds(value) if isinstance(value, datetime) else value


class InstantField(_AsMicroseconds, InstantColumn):
    """A moment in time, kept as whole microseconds since 1970 and given back aware, in UTC.

    A number moves by a microsecond inside one UPDATE and prints in any zone of fixed offset inside one SELECT, on
    both databases; a text or timestamp column needs a function of its own on each for either.
    """


class PossibleInstantField(_AsMicroseconds, PossibleInstantColumn):
    """A moment in time like InstantField's, or None as long as it has not come."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "null": True})


class WallClockField(WallClockColumn):
    """What a person's clock showed, without zone: the digits that went in come out, wherever the owner moves.

    The digits are stored as if they were UTC, to the second. A value with a zone is refused (ZoneGiven).
    """

    def from_db_value(self, value: datetime | None, *_: object) -> datetime | None:
        return None if value is None else value.replace(tzinfo=None)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.replace(tzinfo=None, microsecond=0) if isinstance(value, datetime) else value

    def get_db_prep_value(self, value: Any, connection: "BaseDatabaseWrapper", prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return connection.ops.adapt_datetimefield_value(value)

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is not None:
                raise ZoneGiven(value)
            value = value.replace(tzinfo=UTC, microsecond=0)
        return models.Field.get_prep_value(self, value)
