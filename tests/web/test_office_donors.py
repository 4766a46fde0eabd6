"""Donors in the office: found by what one remembers, corrected, merged, parted; issuers and what they register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from donors import keeping
from donors.models import Donor, DonorMerge, EmailChange, JointMember
from ledger.models import LegalEntity
from receipts.models import FigureConfirmation, Issuer, Obstacle, PriorTotal
from staff.models import AuditEvent, Role
from tests import facts
from tests.campaigns import making
from tests.donations import desk
from tests.web import filling

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(signed_in: Callable[[Role | None], Client]) -> Client:
    facts.campaign()
    return signed_in(Role.FINANCE)


def text(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def fields(answer: object) -> dict[str, str]:
    told = filling.fields(text(answer)).values
    told.pop("q", None)
    return told


def page(of: Donor, deed: str = "") -> str:
    return reverse(f"office:donor{deed}", args=[of.pk])


def known(name: str, email: str = "", **profile: str) -> Donor:
    return keeping.add(
        donor_id=facts.fresh_id(),
        profile={"kind": "person", "name": name, "email": email, **profile},
        actor=facts.staff_member(),
        now=facts.NOW,
    )


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("kim gra", {"Grace Kim"}),
        ("김은", {"Grace Kim"}),
        ("GRACE@ex", {"Grace Kim"}),
        ("04101", {"Grace Kim"}),
        ("sw1a", {"Daniel Park"}),
        ("Lighthouse", {"Lighthouse Charitable"}),
        ("%", set()),
        ("' OR 1=1 --", set()),
        ("", {"Grace Kim", "Daniel Park", "Lighthouse Charitable"}),
    ],
)
def test_a_donor_is_found_by_what_one_remembers(finance: Client, search: str, found: set[str]) -> None:
    known("Grace Kim", "grace@example.org", local_name="김은혜", postcode="04101")
    known("Daniel Park", "daniel@example.org", postcode="SW1A 1AA")
    desk.organization()
    answer = finance.get(reverse("office:donors"), {"q": search})
    assert answer.status_code == 200
    assert {donor.name for donor, _ in answer.context["rows"]} == found
    assert answer.context["count"] == len(found)


def test_filters_and_totals(finance: Client) -> None:
    grace = known("Grace Kim", "grace@example.org")
    gone = known("G. Kim")
    Donor.objects.filter(pk=gone.pk).update(merged_into=grace)
    for donor in (grace, gone):
        desk.enter(desk.check(donor_id=donor.pk)) if donor == grace else facts.donation(donor_id=donor.pk)
    there = reverse("office:donors")
    answer = finance.get(there)
    [(shown, [given])] = answer.context["rows"]
    assert (shown, given.count, given.sum.minor) == (grace, 2, 35_000)
    assert {donor for donor, _ in finance.get(there, {"state": "merged"}).context["rows"]} == {gone}
    for state, field in [("deceased", "died_on"), ("email_failed", "email_failed_at")]:
        Donor.objects.filter(pk=grace.pk).update(**{field: facts.NOW})
        assert finance.get(there, {"state": state}).context["count"] == 1
    assert finance.get(there, {"state": "unreachable", "kind": "organization"}).context["count"] == 0
    assert finance.get(there, {"rhythm": "annual"}).context["count"] == 0
    assert finance.get(there, {"state": "nonsense"}).status_code == 400
    assert finance.get(there, {"after": "nonsense"}).status_code == 404


def test_fifty_at_a_time(finance: Client, django_assert_max_num_queries: Callable[[int], object]) -> None:
    for number in range(52):
        known(f"Giver {number}")
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        answer = finance.get(reverse("office:donors"))
    assert len(answer.context["rows"]) == 50
    assert len(finance.get(reverse("office:donors") + f"?{answer.context['older']}").context["rows"]) == 2


def test_the_page_of_a_donor_tells_everything(
    finance: Client, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    grace = known("Grace Kim", "grace@example.org", phone="1", business_number="", last_name="Kim")
    gift = desk.enter(desk.check(donor_id=grace.pk))
    facts.donation(donor_id=grace.pk)
    facts.plan(donor=grace)
    facts.message(donor=grace)
    Obstacle.objects.create(
        donation=gift, code="no_address", words="No address.", noticed_at=facts.NOW, try_after=facts.NOW
    )
    with django_assert_max_num_queries(38):  # type: ignore[attr-defined]
        told = text(finance.get(page(grace)))
    for words in ("grace@example.org", "No address.", "$250.00", "Regular gifts", "Mails", "$350.00"):
        assert words in told
    assert AuditEvent.objects.filter(action="read donor", target=f"donor:{grace.pk}").count() == 1
    shown = text(finance.get(reverse("office:donation", args=[gift.pk])))
    assert page(grace, "_edit") in shown


@pytest.mark.parametrize(
    ("code", "there"),
    [("year_unsettled", "issuer"), ("fmv_unknown", "benefit"), ("US-17", "correct")],
)
def test_an_obstacle_leads_to_where_it_is_mended(finance: Client, code: str, there: str) -> None:
    gift = desk.enter(desk.check())
    Obstacle.objects.create(
        donation=gift, code=code, words="Wait.", noticed_at=facts.NOW, try_after=facts.NOW
    )
    told = text(finance.get(reverse("office:donation", args=[gift.pk])))
    assert reverse(f"office:{there}", args=[gift.entity_id if there == "issuer" else gift.pk]) in told


def test_a_donor_is_entered_once_and_corrected(finance: Client) -> None:
    form = fields(finance.get(reverse("office:donor_new") + "?name=Grace"))
    assert form["name"] == "Grace"
    typed = form | {"name": "Grace Kim", "email": "grace@example.org", "country": "us", "wants_post": "on"}
    for _ in range(2):
        assert finance.post(reverse("office:donor_new"), typed).status_code == 302
    grace = Donor.objects.get()
    assert (grace.country, grace.wants_post) == ("US", True)
    edit = page(grace, "_edit")
    typed = fields(finance.get(edit)) | {"receipt_rhythm": "annual", "do_not_contact": "on"}
    assert finance.post(edit, typed).status_code == 302
    grace.refresh_from_db()
    assert (grace.receipt_rhythm, grace.do_not_contact) == ("annual", True)


WRONG = [
    ({"name": ""}, "This field is required."),
    ({"name": "\u200b"}, "Nothing readable is left"),
    ({"name": "x" * 121}, "at most 120 characters"),
    ({"email": "nobody"}, "Enter a valid email address."),
    ({"name": "Other", "email": "other@example.org"}, "There is a donor with this e-mail and name already."),
    ({"country": "USA"}, "at most 2 characters"),
    ({"business_number": "12-34"}, "Only an organization has one."),
    ({"business_number": "abc"}, "Enter a valid value."),
    ({"kind": "joint"}, "Select a valid choice"),
    ({"language": "xx"}, "Select a valid choice"),
    ({"receipt_rhythm": "weekly"}, "Select a valid choice"),
    ({"address": "x" * 601}, "at most 600 characters"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_a_profile_that_cannot_be(finance: Client, changes: dict[str, str], words: str) -> None:
    known("Other", "other@example.org")
    grace = known("Grace Kim", "grace@example.org")
    typed = fields(finance.get(page(grace, "_edit"))) | {"phone": "Kept", **changes}
    answer = finance.post(page(grace, "_edit"), typed)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "Kept" in text(answer)
    if "kind" not in changes:
        fresh = fields(finance.get(reverse("office:donor_new")))
        assert finance.post(reverse("office:donor_new"), fresh | {"name": "N", **changes}).status_code == 422


def test_somebody_has_died(finance: Client, today: datetime) -> None:
    grace, there = known("Grace Kim"), None
    there = page(grace, "_died")
    assert finance.post(there, {"on": "2020-01-01"}).status_code == 422
    assert (
        finance.post(there, {"sure": "yes", "on": str(today.date() + timedelta(days=2))}).status_code == 422
    )
    assert finance.post(there, {"sure": "yes", "on": "2020-01-01"}).status_code == 302
    assert "1 January 2020" in text(finance.get(page(grace)))


def test_d23_two_records_are_merged_and_parted_in_the_office(finance: Client) -> None:
    grace, other = known("Grace Kim", "grace@example.org"), known("Grace Kim", "gk@example.org")
    facts.donation(donor_id=other.pk)
    choose = page(other, "_merge")
    assert f"?with={grace.pk}" in text(finance.get(choose))
    assert "Nobody fits" in text(finance.get(choose + "?q=Zacharias"))
    assert f"?with={grace.pk}" in text(finance.get(choose + "?q=grace"))
    side = f"{choose}?with={grace.pk}"
    form = fields(finance.get(side))
    assert form["keep"] == str(grace.pk)
    assert finance.post(side, {**form, "reason": ""}).status_code == 422
    assert finance.post(side, {**form, "reason": "Moved house"}).status_code == 302
    assert Donor.objects.get(pk=other.pk).merged_into == grace
    told = text(finance.get(page(grace)))
    assert "Moved house" in told
    assert "$100.00" in told
    assert "stands for this record now" in text(finance.get(page(other)))
    assert finance.get(side).status_code == 404
    assert finance.post(page(other, "_unmerge"), {"reason": "Two people"}).status_code == 302
    assert finance.post(page(other, "_unmerge")).status_code == 422
    assert DonorMerge.objects.count() == 2


def test_what_cannot_be_merged_is_said_before_and_after(finance: Client) -> None:
    grace, house = known("Grace Kim"), desk.organization()
    side = f"{page(grace, '_merge')}?with={house.pk}"
    assert "Correct the kind first." in text(finance.get(side))
    answer = finance.post(side, {"keep": str(grace.pk), "reason": "x"})
    assert answer.status_code == 422
    assert "Correct the kind first." in text(answer)
    assert finance.get(f"{page(grace, '_merge')}?with=nonsense").status_code == 200


def test_d24_two_give_together_and_part(finance: Client) -> None:
    grace, daniel = known("Grace Kim"), known("Daniel Kim")
    there = page(grace, "_joint")
    form = fields(finance.get(there)) | {"partner": "daniel", "name": "Grace and Daniel Kim"}
    assert finance.post(there, {**form, "partner": "grace"}).status_code == 422
    assert finance.post(there, {**form, "name": ""}).status_code == 422
    house = desk.organization()
    assert "Only people give together." in text(finance.post(there, {**form, "partner": house.name}))
    for _ in range(2):
        assert finance.post(there, form).status_code == 302
    joint = Donor.objects.get(kind="joint")
    assert {row.member for row in joint.members.all()} == {grace, daniel}
    assert "Grace and Daniel Kim" in text(finance.get(page(daniel)))
    edit = fields(finance.get(page(joint, "_edit")))
    assert edit["kind"] == "joint"
    assert finance.post(page(joint, "_edit"), edit | {"phone": "1"}).status_code == 302
    assert finance.post(page(joint, "_part")).status_code == 422
    assert finance.post(page(grace, "_part"), {"sure": "yes"}).status_code == 422
    assert finance.post(page(joint, "_part"), {"sure": "yes"}).status_code == 302
    assert JointMember.objects.filter(left_at__isnull=False).count() == 2
    assert "These two have parted" in text(finance.get(page(joint)))
    assert not EmailChange.objects.exists()


def issuer_of(entity: LegalEntity) -> Issuer:
    made, _ = Issuer.objects.get_or_create(entity=entity, defaults={"law": "US", "changed_at": facts.NOW})
    return made


def test_an_issuer_is_registered_and_changed(finance: Client) -> None:
    new = reverse("office:issuer_new")
    form = fields(finance.get(f"{new}?law=KR")) | {
        "code": "kr", "legal_name": "하버선교회", "address": "서울", "registration": "123-45-67890",
        "signatory": "김대표", "email": "k@example.org", "zone": "Asia/Seoul", "prefix": "K", "gift_code": "41",
    }  # fmt: skip
    for wrong in (
        {"code": "!"}, {"zone": "Mars/Base"}, {"email": "x"}, {"prefix": "k1"}, {"legal_name": " "},
        {"gift_code": "99"}, {"base_currency": "XXX"}, {"code": making.entity().code},
    ):  # fmt: skip
        answer = finance.post(f"{new}?law=KR", form | wrong)
        assert answer.status_code == 422, wrong
        assert "123-45-67890" in text(answer)
    assert finance.post(f"{new}?law=KR", form).status_code == 302
    made = Issuer.objects.get(entity__code="KR")
    assert (made.law, made.gift_code, made.prefix, made.entity.country) == ("KR", "41", "K", "KR")
    there = reverse("office:issuer", args=[made.entity_id])
    form = fields(finance.get(there))
    assert "facsimile_conditions" not in form
    assert finance.post(there, form | {"signatory": "이대표"}).status_code == 302
    assert finance.post(there, form | {"signatory": "이대표"}).status_code == 302
    told = text(finance.get(there))
    assert "김대표 → 이대표" in told
    assert AuditEvent.objects.filter(action="issuer.changed").count() == 1
    second = fields(finance.get(f"{new}?law=US")) | form | {"code": "US2", "zone": "America/New_York"}
    assert "Another organization has this already." in text(finance.post(f"{new}?law=US", second))
    assert text(finance.get(reverse("office:issuers"))).count("data-row") >= 1


def test_what_receipts_stand_on_stays(finance: Client) -> None:
    facts.donation()
    facts.paperwork()
    entity = making.entity()
    there = reverse("office:issuer", args=[issuer_of(entity).entity_id])
    form = fields(finance.get(there))
    answer = finance.post(there, form | {"zone": "Asia/Seoul"})
    assert answer.status_code == 422
    assert "receipts have been issued under it" in text(answer)
    assert finance.post(there, form | {"prefix": "HM", "default_rhythm": "annual"}).status_code == 302


def test_totals_before_us_and_confirmed_figures(finance: Client, today: datetime) -> None:
    issuer = issuer_of(making.entity())
    prior = reverse("office:issuer_prior", args=[issuer.entity_id])
    for typed in (
        {"year": "2025", "amount": "x"},
        {"year": "1900", "amount": "1"},
        {"year": "2190", "amount": "1"},
    ):
        assert finance.post(prior, typed).status_code == 422
    for amount in ("310,000.00", "310,000.00", "320,000.00"):
        assert finance.post(prior, {"year": "2025", "amount": amount}).status_code == 302
    assert PriorTotal.objects.get().total_minor == 32_000_000
    assert AuditEvent.objects.filter(action="issuer.prior_total").count() == 2
    confirm = reverse("office:issuer_confirm", args=[issuer.entity_id])
    good = {"figure": "us_low_cost", "year": "2025", "by": "Ben Counts, CPA", "on": str(today.date())}
    for wrong in (
        {"figure": "canada"}, {"year": "1991"}, {"by": " "}, {"on": str(today.date() + timedelta(days=2))},
    ):  # fmt: skip
        assert finance.post(confirm, good | wrong).status_code == 422, wrong
    for _ in range(2):
        assert finance.post(confirm, good).status_code == 302
    assert FigureConfirmation.objects.get().confirmed_by == "Ben Counts, CPA"
    assert "Ben Counts, CPA" in text(finance.get(reverse("office:issuer", args=[issuer.entity_id])))


@pytest.mark.parametrize("law", ["US", "CA", "KR", "UK", "AU"])
def test_a_receipt_of_every_law_can_be_looked_at(finance: Client, law: str) -> None:
    issuer = issuer_of(making.entity())
    Issuer.objects.filter(pk=issuer.pk).update(law=law, place="Seoul", gift_code="41" if law == "KR" else "")
    there = reverse("office:issuer_preview", args=[issuer.entity_id])
    for language in ("en", "ko"):
        answer = finance.get(there, {"language": language})
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF-")
    LegalEntity.objects.filter(pk=issuer.entity_id).update(legal_name="\U00013000")
    assert finance.get(there).status_code == 404
