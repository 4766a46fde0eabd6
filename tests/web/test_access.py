"""Who may open what: a table that is checked in, and a walk of the addresses that finds what it forgot."""

from __future__ import annotations

import csv
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from books import releasing
from books.filing_papers import Paper
from books.models import ExportRequest, ProcessorReport, ProcessorReportRow, Release, TransferRequest
from books.releasing import Wanted
from campaigns.models import AppealCost, SafeCount, Site, SiteOrigin, SourceCode, WayToGive
from donations.models import Donation, RefundRequest
from jobs import running
from payments.models import BalanceTransaction, Payout, PayoutTrouble
from receipts import excepting
from receipts.models import GiftAidClaim, Issuer, PrintFile, Receipt, RunException
from staff.models import Role
from tests import making
from tests.books import banks
from tests.houses import Houses, day
from tests.receipts import abroad, years
from tests.receipts.test_declaring import declared
from tests.web import access_journals, access_months, access_pledges, batch_facts

TABLE = list(csv.DictReader((Path(__file__).parent / "access_matrix.csv").read_text("utf-8").splitlines()))
DONOR_DEEDS = ("", "_edit", "_died", "_merge", "_unmerge", "_joint", "_part", "_receipt")
RECEIPT_DEEDS = ("", "_file", "_copy", "_send", "_void")
ROLES = ["nobody", *Role.values]
Keys = dict[str, list[object]]
KEYS: Keys = {}


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found, found.namespace or space)
        else:
            yield space, found


def private() -> list[tuple[str, URLPattern]]:
    return [(space, found) for space, found in patterns(get_resolver()) if space in {"office", "portal"}]


def test_every_address_of_office_and_portal_has_a_row() -> None:
    assert {f"{space}:{found.name}" for space, found in private()} == {row["address"] for row in TABLE}


def test_every_view_of_office_and_portal_says_whom_it_admits() -> None:
    undeclared = [found.name for _, found in private() if not getattr(found.callback, "admits", None)]
    assert undeclared == []


def propose(gift: Donation, today: datetime) -> RefundRequest:
    return RefundRequest.objects.create(
        donation=gift, amount_minor=100, currency="USD", reason="asked for", status="proposed",
        requested_by=making.user(email="asker@example.org", now=today), requested_at=today, look_after=today,
    )  # fmt: skip


def a_year() -> Keys:
    """A rehearsed run that somebody else may approve, with something noted, and a file for the printer."""
    years.issuer()
    giver = years.donor("Ada Ames")
    years.gift(giver, "20.00")
    years.gift(giver, kind="stock", description="10 shares ABC")
    run = years.rehearsed()
    excepting.note(run_id=run.pk, code="", actor=years.person(), now=years.NOW)
    seen = RunException.objects.get(item__run=run)
    made = PrintFile.objects.create(entity=run.entity, run=run, made_at=years.NOW)
    names = ("", "_steer", "_approve", "_items", "_exceptions", "_note", "_previews")
    found: Keys = {f"office:run{name}": [run.pk] for name in names}
    return found | {
        "office:run_decide": [run.pk, seen.pk],
        "office:run_preview": [run.pk, 1],
        "office:run_preview_file": [run.pk, 1],
        "office:run_file_deed": [made.pk],
        "office:run_file": [made.pk, "receipts"],
    }


def an_export(today: datetime) -> Keys:
    """A list that needs two people; its file, and a timetable, are somebody else's."""
    asked = ExportRequest.objects.create(
        listing="donors", format="csv", language="en", row_count=9, reason="A letter to everybody",
        asked_by=making.user(email="exporter@example.org", now=today), asked_at=today,
    )  # fmt: skip
    deeds = ("request", "decide", "make", "request_file", "file", "manifest", "steer", "timetable")
    found: Keys = {f"office:export_{deed}": [asked.pk] for deed in deeds}
    return found | {f"office:export_{deed}": ["donations"] for deed in ("take", "ask", "plan")}


