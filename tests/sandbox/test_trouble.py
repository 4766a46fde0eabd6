"""Idempotency, faults, deliveries and restarts: what a careful caller must survive."""

from __future__ import annotations

import json
import sqlite3
import threading
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.sandbox.driving import Browser, Receiver, Sandbox, monthly, one_off, paid


def refunded(sandbox: Sandbox, charge: str, key: str, amount: int = 100) -> stripe.Refund:
    return sandbox.v1.refunds.create({"charge": charge, "amount": amount}, {"idempotency_key": key})


def charge_of(sandbox: Sandbox, browser: Browser) -> str:
    charge = paid(sandbox, browser).latest_charge
    assert isinstance(charge, stripe.Charge)
    return charge.id


def test_the_same_key_replays_the_first_answer(sandbox: Sandbox, browser: Browser) -> None:
    charge = charge_of(sandbox, browser)
    first, again = refunded(sandbox, charge, "r-1"), refunded(sandbox, charge, "r-1")
    assert first.id == again.id
    assert again.last_response
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(sandbox.v1.refunds.list({"charge": charge}).data) == 1


def test_the_same_key_with_another_body_is_refused(sandbox: Sandbox, browser: Browser) -> None:
    charge = charge_of(sandbox, browser)
    refunded(sandbox, charge, "r-1")
    with pytest.raises(stripe.IdempotencyError) as refusal:
        refunded(sandbox, charge, "r-1", amount=101)
    assert refusal.value.http_status == 400


def test_a_refusal_that_was_executed_is_replayed_and_one_that_was_not_is_not(
    sandbox: Sandbox, browser: Browser
) -> None:
    charge = charge_of(sandbox, browser)
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="greater than"):
            refunded(sandbox, charge, "r-1", amount=999_999)
    unknown: Any = {"charge": charge, "colour": "blue"}
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        sandbox.v1.refunds.create(unknown, {"idempotency_key": "r-2"})
    assert refunded(sandbox, charge, "r-2").status == "succeeded"
    replayed = [row["replayed"] for row in sandbox.operate("GET", "requests")["requests"]]
    assert replayed[-4:] == [False, True, False, False]


def test_expired_keys_do_it_again(sandbox: Sandbox, browser: Browser) -> None:
    charge = charge_of(sandbox, browser)
    first = refunded(sandbox, charge, "r-1")
    assert sandbox.operate("POST", "keys/expire")["expired"] >= 1
    assert refunded(sandbox, charge, "r-1").id != first.id
    sandbox.operate("POST", "clock", {"seconds": 86_401})  # and by themselves after a day
    assert refunded(sandbox, charge, "r-1").id != first.id
    assert len(sandbox.v1.refunds.list().data) == 3


def test_one_key_twice_at_once(sandbox: Sandbox, receiver: Receiver) -> None:
    def create() -> stripe.Customer:
        return sandbox.v1.customers.create({"name": "x"}, {"idempotency_key": "c-1"})

    sandbox.operate("POST", "faults", {"mode": "hang_after", "path": "/v1/customers", "seconds": 1.0})
    first = threading.Thread(target=create)
    first.start()
    receiver.wait_for("customer.created")  # executed, not yet answered
    assert create().name == "x"  # its answer is stored already and is replayed
    first.join()
    assert len(sandbox.v1.customers.list().data) == 1


