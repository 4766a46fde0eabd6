"""KR-13: no deed keeps a resident number, in whatever field it was typed; the pages say so in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from donations import benefiting, entering, restating
from donations.benefiting import Return
from donations.entering import Detail
from donations.models import Benefit, Correction, Donation
from donors import keeping, merging, moving, profiling, refusing
from donors.models import Donor, EmailChange, ProfileChange
from receipts import registering, voiding
from receipts.models import FigureConfirmation, Issuer
from staff.models import AuditEvent, Role, User
from tests import facts, making
from tests.donations import desk
from tests.facts import NOW

pytestmark = pytest.mark.django_db
NUMBER = "900101-1234567"


def held(field: str) -> dict[str, Any]:
    return {field: NUMBER}


def refused(deed: Callable[..., object], error: type[Exception], **told: Any) -> str:
    """The field the refusal names; what was typed stands in no message."""
    with pytest.raises(error) as caught:
        deed(**told)
    assert NUMBER not in str(caught.value)
    assert caught.value.code == "resident_number"  # type: ignore[attr-defined]
    return str(getattr(caught.value, "field", ""))


def test_a_giver_cannot_put_it_into_their_profile() -> None:
    donor = facts.donor()
    for field in profiling.TEXTS:
        told = refused(
            profiling.change,
            profiling.UnableToProfile,
            donor_id=donor.pk,
            email_key=donor.email_key,
            changes={field: NUMBER},
            now=NOW,
        )
        assert told == field
    assert not ProfileChange.objects.exists()


def test_a_giver_cannot_move_to_it() -> None:
    donor = facts.donor()
    told = {"email_key": donor.email_key, "donor_ids": [donor.pk], "card": None, "now": NOW}
    refused(moving.ask, moving.UnableToMove, new_email=f"{NUMBER}@example.org", **told)
    assert not EmailChange.objects.exists()


def test_it_is_entered_with_no_gift() -> None:
    gift = desk.thing()
    details = ("appraiser_name", "appraiser_address", "rate_source", "staff_note")
    typed = [(name, replace(gift, **held(name))) for name in ("description", "note", "last4", "source")]
    typed += [(name, replace(gift, detail=Detail(**held(name)))) for name in details]
    typed += [("returns", replace(gift, returns=[Return(f"Dinner for {NUMBER}")]))]
    for field, each in typed:
        told = {"gift": each, "actor": facts.staff_member(), "now": NOW}
        assert refused(entering.enter, entering.UnableToEnter, **told) == field
    assert not Donation.objects.exists()


def test_it_comes_into_no_correction_and_no_return() -> None:
    gift = facts.donation()
    by: dict[str, Any] = {"donation_id": gift.pk, "actor": facts.staff_member(), "now": NOW}
    for changes, reason in (({"description": NUMBER}, "Wrong"), ({"description": "Coats"}, NUMBER)):
        refused(restating.restate, restating.UnableToRestate, changes=changes, reason=reason, **by)
    refused(benefiting.add, benefiting.UnableToBenefit, given=Return(NUMBER), **by)
    assert not Correction.objects.exists()
    assert not Benefit.objects.exists()


def test_it_is_no_reason_to_merge_or_part() -> None:
    one, two = facts.donor(), facts.donor("Grace L Kim", "grace2@example.org")
    by: dict[str, Any] = {"actor": facts.staff_member(), "now": NOW}
    refused(merging.merge, merging.UnableToMerge, donor_id=one.pk, into_id=two.pk, reason=NUMBER, **by)
    merging.merge(donor_id=one.pk, into_id=two.pk, reason="The same", **by)
    refused(merging.unmerge, merging.UnableToMerge, donor_id=one.pk, reason=NUMBER, **by)


def test_it_stands_in_no_field_of_an_issuer() -> None:
    entity = facts.campaign().fund.entity
    Issuer.objects.get_or_create(entity=entity, defaults={"law": "US", "changed_at": NOW})
    issuer = Issuer.objects.select_related("entity").get(entity=entity)
    body = registering.body_of(issuer=issuer)
    by: dict[str, Any] = {"entity_id": entity.pk, "actor": facts.staff_member(), "now": NOW}
    for field in fields(body):
        if isinstance(getattr(body, field.name), str):
            wrong = replace(body, **held(field.name))
            assert refused(registering.change, registering.UnableToRegister, body=wrong, **by) == field.name
    told = {"figure": "us_thresholds", "year": 2026, "by": NUMBER, "on": NOW.date()}
    assert refused(registering.confirm, registering.UnableToRegister, **told, **by) == "by"
    assert not FigureConfirmation.objects.exists()


def test_a_receipt_is_not_voided_with_it() -> None:
    gift = facts.donation()
    receipt = making.receipt(of=gift, is_drawn=False, now=NOW)
    with pytest.raises(refusing.ResidentNumberRefused):
        voiding.void(receipt_id=receipt.pk, words=NUMBER, actor=facts.staff_member(), now=NOW)


def staff_browser() -> Client:
    client = Client()
    client.force_login(making.user(email="desk@example.org", role=Role.FINANCE, now=NOW))
    return client


def test_the_pages_of_the_office_say_so(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]
    gift, client = facts.donation(), staff_browser()
    donor = Donor.objects.get(pk=gift.donor_id)
    receipt = making.receipt(of=gift, is_drawn=False, now=NOW)
    pages = {
        reverse("office:donor_edit", args=[donor.pk]): {
            "donor_id": str(donor.pk), "kind": "person", "name": donor.name, "language": "en", "address": NUMBER,
        },
        reverse("office:benefit", args=[gift.pk]): {"description": NUMBER},
        reverse("office:receipt_void", args=[receipt.pk]): {"words": NUMBER, "then": "wait"},
    }  # fmt: skip
    for address, typed in pages.items():
        answer = client.post(address, typed)
        assert answer.status_code == 422, address
        assert "A resident number is never kept here." in answer.content.decode(), address
    assert not AuditEvent.objects.filter(details__icontains=NUMBER).exists()


def test_staff_still_enter_what_is_none() -> None:
    made = keeping.add(
        donor_id=facts.fresh_id(),
        profile={"kind": "person", "name": "Ann", "phone": "010-1234-5678"},
        actor=User.objects.get(pk=facts.staff_member().pk),
        now=NOW,
    )
    assert made.phone == "010-1234-5678"
