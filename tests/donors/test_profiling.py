"""A giver's own profile: what may change, for whom, and what is kept about it. And which mail they choose."""

from __future__ import annotations

import pytest
from django.db.models import Model

from donors import choosing, profiling
from donors.models import Consent, Donor, ProfileChange
from donors.profiling import UnableToProfile
from tests import facts
from tests.facts import NOW

GRACE = "grace@example.org"
pytestmark = pytest.mark.django_db


def change(donor: Donor, **changes: str | bool) -> list[str]:
    return profiling.change(donor_id=donor.pk, email_key=GRACE, changes=changes, now=NOW)


def test_names_in_two_scripts_address_and_phone_change_and_only_their_names_are_noted() -> None:
    donor = facts.donor()
    changed = change(
        donor,
        name="  Grace   Kim-Lee ",
        local_name="김은혜",
        address="1 Quay\n\n Portland ",
        phone="+1 (207) 555-0100",
    )
    assert changed == ["address", "local_name", "name", "phone"]
    donor.refresh_from_db()
    assert (donor.name, donor.local_name, donor.address) == ("Grace Kim-Lee", "김은혜", "1 Quay\nPortland")
    assert donor.name_key == "gracekimlee"
    [note] = ProfileChange.objects.all()
    assert (note.fields, note.changer) == (changed, "donor")


def test_the_same_again_is_no_change() -> None:
    donor = facts.donor()
    assert change(donor, name="Grace Kim") == []
    assert not ProfileChange.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": " \u200b "}, "name", "name"),
        ({"name": "x" * 121}, "name", "long"),
        ({"phone": "call me"}, "phone", "phone"),
        ({"receipt_rhythm": "hourly"}, "receipt_rhythm", "choice"),
        ({"language": "de"}, "language", "choice"),
    ],
)
def test_what_cannot_be_kept_is_told_by_field(changes: dict[str, str | bool], field: str, code: str) -> None:
    with pytest.raises(UnableToProfile) as refused:
        change(facts.donor(), **changes)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_name_that_has_a_record_with_this_address_is_never_joined() -> None:
    donor = facts.donor()
    facts.donor(name="Daniel Kim")
    with pytest.raises(UnableToProfile, match="exists"):
        change(donor, name="Daniel KIM")


def test_only_ones_own_and_only_who_stands() -> None:
    stranger = facts.donor(name="Ben", email="ben@example.org")
    merged = facts.donor(name="G Kim")
    Donor.objects.filter(pk=merged.pk).update(merged_into=facts.donor())
    for other in (stranger, merged):
        with pytest.raises(Donor.DoesNotExist):
            change(other, phone="1")


def test_what_is_no_field_of_a_profile_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError):
        change(facts.donor(), email="eve@example.org")


def test_a_language_is_kept_for_everybody_with_the_address() -> None:
    grace, daniel = facts.donor(), facts.donor(name="Daniel Kim")
    other = facts.donor(name="Ben", email="ben@example.org")
    assert profiling.language_of(donor=grace, otherwise="ko") == "ko", "nobody chose: as the gift was given"
    assert profiling.speak(email_key=GRACE, language="ko", now=NOW) == 2
    assert profiling.speak(email_key=GRACE, language="ko", now=NOW) == 0
    refresh(grace, daniel, other)
    assert [one.language for one in (grace, daniel, other)] == ["ko", "ko", "en"]
    assert profiling.language_of(donor=grace, otherwise="en") == "ko"
    with pytest.raises(UnableToProfile):
        profiling.speak(email_key=GRACE, language="xx", now=NOW)


def test_choosing_the_language_one_has_is_a_choice_too() -> None:
    grace = facts.donor()
    assert profiling.speak(email_key=GRACE, language="en", now=NOW) == 1
    assert profiling.language_of(donor=grace, otherwise="ko") == "en"


def refresh(*rows: Model) -> None:
    for row in rows:
        row.refresh_from_db()


# Mail choices

WORDS = dict.fromkeys(Consent.Kind.values, "Send me this.")


def choose(**wanted: bool) -> list[str]:
    return choosing.choose(email_key=GRACE, wanted=wanted, wordings=WORDS, now=NOW)


def test_each_answer_is_a_row_with_its_words_and_the_newest_counts() -> None:
    grace = facts.donor()
    before = choosing.standing(donor_ids=[grace.pk])
    # A list of one's own gifts comes until somebody says no; the rest must be asked for.
    assert {kind for kind, wanted in before.items() if wanted} == {"yearly_report"}
    assert choose(letter=True, tour=True, post=False) == ["letter", "tour"]
    assert choose(letter=False, tour=True) == ["letter"]
    standing = choosing.standing(donor_ids=[grace.pk])
    assert {kind for kind, wanted in standing.items() if wanted} == {"tour", "yearly_report"}
    told = Consent.objects.order_by("id").values_list("kind", "is_given", "wording")
    assert sorted(told[:2]) == [("letter", True, "Send me this."), ("tour", True, "Send me this.")]
    assert list(told[2:]) == [("letter", False, "Send me this.")]


def test_an_answer_holds_for_everybody_with_the_address_and_nobody_else() -> None:
    grace, daniel = facts.donor(), facts.donor(name="Daniel Kim")
    other = facts.donor(name="Ben", email="ben@example.org")
    choose(prayer=True)
    found = [choosing.standing(donor_ids=[one.pk])["prayer"] for one in (grace, daniel, other)]
    assert found == [True, True, False]


def test_a_kind_nobody_knows_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError):
        choose(spam=True)
