"""Reports in the office: every page opens, every number opens what it is made of, files say the same, names stay in."""

from __future__ import annotations

import csv
import io
import re
import uuid
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from campaigns import spending
from campaigns.models import NeedGroup, SourceCode
from donations.models import Donation
from jobs.models import Job
from ledger.money import Money
from receipts.models import Issuer
from reports import progress
from staff.models import AuditEvent, Role
from tests import facts, making
from tests.campaigns import making as units
from web.office.reports import grouping
from web.office.reports.listing import NAMES, REPORTS

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
MOST_QUERIES = 28
"""Of a whole page, with session, reader, menu and filter; no page asks more for more gifts."""


@pytest.fixture
def world(db: None, today: datetime) -> dict[str, Donation]:
    """Gifts of this year and the last, one given back, one by a code, one to another campaign; a plan that runs."""
    grace = making.donor(now=today)
    paul = making.donor(name="=Paul <b>Odd</b>", email="paul@example.org", now=today)
    well = making.campaign(slug="well", title="A well")
    code = SourceCode.objects.create(code="spring", name="Spring letter", campaign=well, created_at=today)
    begin = today.replace(month=1, day=5, hour=12)
    made = {
        "now": making.donation(by=grace, amount=Money(30_000, "USD"), at=begin),
        "small": making.donation(by=grace, amount=Money(2_000, "USD"), for_campaign=well, at=begin),
        "before": making.donation(by=grace, amount=Money(10_000, "USD"), at=begin - timedelta(days=365)),
        "gone": making.donation(by=paul, amount=Money(5_000, "USD"), at=begin - timedelta(days=365)),
        "paul": making.donation(by=paul, amount=Money(7_500, "USD"), at=begin - timedelta(days=366)),
        "won": making.donation(by=paul, amount=Money(50_000, "KRW"), at=begin),
    }
    making.refund(of=made["gone"], amount=Money(5_000, "USD"), at=today)
    plan = making.plan(of=grace, amount=Money(5_000, "USD"), now=today - timedelta(days=100))
    coded = making.donation(by=grace, amount=Money(5_000, "USD"), of_plan=plan, at=begin)
    Donation.objects.filter(pk=coded.pk)
    assert code.pk
    return {**made, "coded": coded}


def shown(client: Client, name: str, query: str = "", *args: object) -> str:
    answer = client.get(f"{reverse(f'office:report_{name}', args=list(args))}{query}")
    assert answer.status_code == 200, (name, query, answer.status_code)
    return unescape(answer.content.decode())


def links(html: str) -> list[tuple[str, str]]:
    """Addresses and words of what the tables and figures open."""
    inside = re.findall(
        r'<(?:table class="list figured|dl class="sums figures).*?</(?:table|dl)>', html, re.S
    )
    return re.findall(r'<a href="([^"]+)">([^<]*)</a>', "".join(inside))


@pytest.mark.parametrize("name", list(REPORTS))
def test_every_number_opens_what_it_is_made_of(
    name: str, world: dict[str, Donation], signed_in: SignIn
) -> None:
    client = signed_in(Role.FINANCE)
    opened = links(shown(client, name))
    for address, words in opened:
        answer = client.get(address)
        assert answer.status_code == 200, (name, address)
        if "/donations/?" in address and re.fullmatch(r"[\d,]+", words):
            count = sum(total.count for total in answer.context["totals"])
            assert count == int(words.replace(",", "")), (name, address)
        if (
            "/donations/?" in address
            and words.startswith("$")
            and "fund=" not in address
            and "donor=" not in address
        ):
            totals = answer.context["totals"]
            gross, back = (
                sum(getattr(total, one).minor for total in totals) for one in ("gross", "refunded")
            )
            told = {Money(minor, "USD").shown("en") for minor in (gross, back, gross - back)}
            assert words in told, (name, address)
        if "/reports/givers/?" in address and re.fullmatch(r"[\d,]+", words):
            people = answer.context["page"].figures[0].cell.value
            assert people == int(words.replace(",", "")), (name, address)
    if name not in {"since", "forecast", "new"}:
        assert opened, name