def test_one_key_twice_while_the_first_still_runs(browser: Browser) -> None:
    with Sandbox(options=["--latency-ms", "1000"]) as slow:
        statuses: list[int | None] = []

        def create() -> None:
            try:
                slow.v1.customers.create({"name": "x"}, {"idempotency_key": "c-1"})
                statuses.append(200)
            except stripe.APIError as error:
                statuses.append(error.http_status)

        threads = [threading.Thread(target=create) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(status or 0 for status in statuses) == [200, 409, 409]
        assert len(slow.operate("GET", "record")["objects"]["customer"]) == 1


def test_stored_and_unstored_errors(sandbox: Sandbox) -> None:
    def create(key: str) -> stripe.Customer:
        return sandbox.v1.customers.create({"name": key}, {"idempotency_key": key})

    def count() -> int:
        return len(sandbox.v1.customers.list().data)

    sandbox.operate("POST", "faults", {"mode": "500_before", "method": "POST"})
    with pytest.raises(stripe.APIError):
        create("a")
    assert create("a").name == "a"  # was not stored

    sandbox.operate("POST", "faults", {"mode": "500_before_sticky", "method": "POST"})
    for _ in range(2):
        with pytest.raises(stripe.APIError) as stored:
            create("b")
        assert stored.value.http_status == 500
    assert count() == 1

    sandbox.operate("POST", "faults", {"mode": "500_after", "method": "POST"})
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            create("c")
    assert count() == 2  # it was done, and the 500 is replayed


@pytest.mark.parametrize(
    ("mode", "done"),
    [
        ("reset", 1),
        ("half_json", 1),
        ("empty_200", 1),
        ("html_error", 0),
        ("409", 0),
        ("429", 0),
        ("hang_before", 0),
        ("redirect", 0),
        ("odd_error", 0),
        ("idempotency_error", 0),
    ],
)
def test_broken_answers(sandbox: Sandbox, mode: str, done: int) -> None:
    sandbox.operate(
        "POST", "faults", {"mode": mode, "method": "POST", "path": "/v1/customers", "seconds": 0.1}
    )
    expected = {"429": stripe.RateLimitError, "409": stripe.APIError}.get(mode, stripe.StripeError)
    with pytest.raises(expected):
        sandbox.v1.customers.create({"name": "x"}, {"idempotency_key": "k"})
    assert len(sandbox.v1.customers.list().data) == done
    assert sandbox.v1.customers.create({"name": "x"}, {"idempotency_key": "k"}).name == "x"
    assert len(sandbox.v1.customers.list().data) == 1
    assert sandbox.operate("GET", "requests")["requests"][0]["fault"] == mode


def test_an_api_that_has_moved_on(sandbox: Sandbox, browser: Browser) -> None:
    charge = charge_of(sandbox, browser)
    patch = {"status": "unheard_of", "amount": None, "receipt_url": "__absent__", "novelty": {"a": 1}}
    sandbox.operate("POST", "faults", {"mode": "skew", "path": "/v1/charges", "count": 2, "patch": patch})
    odd: Any = sandbox.v1.charges.retrieve(charge)
    assert (odd.status, odd.amount, odd["novelty"]["a"], "receipt_url" in odd) == (
        "unheard_of",
        None,
        1,
        False,
    )
    assert sandbox.v1.charges.list().data[0].status == "unheard_of"
    assert sandbox.v1.charges.retrieve(charge).status == "succeeded"


def test_a_charge_made_last_year(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    session = one_off(sandbox)
    midnight = 1_767_243_480  # 31 Dec 2025 23:58 in New York
    sandbox.operate("POST", "clock", {"set": midnight})
    assert browser.pay(session.url or "").status == 303
    event = receiver.wait_for("charge.succeeded")
    assert midnight <= event.data.object["created"] <= midnight + 60
    assert midnight <= event.created <= midnight + 60


def test_the_sdk_retries_a_lost_answer_without_doing_it_twice(sandbox: Sandbox) -> None:
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": sandbox.url}, max_network_retries=2)
    sandbox.operate("POST", "faults", {"mode": "reset", "method": "POST", "path": "/v1/customers"})
    assert client.v1.customers.create({"name": "x"}).name == "x"
    assert len(sandbox.v1.customers.list().data) == 1


def test_bursts_of_429_end_by_themselves_or_on_demand(sandbox: Sandbox) -> None:
    sandbox.operate("POST", "faults", {"mode": "429", "count": None, "lasts": 60})
    for _ in range(3):
        with pytest.raises(stripe.RateLimitError):
            sandbox.v1.customers.list()
    request = urllib.request.Request(f"{sandbox.url}/_sandbox/faults", method="DELETE")
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert json.loads(answer.read()) == {"faults": []}
    assert sandbox.v1.customers.list().data == []


def test_deliveries_are_retried_until_taken(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.statuses = [500, 503]
    sandbox.v1.customers.create({"name": "x"})
    sandbox.drain()
    assert receiver.types() == ["customer.created"]
    event = sandbox.v1.events.list().data[0]
    assert event.pending_webhooks == 0
    delivery = sandbox.operate("GET", "record")["deliveries"][event.id]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 503, 200]


def test_an_endpoint_that_stays_down_is_listed(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.statuses = [500, 500, 500]
    customer = sandbox.v1.customers.create({"name": "x"})
    sandbox.drain()
    assert receiver.types() == []
    missed = sandbox.v1.events.list({"delivery_success": False}).data
    assert [event.data.object["id"] for event in missed] == [customer.id]
    assert sandbox.operate("POST", f"events/{missed[0].id}/deliver")["statuses"] == [200]
    assert sandbox.v1.events.list({"delivery_success": False}).data == []


def test_dropped_paused_reordered(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    sandbox.operate("POST", "deliveries", {"mode": "drop"})
    sandbox.v1.customers.create({"name": "lost"})
    sandbox.operate("POST", "deliveries", {"mode": "paused", "order": "reversed"})
    paid(sandbox, browser)
    state = sandbox.operate("GET", "deliveries")
    assert (state["held"], state["idle"]) == (5, True)
    sandbox.operate("POST", "deliveries", {"mode": "normal"})
    sandbox.drain()
    assert receiver.types()[0] == "checkout.session.completed"
    assert receiver.types()[-1] == "customer.created"
    assert len(receiver.types()) == 5  # the dropped one never came
    events = sandbox.v1.events.list({"types": ["customer.created"]}).data
    statuses = sandbox.operate("POST", "events/deliver", {"events": [event.id for event in events]})[
        "statuses"
    ]
    assert statuses == [200, 200]


def test_duplicates_and_bad_signatures(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.v1.customers.create({"name": "x"})
    sandbox.drain()
    event = sandbox.v1.events.list().data[0].id
    assert (
        sandbox.operate("POST", f"events/{event}/deliver", {"times": 5, "at_once": True})["statuses"]
        == [200] * 5
    )
    assert {one.id for one in receiver.events} == {event}
    assert len(receiver.events) == 6
    for signature in ("stale", "wrong", "none"):
        answer = sandbox.operate("POST", f"events/{event}/deliver", {"signature": signature})
        assert answer["statuses"] == [400]
    assert len(receiver.refused) == 3
    assert "Timestamp outside the tolerance zone" in receiver.refused[0]


def test_a_hook_may_come_before_the_answer(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.operate("POST", "faults", {"mode": "hang_after", "path": "/v1/customers", "seconds": 0.5})
    thread = threading.Thread(target=lambda: sandbox.v1.customers.create({"name": "early"}))
    thread.start()
    event = receiver.wait_for("customer.created")
    assert thread.is_alive()
    thread.join()
    assert event.data.object["name"] == "early"


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_state_survives_a_restart(
    state_file: Path, browser: Browser, receiver: Receiver, ending: str
) -> None:
    receiver.forget()
    with Sandbox(state=state_file, options=["--bank-debit-seconds", "0"]) as first:
        charge = charge_of(first, browser)
        refund = refunded(first, charge, "r-1")
        opened = one_off(first)
        monthly_session = monthly(first)
        browser.pay(monthly_session.url or "")
        first.operate("POST", "clock", {"seconds": 3600})
        before = first.operate("GET", "record")
        if ending == "stop":
            assert first.stop() == 0
        else:
            first.kill()
    with Sandbox(state=state_file, webhook_url=receiver.url, options=["--bank-debit-seconds", "0"]) as second:
        after = second.operate("GET", "record")
        assert after["objects"] == before["objects"]
        assert after["balance"] == before["balance"]
        assert after["now"] >= before["now"]
        assert refunded(second, charge, "r-1").id == refund.id
        assert len(second.v1.refunds.list().data) == 1
        second.operate("POST", "clock", {"seconds": 32 * 86_400})  # alarms are remembered too
        assert second.v1.checkout.sessions.retrieve(opened.id).status == "expired"
        assert len(second.v1.invoices.list({"status": "paid"}).data) == 2
        assert second.operate("GET", "audit")["breaches"] == []
        second.drain()
        assert "invoice.paid" in receiver.types()
    with closing(sqlite3.connect(state_file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_operator_page_shows_and_acts(sandbox: Sandbox, browser: Browser) -> None:
    charge = charge_of(sandbox, browser)
    page = browser.open(f"{sandbox.url}/_sandbox/")
    assert page.status == 200
    assert charge in page.html
    assert "The money adds up." in page.html
    done = browser.open(f"{sandbox.url}/_sandbox/disputes", charge=charge, kind="dispute")
    assert (done.status, done.url) == (303, "/_sandbox/")
    assert sandbox.v1.disputes.list().data[0].charge == charge
    foreign = urllib.request.Request(
        f"{sandbox.url}/_sandbox/reset", data=b"a=b", headers={"Origin": "https://evil.example.org"}
    )
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(foreign, timeout=5)
    refused.value.close()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"mode": "meltdown"}),
        ("deliveries", {"mode": "sideways"}),
        ("disputes", {}),
        ("payouts", {"currency": "usd"}),
        ("settings", {"refund_status": "maybe"}),
        ("clock", {"to": 1}),
    ],
)
def test_the_operator_is_told_what_is_wrong(sandbox: Sandbox, path: str, body: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        sandbox.operate("POST", path, body)
    refused.value.close()


def test_pages_are_safe_and_complete(sandbox: Sandbox, browser: Browser) -> None:
    nasty = '"><script>alert(1)</script>'
    price = {"currency": "usd", "unit_amount": 500, "product_data": {"name": nasty}}
    session = one_off(sandbox, line_items=[{"quantity": 1, "price_data": price}])
    page = browser.open(session.url or "")
    assert "<script" not in page.html
    for name in ("email", "name", "card", "routing", "account"):
        assert f'<label for="{name}">' in page.html
    assert "http://" not in page.html.replace(sandbox.url, "")  # nothing is loaded from elsewhere
    assert browser.open(f"{sandbox.url}/nowhere").status == 404
    assert browser.pay(session.url or "", email="nonsense").status == 400
