"""Whose gift an entry is about, which payout carried it and by which check it came: told for every way money comes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from books import accepting, mapping
from books.accepting import Kind, Part
from books.importing import Source
from books.mapping import Given
from books.models import ExportedEntry, Target
from donations import restating
from donations.models import BatchRow, Donation
from ledger.models import Account, LegalEntity
from payments.models import Payout
from tests import facts
from tests.books import banks, files, handing, parsing
from tests.books.test_other_reports import bring
from tests.books.test_reports_of_paypal import activity
from tests.books.test_selling import sell, shares
from tests.campaigns import making
from tests.donations import batches, desk
from tests.donations.test_batch_reversing import reverse
from tests.donations.test_depositing import apply
from tests.donations.test_paying_out import account, korea, mixed
from tests.facts import NOW

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def handed(target: str = Target.GENERIC, entity: LegalEntity | None = None) -> dict[str, ExportedEntry]:
    """What is kept of each entry, by its name in the books."""
    handing.export(target, entity=entity or making.entity(), first=FIRST, last=LAST)
    kept = ExportedEntry.objects.filter(target=target).select_related("entry")
    return {one.entry.source: one for one in kept}


def test_paypals_gifts_their_fees_refunds_and_exchanges_name_their_giver_and_rate() -> None:
    bring(Source.PAYPAL, activity())
    back = {"Type": "Payment Refund", "Gross": "-5.00", "Fee": "0.17", "Net": "-4.83", "Transaction ID": "2R",
            "Reference Txn ID": "2A", "Date": "11/20/2026"}  # fmt: skip
    bring(Source.PAYPAL, files.paypal(back))
    handing.export(Target.GENERIC, entity=making.entity(), first=date(2026, 1, 1), last=LAST)
    kept = {one.entry.source: one for one in ExportedEntry.objects.select_related("entry")}
    giver = Donation.objects.get(processor_ref="paypal:2A").donor_id
    for gift in Donation.objects.all():
        assert kept[f"hand:{gift.pk}"].counterparty == giver
        assert kept[f"balance:{gift.processor_ref}"].counterparty == giver
    for source in ("exchange:paypal:1A", "refund:paypal:2R", "balance:paypal:2R"):
        assert kept[source].counterparty == giver, source
    in_reais = Donation.objects.get(processor_ref="paypal:1A")
    # 13.56 BRL brought 2.41 USD.
    assert str(kept[f"hand:{in_reais.pk}"].rate) == "0.1777286136"
    assert str(kept["exchange:paypal:1A"].rate) == "0.1777286136"


def test_a_deposit_of_grants_is_named_on_every_row_of_it() -> None:
    facts.general()
    rounding = {"type": "adjustment", "backend_processor_txn_id": "rounding", "settled_total_amount": "-0.15",
                "settled_net_amount": "-0.15", "is_daf": ""}  # fmt: skip
    bring(Source.CHARIOT, files.chariot(*files.grants(), rounding, files.deposit("399.85")))
    ref = Payout.objects.get().ref
    kept = handed()
    assert {one.payout_ref for one in kept.values()} == {ref}
    sponsor = Donation.objects.values_list("donor_id", flat=True).distinct().get()
    told = {source.split(":")[0]: one.counterparty for source, one in kept.items()}
    assert told == {"hand": sponsor, "rounding": None, "payout": None}


def test_a_payout_of_two_bodies_is_named_in_both_books(monkeypatch: pytest.MonkeyPatch) -> None:
    told = mixed()
    account("HM")
    apply(monkeypatch, told)
    assert handed()["payout:po_1"].payout_ref == "po_1"
    assert handed(entity=korea())["payout:po_1:HK"].payout_ref == "po_1"


def test_what_became_of_a_gift_over_the_desk_names_its_giver() -> None:
    batches.posted("520.00")
    gift = Donation.objects.get()
    other = desk.enter(desk.check())
    restating.restate(
        donation_id=other.pk, changes={"kind": "property", "description": "coats"}, reason="no check",
        actor=facts.staff_member(), now=NOW,
    )  # fmt: skip
    true = reverse(gift, truth=[(facts.general(), batches.usd("250.00"))]).replaced_by
    assert true is not None
    stock = shares()
    sell(stock)
    line = banks.line(banks.account(name="Third"), 5_000, payer="KIM")
    part = Part(kind=Kind.GIFT, donor_id=facts.donor().pk, campaign_id=facts.campaign().pk)
    accepting.accept(
        line_id=line.pk, parts=[part], score=0, is_automatic=False, actor=facts.staff_member(), now=NOW
    )
    kept = handed()
    giver = facts.donor().pk
    nobody = {source.split(":")[0] for source, one in kept.items() if one.counterparty is None}
    assert nobody == {"deposit"}, "what a batch carried is of several people"
    assert kept[f"deposit:{true.pk}"].counterparty == giver
    assert kept[f"sale:{stock.pk}"].counterparty == giver
    assert kept[f"bankline:{line.pk}"].counterparty == giver
    assert any(source.startswith("restated:") for source in kept)


def test_civicrm_gets_the_number_of_the_check_of_a_gift_and_of_loose_money() -> None:
    batch = batches.opened(count=2, total="150.00")
    batches.saved(batch, "100.00", check_number="1001")
    batches.saved(batch, "50.00", giver=BatchRow.Giver.NOBODY, check_number="77")
    batches.post(batch)
    wanted: dict[Any, Given | None] = {(one, None): Given(one.code) for one in Account.objects.all()}
    mapping.write(
        entity=making.entity(), target=Target.CIVICRM, wanted=wanted, actor=facts.staff_member(), now=NOW
    )
    made = handing.export(Target.CIVICRM, entity=making.entity(), first=FIRST, last=LAST)
    [content] = handing.files(made).values()
    told: dict[str, Any] = {
        row["Transaction ID (Unsplit)"] + row["Payment Instrument"]: row["Check Number"]
        for row in parsing.table(content)[1]
    }
    assert sorted(told.values()) == ["", "1001", "77"]
