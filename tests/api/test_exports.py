"""Exports: ordered, watched, fetched by nobody but the one who asked, called off, and gone after a day."""

import csv
import hashlib
import io
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from jobs import running
from jobs.models import Job
from reports import export_jobs, filing_out
from reports.files import making as files
from staff.models import AuditEvent, Role, User
from tests.api import making
from tests.api.making import NOW

URL = "/api/v1/exports/"

pytestmark = pytest.mark.usefixtures("bells", "folder")


def order(client: Client, **body: object) -> dict[str, object]:
    answer = client.post(URL, {"kind": "donations", **body}, content_type="application/json")
    assert answer.status_code == 202, answer.content
    found: dict[str, object] = answer.json()
    assert answer["Location"].endswith(f"{URL}{found['id']}/")
    return found


def run(now: datetime = NOW) -> None:
    assert running.run_one(works=export_jobs.works(), now=now)


def fetched(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.usefixtures("committed")
def test_an_export_from_order_to_file(folder: Path) -> None:
    client = making.bearer(making.key(Role.FINANCE))
    gifts = [making.donation(minor=minor) for minor in (10_00, 20_50, 30_00)]
    making.donation(currency="KRW", minor=50_000)
    ordered = order(client, filters={"currency": "USD"})
    assert (ordered["status"], ordered["file"], ordered["manifest"]) == ("queued", None, None)
    assert client.get(f"{URL}{ordered['id']}/file/").status_code == 404
    run()
    done = client.get(f"{URL}{ordered['id']}/").json()
    answer = client.get(done["file"])
    content = fetched(answer)
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert {row["donation_id"] for row in rows} == {str(gift.pk) for gift in gifts}
    manifest = done["manifest"]
    assert datetime.fromisoformat(manifest.pop("snapshot_at")).tzinfo is not None
    assert manifest == {
        "rows": 3,
        "sums": [{"amount": "60.50", "currency": "USD"}],
        "filters": {"currency": "USD"},
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert (done["status"], done["done_rows"], done["total_rows"]) == ("succeeded", 3, 3)
    assert done["expires_at"] == "2026-11-21T15:00:00Z"
    assert answer["Content-Disposition"] == 'attachment; filename="donations-20261120-1500.csv"'
    assert answer["Cache-Control"] == "no-store, private"
    assert sorted(path.name for path in (folder / "exports").iterdir()) == [
        f"{ordered['id']}.csv",
        f"{ordered['id']}.json",
    ]
    assert (folder / "exports" / f"{ordered['id']}.csv").stat().st_mode & 0o077 == 0
    trail = AuditEvent.objects.filter(action__startswith="export").order_by("number")
    assert [event.action for event in trail] == ["export.requested", "export.read"]
    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        assert client.get(f"{URL}{ordered['id']}/").json()["file"] is None
        assert client.get(done["file"]).status_code == 404
    assert export_jobs.purge(now=NOW + timedelta(hours=23, minutes=59)) == 0
    assert export_jobs.purge(now=NOW + timedelta(hours=24)) == 1
    assert not list((folder / "exports").iterdir())


@pytest.mark.usefixtures("committed")
def test_the_journal_of_a_period() -> None:
    client = making.bearer(making.key(Role.APPROVER))
    ordered = order(client, kind="journal", filters={"booked_from": "2026-01-01", "booked_to": "2026-12-31"})
    run()
    done = client.get(f"{URL}{ordered['id']}/").json()
    assert (done["manifest"]["rows"], done["manifest"]["sums"]) == (0, [])
    assert fetched(client.get(done["file"])).startswith(b"journal_id,")


@pytest.mark.usefixtures("committed")
def test_nobody_else_reaches_it() -> None:
    owner = making.bearer(making.key(Role.FINANCE))
    ordered = order(owner, kind="journal")
    run()
    for stranger in (making.signed_in(Role.ADMIN), making.bearer(making.key(Role.ADMIN))):
        for path in (f"{URL}{ordered['id']}/", f"{URL}{ordered['id']}/file/"):
            answer = stranger.get(path)
            nothing = stranger.get(path.replace(str(ordered["id"]), str(uuid.uuid4())))
            assert (answer.status_code, nothing.status_code) == (404, 404)
            assert {**answer.json(), "instance": ""} == {**nothing.json(), "instance": ""}
        assert stranger.delete(f"{URL}{ordered['id']}/").status_code == 404


@pytest.mark.usefixtures("committed")
def test_called_off_while_it_runs_it_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = making.bearer(making.key(Role.FINANCE))
    ordered = order(client)
    real = files.pieces
    answers: list[int] = []

    def canceled_midway(**given: Any) -> Iterator[files.Piece]:
        yield b"x", filing_out.REPORT_EVERY
        making.beside(lambda: answers.append(client.delete(f"{URL}{ordered['id']}/").status_code)).join(30)
        for _ in range(40):
            yield b"y", filing_out.REPORT_EVERY
        yield from real(**given)

    monkeypatch.setattr(files, "pieces", canceled_midway)
    run()
    seen = client.get(f"{URL}{ordered['id']}/").json()
    assert answers == [204]
    assert (seen["status"], seen["file"], seen["manifest"]) == ("canceled", None, None)
    assert not list((folder / "exports").iterdir())
    assert client.delete(f"{URL}{ordered['id']}/").status_code == 409


@pytest.mark.usefixtures("committed")
def test_one_that_breaks_is_tried_again_and_leaves_no_half(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = making.bearer(making.key(Role.FINANCE))
    ordered = order(client)

    def broken(**given: Any) -> Iterator[files.Piece]:
        yield b"half", 1
        raise RuntimeError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(files, "pieces", broken)
        with pytest.raises(RuntimeError):
            run()
    assert not list((folder / "exports").iterdir())
    seen = client.get(f"{URL}{ordered['id']}/")
    assert seen.json()["status"] == "queued"
    assert "disk" not in seen.content.decode()
    run(now=NOW + timedelta(minutes=5))
    assert client.get(f"{URL}{ordered['id']}/").json()["status"] == "succeeded"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "donors"}, "kind"),
        ({"kind": "donations", "owner": 1}, "owner"),
        ({"kind": "donations", "language": "fr"}, "language"),
        ({"kind": "donations", "filters": {"booked_from": "2026-01-01"}}, "filters.booked_from"),
        ({"kind": "donations", "filters": {"search": "kim"}}, "filters.search"),
        ({"kind": "donations", "filters": {"given_from": "soon"}}, "filters.given_from"),
        (
            {"kind": "donations", "filters": {"given_from": "2026-02-02", "given_to": "2026-02-01"}},
            "filters.given_to",
        ),
        ({"kind": "donations", "filters": {"amount": "5", "currency": "USD"}}, "filters.amount"),
        ({"kind": "donations", "filters": {"donor": {"$gt": ""}}}, "filters.donor"),
        ({"kind": "donations", "filters": {"donor": 5}}, "filters.donor"),
        ({"kind": "donations", "filters": []}, "filters"),
        ({"kind": "journal", "filters": {"currency": "USD"}}, "filters.currency"),
    ],
)
def test_orders_that_are_refused(body: dict[str, object], field: str) -> None:
    answer = making.signed_in(Role.FINANCE).post(URL, body, content_type="application/json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_job_of_another_kind_is_no_export() -> None:
    client = making.signed_in(Role.FINANCE)
    owner = User.objects.get()
    other = running.enqueue(kind="import", arguments={}, requested_by_id=owner.pk, now=NOW)
    assert client.get(f"{URL}{other.pk}/").status_code == 404
    assert client.delete(f"{URL}{other.pk}/").status_code == 404
