"""What a person must look at before a year is approved (B26): found by the facts, decided by people, never just ticked."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

import pytest

from donations.models import Designation, SoftCredit
from donors.models import Donor
from ledger import money
from ledger.models import LegalEntity
from receipts import excepting, noticing, rehearsing
from receipts.models import AnnualRun, Exclusion, Issuer, Receipt, RunException
from staff.models import AuditEvent
from tests import making
from tests.receipts import years
from tests.receipts.years import NOW, YEAR

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def body() -> None:
    years.issuer()


def exceptions(run: AnnualRun) -> dict[str, str]:
    return {one.code: one.state for one in RunException.objects.filter(item__run=run)}


def again(run: AnnualRun) -> AnnualRun:
    rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    run.refresh_from_db()
    return run


def no_contact() -> None:
    years.gift(years.donor("Ada Ames", email="", address=""))


def bounced_mailbox() -> None:
    years.gift(years.donor("Ada Ames", address="", email_failed_at=NOW))


def no_name() -> None:
    years.gift(years.donor("Anonymous"))


def a_name_without_letters() -> None:
    years.gift(years.donor("???", email="who@example.org"))


def same_email() -> None:
    years.gift(years.donor("Ada Ames", email="both@example.org"))
    years.donor("Abe Ames", email="both@example.org")


def deceased() -> None:
    years.gift(years.donor("Ada Ames", died_on=date(YEAR, 11, 1)))


def do_not_contact() -> None:
    years.gift(years.donor("Ada Ames", do_not_contact=True))


def daf() -> None:
    years.gift(years.donor("Giving Fund"), payer="daf")


def foundation() -> None:
    years.gift(years.donor("Harbor Foundation"), payer="charity")


def stock() -> None:
    years.gift(years.donor("Ada Ames"), kind="stock", description="10 shares ABC")


def in_kind() -> None:
    years.gift(years.donor("Ada Ames"), kind="property", description="40 winter coats")


def quid_pro_quo() -> None:
    years.benefit(years.gift(years.donor("Ada Ames"), "150.00"))


def soft_credit() -> None:
    SoftCredit.objects.create(
        donation=years.gift(years.donor("Ada Ames")),
        donor=years.donor("Ben Bow"),
        kind="household",
        amount_minor=100_00,
        entered_at=NOW,
    )


def held() -> None:
    making.dispute(of=years.gift(years.donor("Ada Ames")), at=NOW)


def foreign_currency() -> None:
    years.gift(years.donor("Kim Seung"), "50000", currency="KRW")


def korean_body() -> None:
    """A gift of the same giver to the Korean body in the same year."""
    ada = years.donor("Ada Ames")
    years.gift(ada)
    other = years.gift(ada)
    seoul = LegalEntity.objects.create(
        code="KR", legal_name="Caleb", country="KR", zone="Asia/Seoul", base_currency="KRW", paper="a4"
    )
    Issuer.objects.create(entity=seoul, law="KR", changed_at=NOW)
    values = {field.attname: getattr(other, field.attname) for field in other._meta.concrete_fields}
    values |= {"id": uuid.uuid4(), "entity_id": seoul.pk, "processor_ref": "ch_seoul", "payment_ref": None}
    abroad = type(other).objects.create(**values)
    Designation.objects.create(donation=abroad, fund=making.fund(), amount_minor=abroad.amount_minor)


def value_unknown() -> None:
    years.benefit(years.gift(years.donor("Ada Ames"), "150.00"), value="")


SEEN: list[tuple[Callable[[], None], set[str]]] = [
    (no_contact, {"no_contact"}),
    (bounced_mailbox, {"no_contact"}),
    (no_name, {"no_name"}),
    (a_name_without_letters, {"no_name"}),
    (same_email, {"same_email"}),
    (deceased, {"deceased"}),
    (do_not_contact, {"do_not_contact"}),
    (daf, {"daf"}),
    (foundation, {"daf"}),
    (stock, {"stock"}),
    (in_kind, {"in_kind"}),
    (quid_pro_quo, {"quid_pro_quo"}),
    (soft_credit, {"soft_credit"}),
    (held, {"held"}),
    (korean_body, {"other_entity"}),
    (value_unknown, {"quid_pro_quo", "law:fmv_unknown"}),
]


@pytest.mark.parametrize(("happens", "codes"), SEEN, ids=[happens.__name__ for happens, _ in SEEN])
def test_each_exception_is_found_by_the_facts(happens: Callable[[], None], codes: set[str]) -> None:
    happens()
    years.gift(years.donor("Zoe Zed"), "10.00")
    run = years.rehearsed()
    assert set(exceptions(run)) == codes
    one = RunException.objects.filter(item__run=run).order_by("pk")[0]
    if one.code in noticing.TO_KNOW:
        with pytest.raises(excepting.UnableToDecide, match="still so"):
            excepting.solve(exception_id=one.pk, actor=years.person(), now=NOW)


def test_a_gift_in_another_currency_has_to_be_known() -> None:
    foreign_currency()
    run = years.rehearsed()
    assert "foreign_currency" in exceptions(run)


def test_solved_is_what_the_facts_no_longer_show() -> None:
    ada = years.donor("Ada Ames", email="", address="")
    years.gift(ada)
    run = years.rehearsed()
    one = RunException.objects.get(item__run=run)
    with pytest.raises(excepting.UnableToDecide, match="still so"):
        excepting.solve(exception_id=one.pk, actor=years.person(), now=NOW)
    one.refresh_from_db()
    assert one.state == "open"
    Donor.objects.filter(pk=ada.pk).update(address="2 Oak Lane\nBath, ME 04530")
    excepting.solve(exception_id=one.pk, actor=years.person(), now=NOW)
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("solved", years.person())
    assert exceptions(again(run)) == {"no_contact": "solved"}
    assert run.items.get().channel == "post"


def test_a_gift_left_out_stays_out_and_the_rest_of_the_donor_goes() -> None:
    ada = years.donor("Ada Ames")
    years.gift(ada, "20.00")
    ticket = years.gift(ada, "150.00")
    years.benefit(ticket, value="")
    run = years.rehearsed()
    assert years.item(run, ada).status == "blocked"
    law = RunException.objects.get(item__run=run, code="law:fmv_unknown")
    with pytest.raises(excepting.UnableToDecide, match="reason"):
        excepting.leave_out(exception_id=law.pk, reason="  ", actor=years.person(), now=NOW)
    excepting.leave_out(exception_id=law.pk, reason="No price known", actor=years.person(), now=NOW)
    run = again(run)
    item = years.item(run, ada)
    assert (item.status, item.line_count) == ("ready", 1)
    assert exceptions(run) == {"quid_pro_quo": "open", "law:fmv_unknown": "left_out"}
    years.issued(run)
    assert Receipt.objects.get().total == money.Money(20_00, "USD")
    out = Exclusion.objects.get(donation=ticket)
    assert (out.reason, out.words, out.decided_by) == ("by_staff", "No price known", years.person())


def test_a_donor_left_out_gets_nothing_and_a_decision_can_be_taken_back() -> None:
    ada = years.donor("Anonymous")
    gift = years.gift(ada, "20.00")
    years.gift(years.donor("Ben Bow"), "5.00")
    run = years.rehearsed()
    one = RunException.objects.get(item__run=run)
    excepting.leave_out(exception_id=one.pk, reason="Nobody knows", actor=years.person(), now=NOW)
    run = again(run)
    assert (years.item(run, ada).status, years.item(run, ada).words) == ("left_out", "Nobody knows")
    one = RunException.objects.get(item__run=run)
    excepting.open_again(exception_id=one.pk, actor=years.person(), now=NOW)
    assert years.item(again(run), ada).status == "ready"
    one = RunException.objects.get(item__run=run)
    excepting.leave_out(exception_id=one.pk, reason="Nobody knows", actor=years.person(), now=NOW)
    years.issued(again(run))
    assert Receipt.objects.get().donor.name == "Ben Bow"
    assert Exclusion.objects.get().donation == gift
    one = RunException.objects.get(item__run=run)
    with pytest.raises(excepting.UnableToDecide, match="not being prepared"):
        excepting.open_again(exception_id=one.pk, actor=years.person(), now=NOW)


def test_what_only_has_to_be_known_is_noted_in_one_press() -> None:
    for name in ("Ada Ames", "Ben Bow"):
        years.gift(years.donor(name), kind="stock", description="10 shares ABC")
    years.gift(years.donor("Anonymous"))
    run = years.rehearsed()
    assert excepting.note(run_id=run.pk, code="stock", actor=years.person(), now=NOW) == 2
    assert excepting.note(run_id=run.pk, code="", actor=years.person(), now=NOW) == 0
    with pytest.raises(excepting.UnableToDecide):
        excepting.note(run_id=run.pk, code="no_name", actor=years.person(), now=NOW)
    states = RunException.objects.filter(item__run=run).order_by("code", "pk").values_list("code", "state")
    assert list(states) == [("no_name", "open"), ("stock", "noted"), ("stock", "noted")]
    assert AuditEvent.objects.filter(action="run exceptions noted").count() == 1
    # A note is about what was seen: it is still there after another rehearsal.
    again(run)
    assert RunException.objects.filter(item__run=run, state="noted").count() == 2
    rehearsing.cancel(run_id=run.pk, actor=years.person(), now=NOW)
    with pytest.raises(excepting.UnableToDecide, match="not being prepared"):
        excepting.note(run_id=run.pk, code="stock", actor=years.person(), now=NOW)