@pytest.mark.parametrize("name", list(REPORTS))
def test_a_page_asks_no_more_for_more_gifts(
    name: str,
    world: dict[str, Donation],
    signed_in: SignIn,
    today: datetime,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(Role.FINANCE)
    shown(client, name)
    for number in range(8):
        giver = making.donor(name=f"Giver {number}", email=f"giver{number}@example.org", now=today)
        making.donation(by=giver, at=today - timedelta(days=40 * number))
    with django_assert_max_num_queries(MOST_QUERIES):
        shown(client, name)


def test_the_index_shows_the_year_and_what_the_reader_may_open(
    world: dict[str, Donation], signed_in: SignIn
) -> None:
    html = unescape(signed_in(Role.FINANCE).get(reverse("office:reports")).content.decode())
    assert "$370.00" in html
    assert "$195.00 more" in html
    assert html.count('role="img"') == 2
    assert all(f"/office/reports/{report.slug}/" in html for report in REPORTS.values())
    viewer = signed_in(Role.VIEWER).get(reverse("office:reports")).content.decode()
    assert all((f'/reports/{one.slug}/"' in viewer) == (one.admits != NAMES) for one in REPORTS.values())
    empty = signed_in(Role.VIEWER).get(reverse("office:reports"), {"currency": "EUR"}).content.decode()
    assert "Nothing was given in this currency" in empty


def test_who_may_not_see_givers_sees_sums_that_open_nothing(
    world: dict[str, Donation], signed_in: SignIn
) -> None:
    client = signed_in(Role.VIEWER)
    for name, report in REPORTS.items():
        if report.admits == NAMES:
            continue
        html = shown(client, name)
        assert "Grace" not in html
        assert "Paul" not in html
        for address, _words in links(html):
            assert client.get(address).status_code == 200, (name, address)
    assert "/reports/export/" not in html


def test_lists_of_givers_say_who_is_missed(world: dict[str, Donation], signed_in: SignIn) -> None:
    client = signed_in(Role.APPROVER)
    missed = shown(client, "lybunt")
    assert "=Paul &lt;b&gt;Odd" in client.get(reverse("office:report_lybunt")).content.decode()
    assert "Grace" not in missed
    assert "$75.00" in missed
    again = shown(client, "givers", "?group=stayed")
    assert "Grace Kim" in again
    assert "Paul" not in again
    assert "Grace" in shown(client, "givers", "?group=cohort")
    assert client.get(reverse("office:report_lybunt"), {"after": "x"}).status_code == 404


def test_a_campaign_says_what_its_public_page_says(world: dict[str, Donation], signed_in: SignIn) -> None:
    client = signed_in(Role.VIEWER)
    counted = progress.counted()
    for slug in ("general", "well"):
        html = shown(client, "campaign", "", slug)
        for amount in counted[slug].raised:
            assert amount.shown("en") in html
    assert "$20.00" in shown(client, "campaign", "", "well")
    assert "₩50,000" in shown(client, "campaign", "?currency=KRW", "general")
    assert client.get(reverse("office:report_campaign", args=["nothing"])).status_code == 404
    assert client.get(reverse("office:report_campaign", args=["well"]), {"currency": "x"}).status_code == 400


def by_code(world: dict[str, Donation], today: datetime) -> None:
    """Two gifts by the spring letter: one of somebody new, and one of somebody who gave before."""
    anna = making.donor(name="Anna New", email="anna@example.org", now=today)
    begin = today.replace(month=1, day=6, hour=12)
    first = making.donation(by=anna, amount=Money(11_000, "USD"), source="spring", at=begin)
    making.donation(by=world["now"].donor, amount=Money(5_000, "USD"), source="spring", at=begin)
    making.refund(of=first, amount=Money(1_000, "USD"), at=today)


def test_a_campaign_tells_its_codes_since_it_began(
    world: dict[str, Donation], signed_in: SignIn, today: datetime
) -> None:
    by_code(world, today)
    html = shown(signed_in(Role.FINANCE), "campaign", "", "general")
    codes = html[html.index('id="codes"') :]
    assert "Spring letter" in codes
    assert "$150.00" in codes
    assert "No code" in codes


def test_what_came_for_a_hundred_spent(
    world: dict[str, Donation], signed_in: SignIn, today: datetime
) -> None:
    client = signed_in(Role.FINANCE)
    assert "No cost of an appeal is written down" in shown(client, "appeals")
    by_code(world, today)
    actor = making.user(email="spender@example.org", now=today)
    code = SourceCode.objects.get(code="spring")
    for minor, currency in ((2_000, "USD"), (1_000, "USD"), (9_000, "KRW")):
        cost = spending.Spent(uuid.uuid4(), code, Money(minor, currency), today.date(), "Printing")
        spending.spend(cost=cost, today=today.date(), actor=actor, now=today)
    html = shown(client, "appeals")
    table = html[html.index('id="returns"') :]
    # $110.00 and $50.00 came by it, of which $10.00 went back, from two people, one of them new by it.
    for told in ("Spring letter", "$30.00", "$150.00", "$120.00", "500", "Costs of appeals"):
        assert told in html, told
    foot = re.sub(r"<[^>]+>", " ", table[table.index("<tfoot>") : table.index("</tfoot>")]).split()
    assert foot == ["Together", "$30.00", "2", "$150.00", "$120.00", "500", "1", "$30.00"]
    opened = dict((words, address) for address, words in links(html))
    assert "source=spring" in opened["$150.00"]
    assert client.get(opened["$30.00"]).status_code == 200
    other = shown(client, "appeals", "?campaign=general")
    assert "No cost of an appeal is written down" in other
    assert "$30.00" not in other
    assert "$150.00" not in other[other.index('id="returns"') :]
    rows = exported(client, "appeals", table="returns")
    assert rows[1][:4] == ["Spring letter", "30.00", "2", "150.00"]


def test_a_body_whose_year_ends_in_june_is_asked_in_its_own_years(
    world: dict[str, Donation], signed_in: SignIn
) -> None:
    Issuer.objects.filter(entity=making.entity()).update(fiscal_year_end_month=6)
    client = signed_in(Role.FINANCE)
    fiscal = shown(client, "year", "?year=2026")
    assert "A fiscal year: from 1 July 2025 to 30 June 2026." in fiscal
    assert "A fiscal year" not in shown(client, "year", "?year=2026&basis=calendar")
    for name in ("lybunt", "retention", "changes", "sizes"):
        shown(client, name)


@pytest.mark.parametrize(
    "query", ["?currency=XXX", "?year=x", "?entity=nobody", "?campaign=none", "?year=20260", "?basis=lunar"]
)
def test_what_cannot_be_asked_is_told(query: str, world: dict[str, Donation], signed_in: SignIn) -> None:
    client = signed_in(Role.FINANCE)
    answer = client.get(reverse("office:report_year") + query)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert client.get(reverse("office:report_export", args=["year"]) + query).status_code == 302
    if "currency" in query or "entity" in query:
        assert client.get(reverse("office:reports") + query).status_code == 400


def exported(client: Client, name: str, **query: str) -> list[list[str]]:
    answer = client.get(reverse("office:report_export", args=[name]), query)
    assert answer.status_code == 200
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_a_table_leaves_as_it_is_seen(world: dict[str, Donation], signed_in: SignIn) -> None:
    client = signed_in(Role.FINANCE)
    head, *rows, foot = exported(client, "lybunt")
    assert head[:2] == ["Giver", "Newest year (USD)"]
    assert [row[:2] for row in rows] == [["'=Paul <b>Odd</b>", "75.00"]]
    assert foot[1] == "75.00"
    months = exported(client, "year", table="months")
    assert len(months) == 14
    assert months[1][1] == "370.00"
    note = AuditEvent.objects.filter(action="export report").order_by("-number").first()
    assert note is not None
    assert note.details == {"table": "months", "asked": ["currency", "year"]}
    for wrong in ({"table": "none"}, {"format": "pdf"}):
        assert client.get(reverse("office:report_export", args=["year"]), wrong).status_code == 404
    assert client.get(reverse("office:report_export", args=["nothing"])).status_code == 404


def test_a_long_list_of_names_leaves_by_another_door(
    world: dict[str, Donation], signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "MOST_IN_A_FILE", 1)
    client = signed_in(Role.FINANCE)
    answer = client.get(reverse("office:report_export", args=["givers"]), {"group": "ever"}, follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("office:report_givers") + "?")
    assert "Another person decides" in answer.content.decode()
    assert len(exported(client, "givers", group="stayed")) == 3


def test_a_workbook_holds_the_same_as_numbers_and_texts(
    world: dict[str, Donation], signed_in: SignIn
) -> None:
    answer = signed_in(Role.FINANCE).get(reverse("office:report_export", args=["lybunt"]), {"format": "xlsx"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lybunt-givers.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        assert book.testzip() is None
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    space = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    row = sheet.findall(".//x:row", space)[1]
    cells = row.findall("x:c", space)
    assert cells[0].find(".//x:t", space) is not None
    assert "".join(cells[0].itertext()) == "=Paul <b>Odd</b>"
    assert (cells[1].get("t"), "".join(cells[1].itertext())) == (None, "75.00")


def test_what_was_written_down_since_a_file_left(
    world: dict[str, Donation], signed_in: SignIn, today: datetime
) -> None:
    client = signed_in(Role.FINANCE)
    left = today - timedelta(hours=1)
    job = Job.objects.create(kind="export_donations", status=Job.Status.SUCCEEDED, requested_at=left, run_after=left,
                             ended_at=left)  # fmt: skip
    making.refund(of=world["now"], amount=Money(1_000, "USD"), at=today)
    making.donation(by=making.donor(now=today), amount=Money(4_200, "USD"), at=today)
    assert client.get(reverse("office:report_since"), {"since": "0001-01-01"}).status_code == 400
    before = shown(client, "since")
    assert "List of gifts" in before
    html = shown(client, "since", f"?export=job:{job.pk}")
    assert "Gift written down" in html
    assert "$42.00" in html
    assert "-$60.00" in html
    only = shown(client, "since", f"?since={(today - timedelta(days=1)).date()}&kind=gift")
    assert "A gift was corrected" not in only[only.index('id="changes"') :]


def test_gifts_on_no_receipt_are_told_with_the_reason(world: dict[str, Donation], signed_in: SignIn) -> None:
    making.receipt(of=world["small"], is_drawn=False, now=timezone.now())
    making.correction(of=world["gone"], now=timezone.now())
    client = signed_in(Role.FINANCE)
    html = shown(client, "unreceipted")
    assert "Waits for its receipt" in html
    last = timezone.now().year - 1
    opened = links(shown(client, "unreceipted", f"?year={last}"))
    assert opened
    for address, words in opened:
        found = sum(total.count for total in client.get(address).context["totals"])
        assert found == int(words)


def test_bounds_of_an_amount_are_of_one_currency(world: dict[str, Donation], signed_in: SignIn) -> None:
    client = signed_in(Role.FINANCE)
    address = reverse("office:donations")
    found = client.get(address, {"least": "50", "most": "100.00", "currency": "USD"}).context["totals"]
    assert sum(total.count for total in found) == 4
    assert client.get(address, {"least": "50"}).status_code == 400
    assert client.get(address, {"least": "x", "currency": "USD"}).status_code == 400
    assert [
        total.count for total in client.get(address, {"source": "-", "currency": "KRW"}).context["totals"]
    ] == [1]


def test_regular_gifts_are_found_as_reports_open_them(world: dict[str, Donation], signed_in: SignIn) -> None:
    client = signed_in(Role.FINANCE)
    address = reverse("office:plans")
    assert (
        len(client.get(address, {"currency": "USD", "entity": "HM", "state": "active"}).context["page"].rows)
        == 1
    )
    for nothing in ({"currency": "KRW"}, {"reason": "donor"}, {"card_before": "2030-01-01"}, {"q": "nobody"}):
        assert client.get(address, nothing).context["page"].rows == []
    assert "$50.00" in client.get(address).content.decode()


def test_a_campaign_of_units_tells_its_groups_and_costs(signed_in: SignIn, today: datetime) -> None:
    family = facts.campaign()
    family.goal_minor = 51_000_00
    family.save(update_fields=["goal_minor"])
    begun = date(2024, 1, 1)
    for minor, since in ((15_000_00, begun), (17_000_00, date(2025, 1, 1))):
        units.cost(family, amount_minor=minor, effective_from=since, checked_on=since)
    NeedGroup.objects.create(
        campaign=family, size=2, opened_on=begun, funded_on=date(2024, 6, 1), funded_minor=30_000_00
    )
    NeedGroup.objects.create(campaign=family, size=3, opened_on=date(2025, 2, 1))
    facts.donation()
    facts.plan()
    html = shown(signed_in(Role.FINANCE), "campaign", "", "family")
    told = re.sub(r"<[^>]+>", " ", html)
    assert re.search(r"Funded\s+1\s+2\s+\$30,000\.00", told)
    assert re.search(r"Waiting\s+1\s+3\s+\$51,000\.00", told)
    assert "$15,000.00" in told
    assert "of $51,000.00" in told
    assert "givers: 1" in told
    assert "People" in told


def test_the_forecast_and_the_health_of_plans_that_failed(signed_in: SignIn, today: datetime) -> None:
    kept = facts.plan(
        started_at=today - timedelta(days=600), next_charge_at=None, card_expires_on=today.date()
    )
    facts.plan(status="ended", started_at=today - timedelta(days=300), ended_at=today - timedelta(days=100),
               end_reason="hard_decline")  # fmt: skip
    facts.plan_failure(plan=kept, failed_at=today - timedelta(days=95))
    client = signed_in(Role.FINANCE)
    ahead = shown(client, "forecast")
    assert "of what was due never came" in ahead
    assert "not counted here: 1" in ahead
    health = shown(client, "monthly")
    assert "The card was reported lost or stolen" in health
    assert shown(client, "year", "?entity=US&campaign=family")
