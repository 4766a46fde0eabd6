"""Which donor a gift belongs to: the same name at the same address, and nobody else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from donors import consenting, matching
from donors.models import Consent, Donor
from tests import facts, threads
from tests.facts import NOW


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Grace   Kim ", "Grace Kim"),
        ("Grace\tKim\n", "Grace Kim"),
        ("Jose\u0301", "José"),
        ("\u1100\u1175\u11b7 철수", "김 철수"),
        ("Grace\u202eKim\u202c", "GraceKim"),
        ("Gr\u200bace \u200e Kim", "Grace Kim"),
        ("\u2066Grace\u2069", "Grace"),
        ("Grace\x00Kim", "GraceKim"),
        ("Grace\N{IDEOGRAPHIC SPACE}Kim", "Grace Kim"),
        ("\u200b\u200d", ""),
        ("O’Brien-Smith, Jr.", "O’Brien-Smith, Jr."),
    ],
)
def test_clean_name(typed: str, kept: str) -> None:
    assert matching.clean_name(typed) == kept


@given(some.text(max_size=60))
def test_a_clean_name_stays_clean(typed: str) -> None:
    name = matching.clean_name(typed)
    assert matching.clean_name(name) == name
    assert "  " not in name
    assert name == name.strip()
    assert not any(unicodedata.category(char) in {"Cc", "Cf"} for char in name)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Grace Kim", "grace  KIM", True),
        ("José García", "Jose Garcia", True),
        ("O’Brien", "O'Brien", True),
        ("김 철수", "김철수", True),
        ("김철수", "\u1100\u1175\u11b7철수", True),
        ("Grace Kim", "Kim Grace", False),
        ("김철수", "김철호", False),
        ("Grace Kim", "Grace Kimm", False),
        ("!!!", "???", False),
        ("Straße", "STRASSE", True),
    ],
)
def test_name_key(one: str, other: str, same: bool) -> None:
    assert (matching.name_key(one) == matching.name_key(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (" Grace@Example.org ", "grace@example.org", True),
        ("jose\u0301@example.org", "josé@example.org", True),
        ("grace@example.org", "grace@example.com", False),
        ("grace+a@example.org", "grace@example.org", False),
    ],
)
def test_email_key(one: str, other: str, same: bool) -> None:
    assert (matching.email_key(one) == matching.email_key(other)) is same


def match(name: str = "Grace Kim", email: str = "grace@example.org") -> object:
    return matching.match(name=name, email=email, language="en", now=NOW)


def test_the_same_person_is_the_same_donor_and_keeps_the_first_profile(db: None) -> None:
    first = match()
    assert match("GRACE  KIM", "Grace@Example.org") == first
    donor = Donor.objects.get()
    assert (donor.name, donor.email, donor.language) == ("Grace Kim", "grace@example.org", "en")
    assert str(donor) == "Grace Kim"


def test_another_name_at_the_same_address_is_another_donor(db: None) -> None:
    assert match() != match("Samuel Kim")
    sharing = matching.sharing_email(email=" GRACE@example.org")
    assert {donor.name for donor in sharing} == {"Grace Kim", "Samuel Kim"}


def test_without_an_address_nobody_is_taken_for_another(db: None) -> None:
    assert match(email="") != match(email="")
    assert matching.sharing_email(email="") == []


def test_a_gift_of_a_merged_donor_is_the_survivors(db: None) -> None:
    gone, survivor = match(), match("Samuel Kim")
    Donor.objects.filter(pk=str(gone)).update(merged_into=str(survivor))
    assert match() == survivor
    assert {donor.pk for donor in matching.sharing_email(email="grace@example.org")} == {survivor}


def test_names_too_long_are_cut(db: None) -> None:
    match("K" * 300)
    donor = Donor.objects.get()
    assert (len(donor.name), len(donor.name_key)) == (120, 200)


def test_the_same_person_from_eight_workers_is_one_donor(committed_db: None) -> None:
    found = threads.results(threads.at_once([match] * 8))
    assert len(set(found)) == 1
    assert Donor.objects.count() == 1


def test_the_match_of_a_worker_that_is_rolled_back_is_taken_over(committed_db: None) -> None:
    from threading import Event

    from django.db import transaction

    inserted = Event()

    def gives_up() -> None:
        with transaction.atomic():
            match()
            inserted.set()
            transaction.set_rollback(True)

    def waits() -> object:
        inserted.wait(20)
        return match()

    _, found = threads.results(threads.at_once([gives_up, waits]))
    assert Donor.objects.get().pk == found


def test_a_consent_is_kept_once_for_each_source(db: None) -> None:
    donor = facts.donor()
    for _ in range(2):
        consenting.record(donor_id=donor.pk, wording="w" * 400, source="checkout:1", answered_at=NOW)
    consenting.record(donor_id=donor.pk, wording="Yes", source="checkout:2", answered_at=NOW)
    assert [len(consent.wording) for consent in Consent.objects.order_by("id")] == [300, 3]
    assert str(Consent.objects.order_by("id")[0]) == "letter True"
