"""What a person fills in. What may be said is for the services to judge."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access.scopes import SCOPES
from reports.selectors import ReportRow

OAUTH2: Final = "2"
OAUTH2_SERVER: Final = "2s"
OAUTH1: Final = "1a"
LEGACY: Final = "1"
_ENDS: Final = {"30": _("in 30 days"), "90": _("in 90 days"), "365": _("in a year"), "": _("never")}


class NameForm(forms.Form):
    """The name of a report, a type or a category, as it was typed; what can be none is told by the service."""

    name = forms.CharField(
        label=_("Name"), required=False, strip=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class TokenForm(forms.Form):
    """A personal token. ``reports``: those that it may be kept to."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("What it is for: a device, a program. You know it by this later."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        max_length=100,
    )
    scopes = forms.MultipleChoiceField(
        label=pgettext_lazy("permission", "May"),
        choices=lambda: [(scope, gettext(words)) for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=["expenses:read", "expenses:write"],
        required=False,
    )
    add_only = forms.BooleanField(
        label=_("Only add expenses, whatever is chosen above"),
        help_text=_("For a form on an intranet or a device in a shop: nobody who finds the token sees anything."),
        required=False,
    )
    report = forms.ChoiceField(
        label=_("Only to report"),
        help_text=_("Goes with a token that may only add; it ends with the report."),
        required=False,
    )
    ends = forms.ChoiceField(label=_("Ends"), choices=list(_ENDS.items()), initial="365", required=False)
    once = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *arguments: Any, reports: list[ReportRow], **choices: Any) -> None:
        super().__init__(*arguments, **choices)
        names = [(str(report.id), report.name) for report in reports]
        self.fields["report"] = forms.ChoiceField(
            label=self.fields["report"].label, help_text=self.fields["report"].help_text, required=False,
            choices=[("", _("any report")), *names],
        )  # fmt: skip

    @property
    def scopes_chosen(self) -> frozenset[str]:
        """Return what the token may do: adding takes one scope, and whoever asks for that only need not know which."""
        return frozenset(["expenses:write"] if self.cleaned_data["add_only"] else self.cleaned_data["scopes"])

    @property
    def report_id(self) -> int | None:
        return int(self.cleaned_data["report"]) if self.cleaned_data["report"] else None

    @property
    def life(self) -> timedelta | None:
        return timedelta(days=int(self.cleaned_data["ends"])) if self.cleaned_data["ends"] else None


class ProgramForm(forms.Form):
    """A program that is to be registered."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("People see it when they are asked for access."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        max_length=100,
    )
    kind = forms.ChoiceField(
        label=_("Signs with"),
        choices=[
            (OAUTH2, _("OAuth 2.0, on people's own devices")),
            (OAUTH2_SERVER, _("OAuth 2.0, on a server, with a secret")),
            (OAUTH1, _("OAuth 1.0a")),
            (LEGACY, _("OAuth 1.0, for programs from before 2009")),
        ],
        initial=OAUTH2,
        help_text=_(
            "OAuth 1.0 from before 2009 can't tell whether who started it is who gets the access: "
            "choose it only for a program that knows nothing newer."
        ),
    )
    callback = forms.CharField(
        label=_("Callback address"),
        help_text=_(
            "Where people come back to. OAuth 2.0: up to ten, blanks between them. "
            "OAuth 1.0: one, or none to show a code."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        required=False,
    )
    rsa_key = forms.CharField(
        label=_("RSA public key"),
        help_text=_("Only for OAuth 1.0 with RSA-SHA1 or RSA-SHA256; in PEM. Others leave it empty."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        required=False,
    )
    once = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def is_oauth2(self) -> bool:
        return self.cleaned_data["kind"] in {OAUTH2, OAUTH2_SERVER}

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("rsa_key") and self.cleaned_data.get("kind") in {OAUTH2, OAUTH2_SERVER}:
            self.add_error("rsa_key", gettext("OAuth 2.0 signs with no key: leave it empty, or choose OAuth 1.0a."))
        return self.cleaned_data
