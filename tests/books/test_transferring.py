"""Moving money between two funds: one class, one body, two people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from books import measuring, transferring
from books.filing_papers import Paper
from books.models import FundTransfer, TransferRequest
from books.transferring import UnableToTransfer
from ledger.models import Entry, Fund, LegalEntity, Line
from staff.models import AuditEvent
from tests import facts
from tests.books import holding
from tests.books.holding import PAPER, TODAY, center, given, move, moved, second, usd
from tests.campaigns import making
from tests.facts import NOW
from tests.laws import funds_rows
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db


def general() -> Fund:
    return facts.general()


def annex() -> Fund:
    return Fund.objects.filter(code="ANX").first() or making.fund("ANX")


def held(fund: Fund) -> tuple[int, int]:
    """What a fund holds without and with restrictions, in cents."""
    return (
        measuring.unrestricted(fund_id=fund.pk, currency="USD").minor,
        measuring.restricted(fund_id=fund.pk, currency="USD").minor,
    )


def refusal(minor: int = 100, *, paper: Paper | None = PAPER, **told: object) -> UnableToTransfer:
    asked = move(minor, **{"fund_from": general(), "fund_to": center(), **told})  # type: ignore[arg-type]
    with pytest.raises(UnableToTransfer) as refused:
        transferring.ask(move=asked, paper=paper, actor=facts.staff_member(), now=NOW)
    return refused.value


def test_unrestricted_money_moves_to_a_restricted_fund_and_stays_unrestricted() -> None:
    given(100_000, fund=general())
    made = moved(30_000, fund_from=general(), fund_to=center())
    assert (held(general()), held(center())) == ((70_000, 0), (30_000, 0))
    entry = Entry.objects.get(source=f"transfer:{made.pk}")
    told = entry.lines.order_by("id").values_list("account__code", "fund__code", "amount_minor")
    assert list(told) == [
        ("4950", "GEN", 30_000), ("1900", "GEN", -30_000), ("1900", "CTR", 30_000), ("4950", "CTR", -30_000),
    ]  # fmt: skip
    assert sum(Line.objects.filter(account__code="1900").values_list("amount_minor", flat=True)) == 0


def test_restricted_money_moves_only_with_the_paper_of_its_giver() -> None:
    given(100_000)
    assert refusal(fund_from=center(), fund_to=annex(), is_restricted=True, paper=None).code == "document"
    made = moved(40_000, fund_from=center(), fund_to=annex(), is_restricted=True)
    assert (held(center()), held(annex())) == ((0, 60_000), (0, 40_000))
    assert (made.document_name, made.approved_by, made.asked_by) == (
        "Invoice 12.pdf",
        second(),
        facts.staff_member(),
    )


@pytest.mark.parametrize("restriction", ["none", "time", "perpetual"])
def test_restricted_money_never_changes_its_restriction(restriction: str) -> None:
    given(100_000)
    other = making.fund("OTH", restriction=restriction)
    assert refusal(fund_from=center(), fund_to=other, is_restricted=True).code == "class"


def test_no_more_moves_than_there_is_of_the_class() -> None:
    given(100_000)
    given(20_000, fund=general())
    above = refusal(20_001)
    assert (above.code, above.left) == ("above", usd(20_000))
    # The center holds 1,000.00, and nothing of it is free.
    free = refusal(1, fund_from=center(), fund_to=general())
    assert (free.code, free.left) == ("above", usd(0))
    bound = refusal(100_001, fund_from=center(), fund_to=annex(), is_restricted=True)
    assert bound.left == usd(100_000)


def test_what_cannot_be_moved_is_refused() -> None:
    given(100_000, fund=general())
    other = LegalEntity.objects.create(
        code="OTHER", legal_name="Other", country="US", address="x", registration="x", status_line="x",
        signatory="x", email="o@example.org", zone="UTC", base_currency="USD", paper="a4",
    )  # fmt: skip
    theirs = Fund.objects.create(code="THEIR", entity=other, restriction="none")
    closed = Fund.objects.create(code="OLD", entity=making.entity(), restriction="none", is_open=False)
    told = {
        "same": refusal(fund_to=general()),
        "entity": refusal(fund_to=theirs),
        "closed": refusal(fund_to=closed),
        "amount": refusal(0),
        "day": refusal(moved_on=TODAY + timedelta(days=1)),
        "reason": refusal(reason=" "),
        "resident_number": refusal(reason="for 900101-1234567"),
        "format": refusal(paper=Paper(b"MZ", "a.exe")),
    }
    assert {code: error.code for code, error in told.items()} == {code: code for code in told}
    assert not TransferRequest.objects.exists()


def asked(minor: int = 100) -> TransferRequest:
    given(100_000, fund=general())
    wanted = move(minor, fund_from=general(), fund_to=center())
    return transferring.ask(move=wanted, paper=None, actor=facts.staff_member(), now=NOW)


def test_nobody_approves_what_they_asked_for() -> None:
    kept = asked()
    with pytest.raises(UnableToTransfer) as refused:
        transferring.approve(request_id=kept.pk, actor=facts.staff_member(), now=NOW)
    assert refused.value.code == "alone"
    assert not FundTransfer.objects.exists()


def test_a_request_is_decided_once() -> None:
    kept = asked()
    transferring.decline(request_id=kept.pk, reason="Not needed", actor=second(), now=NOW)
    for deed in (transferring.approve, transferring.withdraw):
        with pytest.raises(UnableToTransfer) as refused:
            deed(request_id=kept.pk, actor=second(), now=NOW)
        assert refused.value.code == "decided"
    kept.refresh_from_db()
    assert (kept.status, kept.answer, kept.decided_by) == ("declined", "Not needed", second())
    assert AuditEvent.objects.filter(action="transfer.declined").count() == 1


def test_who_asked_takes_it_back() -> None:
    kept = asked()
    transferring.withdraw(request_id=kept.pk, actor=facts.staff_member(), now=NOW)
    with pytest.raises(UnableToTransfer):
        transferring.withdraw(request_id=kept.pk, actor=facts.staff_member(), now=NOW)
    kept.refresh_from_db()
    assert kept.status == "withdrawn"


def test_what_was_there_when_it_was_asked_may_be_gone_when_it_is_approved() -> None:
    kept = asked(100_000)
    moved(60_000, fund_from=general(), fund_to=annex())
    with pytest.raises(UnableToTransfer) as refused:
        transferring.approve(request_id=kept.pk, actor=second(), now=NOW)
    assert (refused.value.code, refused.value.left) == ("above", usd(40_000))
    kept.refresh_from_db()
    assert kept.status == "asked"


def test_a_form_sent_twice_is_one_request() -> None:
    given(100_000, fund=general())
    wanted = move(100, fund_from=general(), fund_to=center())
    first = transferring.ask(move=wanted, paper=None, actor=facts.staff_member(), now=NOW)
    assert transferring.ask(move=wanted, paper=None, actor=facts.staff_member(), now=NOW) == first
    other = move(200, fund_from=general(), fund_to=center(), id=wanted.id)
    with pytest.raises(UnableToTransfer) as refused:
        transferring.ask(move=other, paper=None, actor=facts.staff_member(), now=NOW)
    assert refused.value.code == "other"


def test_the_database_refuses_a_transfer_the_books_do_not_say() -> None:
    given(100_000, fund=general())
    with refused_by("fund_transfer_is_in_the_books"):
        funds_rows.transfer()


def test_the_database_refuses_to_move_what_is_not_there() -> None:
    given(50, fund=general())
    with refused_by("fund_transfer_not_above_balance"):
        kept = TransferRequest.objects.create(
            fund_from=general(), fund_to=center(), is_restricted=False, amount_minor=51, currency="USD",
            moved_on=TODAY, reason="x", asked_by=facts.staff_member(), asked_at=NOW,
        )  # fmt: skip
        transferring._write(kept, second(), NOW)


def test_the_database_keeps_transfers_in_their_class_and_body() -> None:
    paper = holding.released_paper()
    with refused_by("fund_transfer_stays_in_its_class"):
        funds_rows.transfer(fund_from=center(), fund_to=general(), is_restricted=True, document_id=paper)
    other = LegalEntity.objects.create(
        code="OTHER", legal_name="Other", country="US", address="x", registration="x", status_line="x",
        signatory="x", email="o@example.org", zone="UTC", base_currency="USD", paper="a4",
    )  # fmt: skip
    with refused_by("fund_transfer_within_one_body"):
        funds_rows.transfer(fund_to=Fund.objects.create(code="THEIR", entity=other, restriction="none"))


def test_the_database_keeps_the_words_of_a_request() -> None:
    kept = asked()
    with refused_by("transfer_request_takes_allowed_step"):
        TransferRequest.objects.filter(pk=kept.pk).update(amount_minor=5)
    with refused_by("transfer_request_takes_allowed_step"):
        TransferRequest.objects.filter(pk=kept.pk).delete()
