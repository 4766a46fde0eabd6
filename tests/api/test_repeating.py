"""Idempotency keys: one request is carried out once, whoever repeats it, and at the same moment too."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from api import repeating
from api.models import IdempotencyRecord
from donors import keeping
from donors.models import Donor
from jobs.models import Job
from staff.models import Role
from tests.api import making
from tests.api.making import NOW

URL = "/api/v1/donors/"


def enter(client: Client, key: str, body: object = None, url: str = URL) -> Any:
    return client.post(
        url, body or {"name": "Grace Kim"}, content_type="application/json", headers={"Idempotency-Key": key}
    )


@pytest.mark.django_db
def test_the_same_request_again_gets_the_stored_answer() -> None:
    client = making.signed_in(Role.FINANCE)
    first = enter(client, "k1")
    again = enter(client, "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first["Location"] == again["Location"]
    assert not first.has_header("Idempotent-Replayed")
    assert again["Idempotent-Replayed"] == "true"
    assert Donor.objects.count() == 1
    assert enter(client, "k2").status_code == 201
    assert Donor.objects.count() == 2


@pytest.mark.django_db
def test_an_export_is_ordered_once(bells: list[tuple[object, ...]]) -> None:
    client = making.bearer(making.key(Role.FINANCE))
    answers = [enter(client, "k", {"kind": "journal"}, "/api/v1/exports/") for _ in range(3)]
    assert {answer.json()["id"] for answer in answers} == {str(Job.objects.get().pk)}
    assert bells == [("reports.run_jobs",)]


@pytest.mark.django_db
def test_a_key_belongs_to_one_request_and_one_actor() -> None:
    client = making.signed_in(Role.FINANCE)
    assert enter(client, "k").status_code == 201
    other_body = enter(client, "k", {"name": "Somebody Else"})
    assert (other_body.status_code, other_body.json()["type"]) == (
        422,
        "urn:almoner:problem:idempotency_key_reused",
    )
    assert enter(client, "k", {"name": "Grace Kim"}, "/api/v1/exports/").status_code == 422
    assert enter(making.signed_in(Role.FINANCE), "k").status_code == 201
    assert Donor.objects.count() == 2


@pytest.mark.django_db
def test_while_the_first_runs_the_second_is_told_so() -> None:
    user = making.user(Role.FINANCE)
    client = Client()
    client.force_login(user)
    assert enter(client, "k").status_code == 201
    IdempotencyRecord.objects.update(status=None, answer=None)
    waiting = enter(client, "k")
    assert (waiting.status_code, waiting.json()["type"]) == (409, "urn:almoner:problem:still_running")


@pytest.mark.django_db
def test_after_a_crash_the_work_is_found_and_not_done_again() -> None:
    client = making.signed_in(Role.FINANCE)
    first = enter(client, "k")
    IdempotencyRecord.objects.update(status=None, answer=None, begun_at=NOW - timedelta(minutes=5))
    again = enter(client, "k")
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert Donor.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_request_leaves_its_key_free(monkeypatch: pytest.MonkeyPatch) -> None:
    client = making.signed_in(Role.FINANCE)
    client.raise_request_exception = False
    assert enter(client, "k", {"name": ""}).status_code == 400
    with monkeypatch.context() as broken:

        def fail(**given: object) -> None:
            raise RuntimeError("secret words")

        broken.setattr(keeping, "add", fail)
        answer = enter(client, "k")
    assert answer.status_code == 500
    assert "secret words" not in answer.content.decode()
    assert enter(client, "k").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, "a\tb"])
def test_what_is_no_key(key: str) -> None:
    assert enter(making.signed_in(Role.FINANCE), key).status_code == 400
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.django_db
def test_records_are_kept_for_a_day() -> None:
    enter(making.signed_in(Role.FINANCE), "k")
    assert repeating.purge(now=NOW + timedelta(hours=24)) == 0
    assert repeating.purge(now=NOW + timedelta(hours=24, seconds=1)) == 1


@pytest.mark.usefixtures("committed")
def test_ten_at_once_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    issued = making.key(Role.FINANCE)
    inside, finish = threading.Event(), threading.Event()
    real = keeping.add

    def slow(**given: Any) -> Donor:
        inside.set()
        assert finish.wait(30)
        return real(**given)

    monkeypatch.setattr(keeping, "add", slow)
    statuses: list[int] = []
    first = making.beside(lambda: statuses.append(enter(making.bearer(issued), "k").status_code))
    assert inside.wait(30)
    others = [
        making.beside(lambda: statuses.append(enter(making.bearer(issued), "k").status_code))
        for _ in range(9)
    ]
    for other in others:
        other.join(30)
    finish.set()
    first.join(30)
    assert sorted(statuses) == [201] + [409] * 9
    assert Donor.objects.count() == 1
    assert enter(making.bearer(issued), "k")["Idempotent-Replayed"] == "true"
