"""A transfer code: neutral, one for each form, mailed to few, never a way to write to strangers in bulk (F42)."""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from campaigns.models import Campaign, GivingPage, WayToGive
from donations import guarding, promising
from donations.models import TransferPromise
from donors.models import Donor, Message
from ledger.money import Money
from tests import facts, threads
from tests.campaigns import making
from tests.facts import NOW


def asked(**changes: Any) -> promising.Asked:
    campaign = facts.campaign()
    WayToGive.objects.get_or_create(
        entity=making.entity(), kind="bank_transfer", currency="USD", defaults={"position": 1}
    )
    page = GivingPage.objects.select_related("campaign__fund", "entity").get(campaign=campaign)
    values: dict[str, Any] = {
        "page": page,
        "currency": "USD",
        "amount": None,
        "donor_name": "",
        "email": "",
        "language": "en",
        "source": "",
        **changes,
    }
    return promising.Asked(**values)


def promise(*, promise_id: uuid.UUID | None = None, **changes: Any) -> promising.Promised:
    return promising.promise(promise_id=promise_id or uuid.uuid4(), asked=asked(**changes), now=NOW)


@pytest.mark.django_db
def test_a_code_is_neutral_and_needs_nothing() -> None:
    made = promise()
    assert re.fullmatch(r"RSC-\d{6}", made.promise.code)
    assert not made.is_mailed
    assert Message.objects.count() == Donor.objects.count() == 0
    assert len({promise().promise.code for _ in range(20)}) == 20


@pytest.mark.django_db
@pytest.mark.parametrize(("fund", "prefix"), [("GE", "GEX"), ("TOUR", "TOU"), ("A1", "A1X")])
def test_every_fund_has_three_neutral_letters(fund: str, prefix: str) -> None:
    facts.campaign()
    Campaign.objects.get().fund.__class__.objects.filter(code="RSC").update(code=fund)
    assert promise().promise.code.startswith(f"{prefix}-")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Write only this code"), ("ko", "이 코드만 적어 주십시오")]
)
def test_the_mail_holds_the_code_and_nothing_that_was_typed(language: str, words: str) -> None:
    made = promise(
        email="grace@example.org",
        donor_name="Visit evil.example now",
        amount=Money(250_00, "USD"),
        language=language,
        source="card",
    )
    assert made.is_mailed
    sent = Message.objects.get()
    assert (sent.kind, sent.to_email, sent.language) == ("transfer_code", "grace@example.org", language)
    assert sent.cause == f"transfer:{made.promise.pk}"
    assert made.promise.code in sent.subject
    assert words in sent.text
    assert made.promise.code in sent.text
    assert "$250.00" in sent.text
    assert f"/{language}/transfer/{made.promise.pk}/" in sent.text
    assert "evil" not in sent.text + sent.subject
    assert "Title" not in sent.text  # the campaign's name


@pytest.mark.django_db
def test_one_form_is_one_code_and_one_mail() -> None:
    form = uuid.uuid4()
    first = promise(promise_id=form, email="grace@example.org")
    again = promise(promise_id=form, email="other@example.org")
    assert again.promise.code == first.promise.code
    assert again.is_mailed
    assert Message.objects.count() == TransferPromise.objects.count() == 1


def test_two_presses_at_once_are_one_code(committed_db: None) -> None:
    wish = asked(email="grace@example.org")
    form = uuid.uuid4()
    deed = partial(promising.promise, promise_id=form, asked=wish, now=NOW)
    made = threads.results(threads.at_once([deed] * 4))
    assert len({one.promise.code for one in made}) == 1
    assert Message.objects.count() == TransferPromise.objects.count() == 1


@pytest.mark.django_db
def test_a_number_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter([7, 7, 7, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda below: next(numbers))
    assert promise().promise.code == "RSC-000007"
    assert promise(email="grace@example.org").promise.code == "RSC-000008"
    assert Message.objects.count() == 1
    monkeypatch.setattr(secrets, "randbelow", lambda below: 7)
    with pytest.raises(promising.UnableToPromise, match="no_number"):
        promise()


@pytest.mark.django_db
def test_no_code_without_an_account_to_pay_to() -> None:
    wish = asked()
    changes: list[dict[str, Any]] = [{"is_shown": False}, {"is_shown": True, "currency": "KRW"}]
    for change in changes:
        WayToGive.objects.update(**change)
        with pytest.raises(promising.UnableToPromise, match="no_account"):
            promising.promise(promise_id=uuid.uuid4(), asked=wish, now=NOW)
    WayToGive.objects.update(currency="USD")
    Campaign.objects.update(status="paused")
    with pytest.raises(promising.UnableToPromise, match="page_closed"):
        promising.promise(promise_id=uuid.uuid4(), asked=wish, now=NOW)
    assert not TransferPromise.objects.exists()


@pytest.mark.django_db
def test_it_is_no_mail_cannon() -> None:
    """One address gets two letters a day, everybody together sixty an hour; the codes themselves still come."""
    made = [promise(email="one@example.org") for _ in range(5)]
    assert [one.is_mailed for one in made] == [True, True, False, False, False]
    assert not promise(email="ONE@example.org").is_mailed
    many = [promise(email=f"stranger{number}@example.org").is_mailed for number in range(80)]
    known = guarding.limits()
    # The second letter to one address counted among all; a refused one to it did not.
    assert sum(many) == known.promise_mails_per_hour_of_all - known.promise_mails_per_day
    assert Message.objects.count() == known.promise_mails_per_hour_of_all
    assert TransferPromise.objects.count() == 86


@pytest.mark.django_db
def test_a_network_gets_some_codes_an_hour() -> None:
    known = guarding.limits()
    for _ in range(known.promises_per_hour):
        assert guarding.admit_promise(ip="192.0.2.7", now=NOW) is guarding.GO
    refused = guarding.admit_promise(ip="192.0.2.99", now=NOW)
    assert refused.answer is guarding.Answer.WAIT
    assert 0 < refused.seconds <= 3600
    assert guarding.admit_promise(ip="198.51.100.1", now=NOW) is guarding.GO
    assert guarding.admit_promise(ip="192.0.2.7", now=NOW + timedelta(hours=1)) is guarding.GO


@pytest.mark.django_db
def test_a_code_lapses_after_ninety_days_and_money_still_decides(check_laws: Callable[[], None]) -> None:
    made = promise().promise
    assert promising.lapse(now=NOW + timedelta(days=89)) == 0
    assert promising.lapse(now=NOW + timedelta(days=90)) == 1
    assert promising.lapse(now=NOW + timedelta(days=91)) == 0
    made.refresh_from_db()
    assert made.status == "lapsed"
    TransferPromise.objects.update(status="received", donation=facts.donation())
    with pytest.raises(IntegrityError, match="cannot go from received"):
        TransferPromise.objects.update(status="open", donation=None)
