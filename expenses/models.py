"""The tables of the ledger. No rules: those are in services."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.fields import InstantField, PossibleInstantField, ScaledField, WallClockField
from expenses.money import LIMIT
from reports.models import Report


class Owned(models.Model):
    """A row that belongs to one person. Constraints and indexes start with the owner, so the key needs none."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Clock(models.Model):
    """The last instant given to a change of the owner's ledger; taking it is the lock that orders the changes."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    last = InstantField()


class ServerZone(models.Model):
    """The zone in which ``created`` and ``modified`` are printed: one row, written at the first start."""

    zone = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="server_zone_one_row")]


class Category(Owned):
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=800)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name_key"], name="category_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="category_has_name"),
        ]


class ExpenseType(Owned):
    """What the ledger knows of a type that its owner has used: accounting category, unit and rate."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=800)
    category = models.ForeignKey(Category, models.RESTRICT, null=True, related_name="+")
    unit = models.CharField(max_length=20, default="")
    rate = ScaledField(places=12, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name_key"], name="type_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="type_has_name"),
            models.CheckConstraint(condition=Q(rate__isnull=True) | Q(rate__gte=0), name="type_rate_not_negative"),
        ]


class Tag(Owned):
    """Ids start at 1 000 000 001 (migration 0002): an old desktop client takes a tag's id for the expense's.

    The constraint on them makes it an error when a table is built anew and the count begins at 1 again.
    """

    name = models.CharField(max_length=100)
    name_key = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name_key"], name="tag_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="tag_has_name"),
            models.CheckConstraint(condition=Q(id__gte=1_000_000_001), name="tag_id_is_high"),
        ]


class Expense(Owned):
    """``type_key`` and ``notes_key`` are what is searched: PostgreSQL before 18 can't fold case as Python does."""

    class Status(models.IntegerChoices):
        LIVE = 1
        DELETED = -1

    report = models.ForeignKey(Report, models.RESTRICT, related_name="+", db_index=False)
    status = models.SmallIntegerField(choices=Status, default=Status.LIVE)
    type = models.CharField(max_length=200)
    type_key = models.CharField(max_length=800)
    amount = ScaledField(places=3)
    raw_amount = ScaledField(places=3)
    unit = models.CharField(max_length=20, default="")
    rate = ScaledField(places=12, null=True)
    notes = models.TextField(default="")
    notes_key = models.TextField()
    sourceid = models.CharField(max_length=255, default="")
    date = WallClockField()
    created = InstantField()
    modified = InstantField()

    class Meta:
        indexes = [
            models.Index(fields=["user", "modified"], name="expense_by_modified"),
            models.Index(fields=["user", "date", "id"], name="expense_by_date"),
            models.Index(fields=["report", "date", "id"], name="expense_by_report"),
            models.Index(fields=["user", "date", "id"], condition=Q(status=-1), name="expense_deleted_by_date"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "sourceid"], condition=~Q(sourceid=""), name="expense_source_once"),
            models.CheckConstraint(condition=Q(status__in=[1, -1]), name="expense_status_known"),
            models.CheckConstraint(condition=~Q(type=""), name="expense_has_type"),
            models.CheckConstraint(condition=Q(amount__gt=-LIMIT, amount__lt=LIMIT), name="expense_amount_in_range"),
            models.CheckConstraint(
                condition=Q(raw_amount__gt=-LIMIT, raw_amount__lt=LIMIT), name="expense_raw_amount_in_range"
            ),
            models.CheckConstraint(condition=Q(rate__isnull=True) | Q(rate__gte=0), name="expense_rate_not_negative"),
            models.CheckConstraint(
                condition=Q(unit="", rate__isnull=True) | (~Q(unit="") & Q(rate__isnull=False)),
                name="expense_unit_has_rate",
            ),
            models.CheckConstraint(condition=Q(modified__gte=F("created")), name="expense_modified_after_created"),
        ]


class ExpenseTag(Owned):
    """Ids give the order in which the tags of an expense were named.

    The expense comes first in the constraint: the index of that serves the lists, and who deletes an expense.
    """

    expense = models.ForeignKey(Expense, models.CASCADE, related_name="+", db_index=False)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["expense", "user", "tag"], name="expense_tag_once")]


