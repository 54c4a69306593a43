"""What a person says of a file: which it is, how it is written, and what its columns mean."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from expenses.imports.columns import Mapping, mapping_said
from expenses.imports.encodings import ENCODINGS
from expenses.imports.files import File

ROLES: Final = [
    ("", _("ignore")), ("date", _("date")), ("amount", _("amount")), ("income", _("money that came")),
    ("share", _("balance of mine, as Splitwise has it")), ("currency", _("currency of the amount")),
    ("type", _("type")), ("notes", _("notes")), ("tags", _("tags")), ("report", _("report")),
    ("raw_amount", _("raw amount")), ("unit", _("unit of the raw amount")), ("rate", _("rate")),
    ("sourceid", _("the sender's number")), ("status", _("status")),
]  # fmt: skip
SEPARATORS: Final = [(",", _("comma")), (";", _("semicolon")), ("\t", _("tab")), ("|", _("bar"))]
STYLES: Final = [("ymd", "2010-08-31"), ("dmy", "31.08.2010"), ("mdy", "08/31/2010")]
MARKS: Final = [(".", "12.50"), (",", "12,50")]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"), error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")}
    )


class MappingForm(forms.Form):
    """A field for each column, and those for what they have in common."""

    encoding = forms.ChoiceField(label=_("Encoding"))
    separator = forms.ChoiceField(label=_("Between columns"), choices=SEPARATORS)
    date_style = forms.ChoiceField(label=_("Days are written like"), choices=STYLES)
    decimal_mark = forms.ChoiceField(label=_("Amounts are written like"), choices=MARKS)
    other_type = forms.CharField(label=_("Type of rows that name none"), max_length=200, required=False)
    flip = forms.BooleanField(label=_("Below zero is money spent, as banks write it"), required=False)

    def __init__(self, data: Any = None, *, file: File, mapping: Mapping) -> None:
        common = {**mapping._asdict(), "encoding": file.encoding, "separator": file.table.separator}
        roles = {f"role{index}": role for index, role in enumerate(mapping.roles)}
        super().__init__(data, initial=common | roles)
        known = [*dict.fromkeys([file.encoding, *ENCODINGS])]
        self.fields["encoding"] = forms.ChoiceField(label=_("Encoding"), choices=[(name, name) for name in known])
        for index, name in enumerate(file.table.header):
            label = name or gettext("Column %(n)d") % {"n": index + 1}
            self.fields[f"role{index}"] = forms.ChoiceField(label=label, choices=ROLES, required=False)
        if not file.table.separator:
            del self.fields["separator"]
        self.file = file

    @property
    def common(self) -> list[forms.BoundField]:
        return [self[name] for name in ("encoding", "separator", "date_style", "decimal_mark") if name in self.fields]

    @property
    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Return the field of each column, and what stands in its first rows."""
        first = [record.cells for record in self.file.table.records[:3]]
        return [
            (self[f"role{index}"], [cells[index][:30] for cells in first if index < len(cells)])
            for index in range(len(self.file.table.header))
        ]

    def said(self) -> dict[str, Any]:
        """Return what is to be kept of what was said: a file that is read in another way has other columns."""
        given = self.cleaned_data
        how = {"encoding": given["encoding"], "separator": given.get("separator", ""), "ticks": {}}
        if (how["encoding"], how["separator"]) != (self.file.encoding, self.file.table.separator):
            return {**how, "mapping": None}
        width = len(self.file.table.header)
        mapping = mapping_said(
            roles=[given[f"role{index}"] for index in range(width)], width=width,
            date_style=given["date_style"], decimal_mark=given["decimal_mark"],
            flip=given["flip"], other_type=given["other_type"],
        )  # fmt: skip
        return {**how, "mapping": mapping._asdict()}
