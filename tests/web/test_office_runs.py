"""The pages of the annual run, in the order somebody sees them; and the register of numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger import money
from receipts.models import AnnualRun, PrintFile, Receipt, RunException, SpoiledNumber
from staff.models import AuditEvent, Role
from tests import making
from tests.receipts import years
from tests.receipts.years import NOW

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.fixture(autouse=True)
def body() -> None:
    years.issuer()


@pytest.fixture
def run() -> AnnualRun:
    ada = years.donor("Ada Ames")
    years.gift(ada, "50.00")
    years.gift(ada, kind="stock", description="10 shares ABC")
    years.gift(years.donor("Anonymous"), "7.00")
    years.gift(years.donor("Ben Bow", wants_post=True), "20.00")
    return years.rehearsed()


def text(browser: Client, name: str, *keys: object, query: str = "", status: int = 200) -> str:
    answer = browser.get(reverse(f"office:{name}", args=keys) + query)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_year_is_begun_once(signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    years.gift(years.donor("Ada Ames"))
    asked = {"entity": making.entity().pk, "tax_year": years.YEAR}
    assert "Rehearse" in text(finance, "run_new")
    answer = finance.post(reverse("office:run_new"), asked)
    made = AnnualRun.objects.get()
    assert answer["Location"] == reverse("office:run", args=[made.pk])
    shown = text(finance, "run", made.pk)
    assert "<progress" in shown
    assert 'http-equiv="refresh"' in shown
    again = finance.post(reverse("office:run_new"), asked)
    assert again.status_code == 422
    assert "under way already" in again.content.decode()
    assert finance.post(reverse("office:run_new"), {"entity": "9999", "tax_year": "x"}).status_code == 422
    assert str(years.YEAR) in text(finance, "runs")


def test_the_rehearsal_shows_counts_the_bridge_and_what_is_open(run: AnnualRun, signed_in: SignIn) -> None:
    shown = text(signed_in(Role.FINANCE), "run", run.pk)
    assert "From the books to the receipts" in shown
    assert "$177.00" in shown
    assert "described without a value" in shown
    assert "2 things have to be looked at" in shown
    assert 'http-equiv="refresh"' not in shown
    assert shown.count('<a class="btn"') + shown.count("<button>") <= 2  # the search button of every page
    everybody = text(signed_in(Role.APPROVER), "run_items", run.pk)
    assert everybody.index("Ada Ames") < everybody.index("Anonymous") < everybody.index("Ben Bow")
    posted = text(signed_in(Role.APPROVER), "run_items", run.pk, query="?channel=post&status=ready")
    assert "Ben Bow" in posted
    assert "Ada Ames" not in posted
    text(signed_in(Role.APPROVER), "run_items", run.pk, query="?status=nonsense", status=400)


def test_exceptions_are_worked_off(run: AnnualRun, signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    address = reverse("office:run_exceptions", args=[run.pk])
    shown = text(finance, "run_exceptions", run.pk)
    assert shown.index("No real name") < shown.index("Shares", shown.index('class="work'))
    assert "Note 1 that only has to be known" in shown
    nameless = RunException.objects.get(item__run=run, code="no_name")
    decide = reverse("office:run_decide", args=[run.pk, nameless.pk])
    still = finance.post(decide, {"deed": "solve"})
    assert still.status_code == 422
    assert "It is still so" in still.content.decode()
    assert finance.post(decide, {"deed": "nonsense"}).status_code == 422
    assert finance.post(decide, {"deed": "leave_out", "reason": " "}).status_code == 422
    out = finance.post(f"{decide}?state=open", {"deed": "leave_out", "reason": "Nobody knows them"})
    assert out["Location"] == f"{address}?state=open"
    assert "Nobody knows them" in text(finance, "run_exceptions", run.pk, query="?state=left_out")
    finance.post(decide, {"deed": "open_again"})
    nameless.refresh_from_db()
    assert nameless.state == "open"
    noted = finance.post(reverse("office:run_note", args=[run.pk]), {"code": ""})
    assert noted["Location"] == address
    assert finance.post(reverse("office:run_note", args=[run.pk]), {"code": "no_name"}).status_code == 422
    assert "Noted" in text(finance, "run_exceptions", run.pk, query="?code=stock")
    text(finance, "run_exceptions", run.pk, query="?code=nonsense", status=400)
    # An approver reads the list and decides nothing.
    assert "Leave this giver out" not in text(signed_in(Role.APPROVER), "run_exceptions", run.pk)


def test_previews_stand_beside_the_gifts(run: AnnualRun, signed_in: SignIn) -> None:
    approver = signed_in(Role.APPROVER)
    assert "Ten by lot" in text(approver, "run_previews", run.pk)
    shown = text(approver, "run_preview", run.pk, 1)
    assert "What the paper says" in shown
    assert "10 shares ABC" in shown
    paper = approver.get(reverse("office:run_preview_file", args=[run.pk, 1]))
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert AuditEvent.objects.filter(action="preview receipt").count() == 2
    assert not Receipt.objects.exists()
    for gift in years.donor("Ben Bow").donations.all():
        making.refund(of=gift, amount=gift.amount, at=NOW)
    assert "Nothing can be drawn" in text(approver, "run_preview", run.pk, 3)
    text(approver, "run_preview_file", run.pk, 3, status=404)


def test_the_second_person_approves_and_everybody_is_accounted_for(run: AnnualRun, signed_in: SignIn) -> None:
    finance, approver = signed_in(Role.FINANCE), signed_in(Role.APPROVER)
    nameless = RunException.objects.get(item__run=run, code="no_name")
    decide = reverse("office:run_decide", args=[run.pk, nameless.pk])
    finance.post(decide, {"deed": "leave_out", "reason": "Nobody knows them"})
    finance.post(reverse("office:run_note", args=[run.pk]), {"code": ""})
    assert "what was left out" in text(finance, "run", run.pk)  # changed, so rehearse again
    approve = reverse("office:run_approve", args=[run.pk])
    assert approver.get(approve).status_code == 302
    assert approver.post(approve).status_code == 422
    steer = reverse("office:run_steer", args=[run.pk])
    assert finance.post(steer, {"deed": "rehearse"}).status_code == 302
    years.work(now=timezone.now())
    assert finance.post(steer, {"deed": "pause"}).status_code == 422
    assert "Issue 2 receipts" in text(approver, "run_approve", run.pk)
    assert approver.post(approve)["Location"] == reverse("office:run", args=[run.pk])
    assert "How far it is" in text(finance, "run", run.pk)
    years.work(now=timezone.now())
    shown = text(finance, "run", run.pk)
    assert "For the printer" in shown
    assert "It is printed and mailed" in shown
    made = PrintFile.objects.get()
    file = approver.get(reverse("office:run_file", args=[made.pk, "receipts"]))
    assert b"".join(file.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert approver.get(reverse("office:run_file", args=[made.pk, "other"])).status_code == 302
    deed = reverse("office:run_file_deed", args=[made.pk])
    assert finance.post(deed, {"deed": "printed"}).status_code == 302
    assert finance.post(deed, {"deed": "again"}).status_code == 302
    everybody = text(finance, "run_items", run.pk)
    for what in ("2025-000001", "2025-000002", "Nobody knows them"):
        assert what in everybody


def test_work_that_was_given_up_says_so_and_goes_on(run: AnnualRun, signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    job = years.the_job(run)
    AnnualRun.objects.filter(pk=run.pk).update(status="rehearsing")
    type(job).objects.filter(pk=job.pk).update(status="failed", error="OSError: no space left", ended_at=NOW)
    shown = text(finance, "run", run.pk)
    assert "The work ended with an error" in shown
    assert "Rehearse again" in shown
    finance.post(reverse("office:run_steer", args=[run.pk]), {"deed": "cancel"})
    assert "Nothing was issued" in text(finance, "run", run.pk)


def test_the_register_lists_every_number_once_and_spoiled_ones_too(signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    assert "No number fits" in text(finance, "register")
    assert finance.get(reverse("office:register_export")).status_code == 302
    years.gift(years.donor("Kim Seung"), "30.00")
    gift = years.gift(years.donor("Ada Ames"), "80.00")
    years.issued(years.rehearsed())
    making.refund(of=gift, amount=money.Money(30_00, "USD"), at=NOW)
    making.correction(of=gift, now=NOW)
    series = Receipt.objects.order_by("number")[0].series
    type(series).objects.filter(pk=series.pk).update(next_number=5)
    SpoiledNumber.objects.create(series=series, number=4, words="On a paper that was lost", spoiled_at=NOW)
    shown = text(finance, "register", query=f"?entity={series.entity_id}&year=2025")
    rows_shown = [re.search(r"2025-\d{6}", row) for row in shown.split("<tr data-row>")[1:]]
    assert [found and found[0] for found in rows_shown] == [f"2025-00000{n}" for n in (4, 3, 2, 1)]
    assert "On a paper that was lost" in shown
    assert "replaced by 2025-000003" in shown
    assert "replaces 2025-000001" in shown
    only = text(finance, "register", query="?state=void")
    assert "replaced by 2025-000003" in only
    assert "On a paper that was lost" not in only
    assert "lost" in text(finance, "register", query="?state=spoiled")
    assert "2025-000004" not in text(finance, "register", query="?below=4")
    text(finance, "register", query="?state=nonsense", status=400)
    answer = finance.get(reverse("office:register_export") + "?year=2025")
    content = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [(row["number"], row["state"], row["total"]) for row in rows] == [
        ("1", "void", "80.00"),
        ("2", "valid", "30.00"),
        ("3", "valid", "50.00"),
        ("4", "spoiled", ""),
    ]
    assert "Ada" not in content