class Receipt(Owned):
    """A picture or document of an expense; the one at position 0 is what old clients see."""

    expense = models.ForeignKey(Expense, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    image = models.CharField(max_length=100, unique=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "expense", "position"], name="receipt_position_once")]


class Timer(models.Model):
    """A running clock: the Time expense that it will fill in, and when it was started."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    expense = models.OneToOneField(Expense, models.CASCADE, related_name="+")
    started = InstantField()


class CurrencyRate(models.Model):
    """One unit of ``base`` buys ``rate`` units of ``quote`` on ``day``.

    Rows of an owner are what he entered; rows without one are the reference rates of the European Central Bank
    (base EUR), which are the same for everybody.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False)
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField()
    rate = ScaledField(places=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "base", "quote", "day"], condition=Q(user__isnull=False), name="own_rate_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["base", "quote", "day"], condition=Q(user__isnull=True), name="reference_rate_once_a_day"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="currency_rate_positive"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="currency_rate_of_two"),
        ]


class IdempotencyKey(Owned):
    """A write that was answered: what was asked (``digest``) and what was said, so that a repeat hears the same."""

    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, default="")
    body = models.BinaryField(default=b"")
    created = InstantField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]


class Upload(Owned):
    """A file that waits to be looked through and taken into the ledger; ``said`` is what its owner says of it."""

    name = models.CharField(max_length=200)
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    said = models.JSONField(default=dict)
    created = InstantField(db_index=True)


class UploadPage(Owned):
    """Lines of a long file that waits, as they would come: see ``expenses.services.looking``."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="+", db_index=False)
    page = models.PositiveIntegerField()
    lines = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "page"], name="upload_page_once")]


class Taking(Owned):
    """A file on its way into the ledger, or what came in its way; ``asked`` tells one attempt from the next.

    Its row is changed while lines are looked through, ``done`` of ``total``, so it stands beside the file. Of an
    archive it also says what its owner was shown and what he pressed: see ``archive_plan``.
    """

    class State(models.TextChoices):
        PLANNED = "planned"  # asked for: what would come is being found out
        COPIED = "copied"  # the files of an archive's receipts are being written
        WRITTEN = "written"  # being written, in one transaction: too late to give it up
        EMPTY = "empty"  # none of its lines was to be taken
        FAILED = "failed"  # for the reason ``why``, a sentence, where the file itself or the ledger is that

    upload = models.OneToOneField(Upload, models.CASCADE, primary_key=True, related_name="taking")
    asked = InstantField(db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    seen = models.PositiveBigIntegerField(null=True)
    as_it_was = models.BooleanField(default=False)
    why = models.JSONField(default=str)


class ImportMapping(Owned):
    """What the columns of a sender's files are, as the person said it last; ``signature`` knows such files again."""

    signature = models.CharField(max_length=64)
    said = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "signature"], name="import_mapping_once")]


class Import(Owned):
    """A file that was taken into the ledger, until its ``undone``."""

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    expenses = models.PositiveIntegerField()
    # The number that the file had while it waited. It has no key any more, and no other file gets it.
    upload_number = models.PositiveBigIntegerField(null=True)
    created = InstantField()
    undone = PossibleInstantField()
    # Those that it made and that were closed as they came: what is in them may be taken back all the same.
    closed_reports = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["user", "sha256"], name="import_by_file")]


class Imported(Owned):
    """Which import an expense came by."""

    expense = models.OneToOneField(Expense, models.CASCADE, primary_key=True, related_name="+")
    source = models.ForeignKey(Import, models.CASCADE, related_name="+")


class LedgerArchive(models.Model):
    """All of a person's ledger as one file: on its way while ``made`` is empty, or there, or ``failed``.

    ``asked`` tells one attempt from the next. ``file`` is its name among the archives, ``done`` of ``total`` receipts
    are in it.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    asked = InstantField(db_index=True)
    made = PossibleInstantField()
    failed = models.BooleanField(default=False)
    file = models.CharField(max_length=100, default="")
    size = models.PositiveBigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