def abroad_facts(gift: Donation, today: datetime) -> Keys:
    """A Korean and a British body beside the first, with a declaration and a claim."""
    korea, britain = abroad.korea().pk, abroad.britain()
    row = declared(donor_id=gift.donor_id)
    claim = GiftAidClaim.objects.create(
        entity=britain, made_by=making.user(email="claimer@example.org", now=today), made_at=today
    )
    return {
        **{f"office:korea_{deed}": [korea, 2026] for deed in ("filed", "canceled", "handed_in")},
        "office:korea_file": [korea, 2026, "to-file", "xlsx"],
        "office:gift_aid_declare": [gift.donor_id],
        "office:gift_aid_declaration": [row.pk],
        "office:gift_aid_draft": [britain.pk],
        "office:gift_aid_step": [claim.pk],
        "office:gift_aid_file": [claim.pk],
    }


def bank_facts(gift: Donation) -> Keys:
    """An account with a line that waits, and a file whose columns nobody has said yet."""
    account = banks.account(entity=gift.entity, columns=None)
    line = banks.line(account, 5_000, payer="SOMEBODY")
    draft = banks.upload(account, banks.csv("11/02/2026,KIM,THANKS,T1,250.00,"), now=timezone.now())
    statements = ("bank_statement", "bank_columns", "bank_statement_deed", "bank_refused")
    return {
        "office:bank_account": [account.pk],
        **{f"office:bank_line{deed}": [line.pk] for deed in ("", "_accept", "_gift", "_set")},
        **{f"office:{name}": [draft.pk] for name in statements},
    }


def appeal_facts(gift: Donation, today: datetime) -> Keys:
    """A cost of a letter, and a count of people that waits."""
    actor = making.user(email="spender@example.org", now=today)
    code = SourceCode.objects.create(code="spring", name="Spring", campaign=gift.campaign, created_at=today)
    cost = AppealCost.objects.create(
        source=code, amount_minor=100, currency="USD", spent_on=today.date(), words="Stamps", recorded_by=actor,
        recorded_at=today,
    )  # fmt: skip
    count = SafeCount.objects.create(
        campaign=gift.campaign, quarter=date(2025, 1, 1), people=3, proposed_by=actor, proposed_at=today
    )
    return {
        "office:report_safe": [gift.campaign.slug],
        "office:report_safe_decide": [count.pk],
        "office:appeal_cost_back": [cost.pk],
    }


def fund_facts(today: datetime) -> Keys:
    """A restricted fund of which something was released, and a transfer somebody asked for."""
    center = making.fund(code="CTR", restriction="purpose", name="Community center")
    making.donation(by=making.donor(now=today), parts=[(center, making.HUNDRED)], at=today)
    actor, day = making.user(email="releaser@example.org", now=today), center.entity.day_of(today)
    release = releasing.release(
        wanted=Wanted(
            id=uuid.uuid4(), fund=center, kind=Release.Kind.PURPOSE, amount=making.HUNDRED, released_on=day,
            reason="The invoice of the builder",
        ),
        paper=Paper(b"%PDF-1.7", "invoice.pdf"), actor=actor, now=today,
    )  # fmt: skip
    asked = TransferRequest.objects.create(
        fund_from=center, fund_to=making.fund(), is_restricted=False, amount_minor=100, currency="USD",
        moved_on=day, reason="Fees", asked_by=actor, asked_at=today,
    )  # fmt: skip
    return {
        **{f"office:fund{deed}": [center.pk] for deed in ("", "_release", "_building", "_move")},
        "office:fund_report_file": ["restricted", "csv"],
        "office:fund_reverse": [release.pk],
        "office:fund_moving": [asked.pk],
        "office:fund_moving_decide": [asked.pk],
        "office:fund_paper": ["release", release.pk],
        "office:sale": [Donation.objects.order_by("recorded_at", "id")[0].pk],
    }


def payout_facts(gift: Donation, today: datetime) -> Keys:
    """A payout that does not fit, and a report with a row nobody is known for."""
    PayoutTrouble.objects.create(
        ref="po_waits", code="by_hand", amount_minor=100, currency="USD", words="by hand", created_at=today,
        arrives_on=today.date(), seen_at=today, last_seen_at=today,
    )  # fmt: skip
    report = ProcessorReport.objects.create(
        entity=gift.entity, source="paypal", format="paypal_settlement", file_name="stl.csv",
        file_sha256="0" * 64, row_count=1, imported_at=today,
        imported_by=making.user(email="bringer@example.org", now=today),
    )  # fmt: skip
    row = ProcessorReportRow.objects.create(
        report=report, position=5, ref="paypal:1A", kind="T0013", gross_minor=100, net_minor=100,
        currency="USD", happened_at=today, verdict="unknown",
    )  # fmt: skip
    job = running.enqueue(
        kind="report_rehearsal", arguments={"source": "stripe"}, requested_by_id=None, now=today
    )
    return {
        "office:payout_export": [Payout.objects.get().pk],
        "office:payout_waiting": ["po_waits"],
        "office:report_file_check": [job.pk],
        "office:report_file": [report.pk],
        "office:report_file_resume": [report.pk],
        "office:report_file_export": [report.pk, "rows"],
        "office:report_file_giver": [row.pk],
        "office:report_file_leave": [row.pk],
    }


