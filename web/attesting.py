"""Attesting: the forms of a Gift Aid declaration, for donors on their own page and for staff, and words for errors."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from donors import matching
from ledger.models import LegalEntity
from receipts import declaring
from receipts.declaring import Said, UnableToDeclare
from receipts.rules import claiming, statements
from receipts.rules.declarations import Form, Scope

CHOICES = [(scope.value, declaring.SCOPES[scope]) for scope in (Scope.PRESENT, Scope.PAST, Scope.FUTURE)]


class DeclareForm(forms.Form):
    """What HMRC's model declaration asks: the name, the home address, which donations, and the wish itself."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=claiming.LONGEST_TITLE,
        help_text=gettext_lazy("Up to 4 letters, or nothing."),
        widget=forms.TextInput(attrs={"autocomplete": "honorific-prefix"}),
    )
    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        max_length=claiming.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"),
        max_length=claiming.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    house = forms.CharField(label=gettext_lazy("House name or number"), max_length=40)
    street = forms.CharField(
        label=gettext_lazy("Street and town"),
        max_length=300,
        help_text=gettext_lazy("Your home address, not one at work."),
    )
    postcode = forms.CharField(
        label=gettext_lazy("Postcode"),
        max_length=10,
        help_text=gettext_lazy("Write X if your home is outside the United Kingdom."),
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Which donations?"), choices=CHOICES, widget=forms.CheckboxSelectMultiple
    )
    wants_gift_aid = forms.BooleanField(
        label=gettext_lazy("Yes, I want Gift Aid, and what stands above is true."), required=False
    )
    declaration_id = forms.UUIDField(widget=forms.HiddenInput)

    def said(self, *, form: Form) -> Said:
        """This function will return what was declared, its texts cleaned as names are."""
        typed = self.cleaned_data
        return Said(
            **{
                field: matching.clean_name(typed[field])
                for field in ("title", "first_name", "last_name", "house", "street", "postcode")
            },
            scopes=frozenset(Scope(scope) for scope in typed["scopes"]),
            wants_gift_aid=typed["wants_gift_aid"],
            form=form,
        )

    def refuse(self, error: UnableToDeclare) -> None:
        """This function will put the words of each reason beside the field it is about."""
        for code in error.codes:
            self.add_error(code if code in self.fields else None, words(code))


class StaffForm(DeclareForm):
    """The same, entered by staff: for which charity, on which day, in writing or aloud."""

    form = forms.ChoiceField(
        label=gettext_lazy("How was it declared?"),
        choices=[
            (Form.WRITTEN.value, gettext_lazy("In writing")),
            (Form.ORAL.value, gettext_lazy("Aloud; its written record still has to go out")),
        ],
    )
    on = forms.DateField(
        label=gettext_lazy("Declared on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    entity = forms.ModelChoiceField(label=gettext_lazy("Charity"), queryset=LegalEntity.objects.none())

    def __init__(self, *given: Any, bodies: Sequence[LegalEntity], **named: Any) -> None:
        super().__init__(*given, **named)
        known = LegalEntity.objects.filter(pk__in=[body.pk for body in bodies]).order_by("id")
        self.fields["entity"].queryset = known  # type: ignore[attr-defined]


def fresh() -> DeclareForm:
    """This function will return an empty form for a donor, with an id of its own and every donation chosen."""
    return DeclareForm(
        initial={
            "declaration_id": uuid.uuid4(),
            "scopes": [scope.value for scope in (Scope.PRESENT, Scope.FUTURE)],
        }
    )


def sentences(*, entity: LegalEntity | None) -> list[str]:
    """The sentences a donor must have read, in their newest version: the law's own, then a translation.

    This function will return the paragraphs.
    """
    charity = entity.legal_name if entity else _("the charity")
    return [
        *statements.paragraphs(
            statements=[
                statements.newest(declaring.TAXPAYER),
                statements.newest(declaring.NOTIFY, charity=charity),
            ],
            language=(get_language() or "en")[:2],
        )
    ]


def words(code: str) -> str:
    """This function will return what to say about a declaration that was not kept."""
    told = {
        "title": _("A title has at most 4 letters"),
        "first_name": _("Write your first name, up to 35 letters"),
        "last_name": _("Write your last name, up to 35 letters"),
        "house": _("Write the name or number of your own house, not an address at work or care of somebody"),
        "postcode": _("Write a postcode like LS1 4AP, or X for a home outside the United Kingdom"),
        "scopes": _("Choose which donations it covers"),
        "wants_gift_aid": _("Tick that you want Gift Aid"),
        "resident_number": _(
            "Leave out the resident number (주민등록번호): we must not keep it, and do not need it here"
        ),
        "not_uk": _("This charity does not claim Gift Aid."),
        "not_a_person": _("Only people can declare Gift Aid."),
        "no_email": _("There is no email address: post the record and note the day."),
        "day": _("The day does not fit the declaration."),
        "step": _("The declaration is not at that step any more."),
        "incomplete": _("A part of the declaration is missing."),
    }
    return told[code]
