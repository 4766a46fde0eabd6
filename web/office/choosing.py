"""Choosing a giver on a form: by name, e-mail or postcode as it is typed, and among those who fit; no script needed."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from donors.models import Donor
from reports import knowing
from reports.knowing import Given


class Chosen:
    """One place on a form where a giver is chosen: what was typed, who fits, who was picked."""

    def __init__(self, form: forms.Form, name: str) -> None:
        self.form, self.name = form, name
        self.found: list[tuple[Donor, list[Given]]] = []
        self.donor: Donor | None = None

    @property
    def typed(self) -> str:
        return str(self.form[self.name].value() or "")

    @property
    def errors(self) -> list[str]:
        return [str(error) for error in self.form.errors.get(self.name, [])]

    @property
    def label(self) -> str:
        return str(self.form.fields[self.name].label)

    @property
    def help_text(self) -> str:
        return str(self.form.fields[self.name].help_text)


class ChoosingForm(forms.Form):
    """A form on which people are chosen. `PEOPLE` names those fields; each gets an id that was picked, and for what."""

    PEOPLE: tuple[str, ...] = ()

    def __init__(
        self,
        typed: Any = None,
        *,
        initial: Mapping[str, Any] | None = None,
        more: Mapping[str, forms.Field] | None = None,
    ) -> None:
        super().__init__(typed, initial=dict(initial or {}))
        self.fields.update(more or {})
        self.chosen = {name: Chosen(self, name) for name in self.PEOPLE if name in self.fields}
        for name in self.chosen:
            self.fields[f"{name}_id"] = forms.UUIDField(required=False, widget=forms.HiddenInput)
            self.fields[f"{name}_for"] = forms.CharField(
                required=False, widget=forms.HiddenInput, max_length=200
            )

    def offer(self, name: str, donor: Donor) -> None:
        """This function will pick a donor beforehand on a form nobody has filled in yet."""
        place = self.chosen[name]
        place.donor, place.found = donor, _with_gifts([donor])
        self.initial = {**self.initial, name: donor.name, f"{name}_id": donor.pk, f"{name}_for": donor.name}

    def choose(self, name: str) -> Donor | None:
        """This function will return who is meant, or None after noting at the field that it is not clear."""
        place, typed = self.chosen[name], str(self.cleaned_data.get(name) or "").strip()
        picked: uuid.UUID | None = self.cleaned_data.get(f"{name}_id")
        if picked is not None and self.cleaned_data.get(f"{name}_for", "").strip() == typed:
            place.donor = Donor.objects.filter(pk=picked, merged_into__isnull=True).first()
            if place.donor is not None:
                place.found = _with_gifts([place.donor])
                return place.donor
        if not typed:
            if self.fields[name].required and name not in self.errors:
                self.add_error(name, _("Write a name, an e-mail or a postcode."))
            return None
        found = knowing.named(search=typed)
        place.found = _with_gifts(found)
        if len(found) == 1:
            place.donor = found[0]
            return found[0]
        self.add_error(
            name, _("Several fit: choose one below.") if found else _("Nobody fits. Enter them first.")
        )
        return None


def _with_gifts(found: list[Donor]) -> list[tuple[Donor, list[Given]]]:
    """People with what they gave, so that the right one is recognized (B04)."""
    given = knowing.given(donor_ids=[donor.pk for donor in found])
    return [(donor, given.get(donor.pk, [])) for donor in found]