def keeping(settings: Settings, folder: Path) -> None:
    kept = {**settings.STORAGES["default"], "OPTIONS": {"location": folder}}
    settings.STORAGES = {**settings.STORAGES, "default": kept}


@pytest.fixture
def entered(
    plain_pages: None, houses: Houses, today: datetime, settings: Settings, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A house in which something stands in every address; it is furnished once."""
    keeping(settings, houses.folder / "access")
    furnish = partial(furnished, today)
    with django_db_blocker.unblock(), houses.entered(name=f"access_{day(today)}", furnish=furnish):
        yield


@pytest.fixture
def facts(entered: None, db: None, houses: Houses, settings: Settings, tmp_path: Path) -> Keys:
    """What stands in the addresses: real keys, so that a refusal is about the reader and not about the key."""
    shutil.copytree(houses.folder / "access", tmp_path, dirs_exist_ok=True)
    keeping(settings, tmp_path)
    return KEYS


def furnished(today: datetime) -> None:
    """This function will write something for every address and note its keys."""
    KEYS.clear()
    KEYS.update(keys(today))


def keys(today: datetime) -> Keys:
    gift = making.donation(by=making.donor(now=today), fee=making.HUNDRED.split([97, 3])[1], at=today)
    making.receipt(of=gift, now=today)
    making.payout(of=list(BalanceTransaction.objects.all()), arrives_on=date(2026, 3, 1), at=today)
    plan = making.plan(of=gift.donor, now=today)
    Issuer.objects.get_or_create(entity=gift.entity, defaults={"law": "US", "changed_at": today})
    way = WayToGive.objects.create(entity=gift.entity, kind="cheque", currency="USD", position=1)
    site = Site.objects.create(code="church", name="First Church")
    origin = SiteOrigin.objects.create(site=site, origin="https://church.example.org")
    asked = propose(gift, today)
    page = making.campaign().giving_page
    printing = PrintFile.objects.create(entity=gift.entity, receipts_file="receipts.pdf", made_at=today)
    return {
        **abroad_facts(gift, today),
        **batch_facts.facts(gift.donor, today=today),
        "office:page": [page.pk],
        "office:page_check": [page.pk],
        "office:page_save": [page.pk],
        **{f"office:website{deed}": [site.pk] for deed in ("", "_change", "_origin", "_remove")},
        "office:website_origin_remove": [origin.pk],
        "office:proposal": [asked.pk],
        "office:proposal_decide": [asked.pk],
        "office:donation": [gift.pk],
        "office:gift": ["check"],
        "office:correct": [gift.pk],
        "office:benefit": [gift.pk],
        "office:benefit_withdraw": [gift.pk, 1],
        **{f"office:donor{deed}": [gift.donor_id] for deed in DONOR_DEEDS},
        **{f"office:issuer{deed}": [gift.entity_id] for deed in ("", "_prior", "_confirm", "_preview")},
        "office:refund": [gift.pk],
        "office:refund_check": [gift.pk],
        "office:refund_send": [gift.pk],
        **{f"office:receipt{deed}": [Receipt.objects.get().pk] for deed in RECEIPT_DEEDS},
        "office:receipt_again": [gift.pk],
        "office:letters_file": [printing.pk, "receipts"],
        "office:letters_printed": [printing.pk],
        "office:payout": [Payout.objects.get().pk],
        **payout_facts(gift, today),
        "office:way_new": [gift.entity_id],
        "office:way": [gift.entity_id, way.pk],
        "office:link_retire": [1],
        "office:card": ["campaign", gift.campaign.slug],
        "office:report_campaign": [gift.campaign.slug],
        "office:report_campaign_file": [gift.campaign.slug],
        "office:report_export": ["lybunt"],
        **appeal_facts(gift, today),
        "portal:open": ["token"],
        "portal:receipt": [Receipt.objects.get().pk],
        **{f"portal:{name}": [gift.donor_id] for name in ("receipt_wishes", "person", "copy", "device_end")},
        "portal:email_sent": ["both"],
        "portal:gift_list": [gift.donor_id, gift.entity.code, 2026],
        "portal:email_confirm": ["token"],
        "portal:email_undo": ["token"],
        "portal:change": [plan.pk],
        "portal:plan": [plan.pk],
        "portal:stop": [plan.pk],
        "portal:plan_card": [plan.pk],
        "portal:card": ["token"],
        "portal:card_done": ["token"],
        "office:plan": [plan.pk],
        "office:plan_change": [plan.pk],
        "office:plan_died": [plan.pk],
        **a_year(),
        **bank_facts(gift),
        **access_pledges.keys(gift, today),
        **access_months.keys(gift.entity, today),
        **access_journals.keys(today),
        **fund_facts(today),
        **an_export(today),
    }


@pytest.mark.parametrize("row", TABLE, ids=[row["address"] for row in TABLE])
def test_the_table_holds(
    row: dict[str, str], facts: Keys, signed_in: Callable[[Role | None], Client]
) -> None:
    address = reverse(row["address"], args=facts.get(row["address"], []))
    browsers = {"anonymous": Client()} | {
        role: signed_in(Role(role) if role != "nobody" else None) for role in ROLES
    }
    for role, browser in browsers.items():
        response = browser.generic(row["method"], address)
        if response.streaming:
            list(response)  # read to its end, which closes the file
        assert response.status_code == int(row[role]), (role, address)
        assert "no-store" in response.headers["Cache-Control"], (role, address)
        assert response.headers["Referrer-Policy"] == "same-origin" or role == "anonymous", (role, address)


GETS = [row["address"] for row in TABLE if row["method"] == "GET" and row["address"].startswith("office:")]
READ_DOWN = {
    "office:donor",
    "office:bank_line",
    "office:bank_refused",
    "office:korea_file",
    "office:gift_aid_declaration",
    "office:gift_aid_file",
    "office:batch",
    "office:donation",
    "office:plan",
    "office:receipt",
    "office:receipt_file",
    "office:letters_file",
    "office:print_thanks",
    "office:donations_export",
    "office:journal_export",
    "office:register_export",
    "office:report_campaign_file",
    "office:report_export",
    "office:run_preview",
    "office:run_preview_file",
    "office:run_file",
    "office:journal_file",
    "office:journal_map_file",
    "office:fund_paper",
    "office:fund_report_file",
    "office:export_file",
    "office:export_manifest",
    "office:payout_export",
    "office:report_file_export",
}


def written() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in GETS if name not in READ_DOWN])
def test_looking_changes_nothing(name: str, facts: Keys, signed_in: Callable[[Role | None], Client]) -> None:
    """Only pages that show a giver's record write, and what they write is that it was read.

    Of the others that lead to a giver it is counted that somebody looked (T42), once, and nothing besides.
    """
    browser = signed_in(Role.ADMIN)
    browser.get(reverse("office:keys"))  # the first page of a session notes its time
    before = written()
    assert browser.get(reverse(name, args=facts.get(name, []))).status_code == 200
    changed = {table: count - before.get(table, 0) for table, count in written().items()}
    looks = {"staff_look": 1} if name in COUNTED else {}
    assert {table: count for table, count in changed.items() if count} == looks


COUNTED = {
    *("office:correct", "office:benefit", "office:amend", "office:sale", "office:refund", "office:proposal"),
    *("office:donor_edit", "office:donor_merge", "office:donor_joint", "office:pledge"),
    *("office:gift_aid_declare", "office:receipt_void"),
}


@pytest.mark.django_db
def test_wrong_methods_are_refused(today: datetime, signed_in: Callable[[Role | None], Client]) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    finance = signed_in(Role.FINANCE)
    assert finance.get(reverse("office:refund_send", args=[gift.pk])).status_code == 405
    assert finance.get(reverse("portal:sign_out")).status_code == 405
    assert Donation.objects.get().refund_requests.count() == 0
