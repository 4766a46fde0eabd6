"""The contract comes from the installed `stripe` package, and binds what is asked and what is said."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, cast

import pytest
import stripe

from stripe_sandbox.contracts import catalogue, checking, parsing, reading
from stripe_sandbox.doors import form, routes
from tests.sandbox.driving import Browser, Sandbox, monthly, one_off, paid


def raw(sandbox: Sandbox, method: str, path: str, body: str = "", **headers: str) -> tuple[int, Any, Any]:
    request = urllib.request.Request(
        sandbox.url + path,
        data=body.encode() if method == "POST" else None,
        method=method,
        headers={"Authorization": "Bearer sk_test_x", **headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read()), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read()), error.headers


def test_every_route_has_its_parameters_in_the_package() -> None:
    for route in routes.ROUTES:
        assert route.parser().compile() is not None


def test_every_blank_carries_all_documented_fields() -> None:
    for kind, described in catalogue.KINDS.items():
        documented = set(catalogue.documented(kind))
        assert set(catalogue.blank(kind)) == documented - described.absent


def test_a_wrong_object_is_a_crash() -> None:
    refund = {**catalogue.blank("refund"), "amount": "12", "status": "succeeded", "surprise": 1}
    with pytest.raises(checking.ContractBroken, match="not a documented field") as broken:
        catalogue.hold_to_contract(refund)
    assert "amount: expected int" in str(broken.value)
    event = {**catalogue.blank("event"), "type": "refund.invented", "data": {"object": {}}}
    with pytest.raises(checking.ContractBroken, match="is not one of"):
        catalogue.hold_to_contract(event)


def test_booleans_are_not_numbers_and_decimals_are_text() -> None:
    assert checking.compiled(reading.Scalar("int"))(True)
    assert checking.compiled(reading.Scalar("int"))(1) is None
    assert checking.compiled(reading.Scalar("Decimal"))(1.5)
    assert checking.compiled(reading.Scalar("Decimal"))("1.5") is None


def test_form_names_are_nested() -> None:
    assert form.decoded("a[0][b]=1&a[1][b]=2&c[d]=%C3%A9&e[]=x&e[]=y&f=") == {
        "a": [{"b": "1"}, {"b": "2"}],
        "c": {"d": "é"},
        "e": ["x", "y"],
        "f": "",
    }


def test_parameters_are_typed_by_the_package() -> None:
    parse = parsing.parser("stripe.params._refund_create_params", "RefundCreateParams")
    assert parse({"amount": "500", "metadata": {"a": "b"}}, "") == {"amount": 500, "metadata": {"a": "b"}}
    for given in ({"amount": "5.00"}, {"amont": "500"}, {"reason": "bored"}, {"metadata": {"k" * 41: "v"}}):
        with pytest.raises(parsing.Refused):
            parse(given, "")


@pytest.mark.parametrize(
    ("wrong", "code", "param"),
    [
        ({"colour": "blue"}, "parameter_unknown", "colour"),
        (
            {"payment_method_types": ["card"]},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        ({"mode": "gift"}, None, "mode"),
        ({"mode": None}, "parameter_missing", "mode"),
        ({"success_url": "/thanks"}, "url_invalid", "success_url"),
        ({"expires_at": 1}, None, "expires_at"),
        ({"subscription_data": {"description": "x"}}, None, "subscription_data"),
        ({"customer": "cus_nobody", "customer_creation": None}, "resource_missing", "customer"),
        ({"payment_intent_data": {"statement_descriptor_suffix": "x" * 23}}, None, None),
        ({"allowed_payment_method_types": ["kakao_pay"]}, None, "allowed_payment_method_types"),
        ({"discounts": [{"coupon": "x"}]}, None, "discounts"),
    ],
)
def test_sessions_are_refused_as_stripe_refuses(
    sandbox: Sandbox, wrong: dict[str, Any], code: str | None, param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        one_off(sandbox, **wrong)
    assert refusal.value.http_status == (404 if code == "resource_missing" else 400)
    assert refusal.value.code == code
    assert param is None or refusal.value.param == param


def test_line_items_are_checked(sandbox: Sandbox) -> None:
    def price(**more: Any) -> dict[str, Any]:
        return {"currency": "usd", "unit_amount": 500, "product_data": {"name": "x"}, **more}

    wrong: list[list[dict[str, Any]]] = [
        [{"quantity": 1, "price_data": price(currency="zzz")}],
        [{"quantity": 0, "price_data": price()}],
        [{"quantity": 1, "price_data": price(unit_amount=-1)}],
        [{"quantity": 1, "price_data": price(recurring={"interval": "month"})}],
        [{"quantity": 1, "price_data": price()}, {"quantity": 1, "price_data": price(currency="krw")}],
        [{"quantity": 1}],
    ]
    for items in wrong:
        with pytest.raises(stripe.InvalidRequestError):
            one_off(sandbox, line_items=items)
    assert sandbox.operate("GET", "record")["objects"] == {}  # a refused request leaves nothing behind


def test_who_may_call(sandbox: Sandbox) -> None:
    for key in ("sk_live_x", "pk_test_x", ""):
        status, body, _ = raw(sandbox, "GET", "/v1/charges", Authorization=f"Bearer {key}")
        assert (status, body["error"]["type"]) == (401, "invalid_request_error")
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("rk_test_x", base_addresses={"api": sandbox.url}).v1.charges.list()
    assert raw(sandbox, "GET", "/v1/issuing/cards")[0] == 404
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sandbox.v1.refunds.retrieve("re_nothing")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_answers_name_the_request_and_the_version(sandbox: Sandbox) -> None:
    _, _, headers = raw(sandbox, "GET", "/v1/charges")
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == stripe.api_version


def test_expand_goes_down_and_through_lists(sandbox: Sandbox, browser: Browser) -> None:
    intent = paid(sandbox, browser)
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    rows = sandbox.v1.charges.list(
        {"expand": ["data.balance_transaction", "data.payment_intent.customer"]}
    ).data
    assert isinstance(rows[0].balance_transaction, stripe.BalanceTransaction)
    assert isinstance(rows[0].payment_intent, stripe.PaymentIntent)
    assert isinstance(rows[0].payment_intent.customer, stripe.Customer)
    line = sandbox.v1.balance_transactions.list({"expand": ["data.source"]}).data[0]
    assert isinstance(line.source, stripe.Charge)
    assert isinstance(
        sandbox.v1.charges.retrieve(charge.id).balance_transaction, str
    )  # nothing stored is touched
    for path in ("nonsense", "balance_transaction.nonsense", "status"):
        with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
            sandbox.v1.charges.retrieve(charge.id, {"expand": [path]})
    with pytest.raises(stripe.InvalidRequestError, match="4 levels"):
        sandbox.v1.charges.retrieve(charge.id, {"expand": ["a.b.c.d.e"]})


def test_lists_are_cursors(sandbox: Sandbox) -> None:
    made = [sandbox.v1.customers.create({"name": f"n{number}"}).id for number in range(7)]
    first = sandbox.v1.customers.list({"limit": 3})
    assert ([row.id for row in first.data], first.has_more) == (made[:3:-1], True)
    following = sandbox.v1.customers.list({"limit": 3, "starting_after": first.data[-1].id})
    assert [row.id for row in following.data] == made[3:0:-1]
    back = sandbox.v1.customers.list({"limit": 2, "ending_before": following.data[-1].id})
    assert [row.id for row in back.data] == [made[3], made[2]]
    assert [row.id for row in sandbox.v1.customers.list({"limit": 2}).auto_paging_iter()] == made[::-1]
    assert [row.name for row in sandbox.v1.customers.list({"limit": 100}).data] == [
        f"n{n}" for n in range(6, -1, -1)
    ]
    for wrong in ({"limit": 0}, {"limit": 101}, {"starting_after": "cus_nobody"}):
        with pytest.raises(stripe.InvalidRequestError):
            sandbox.v1.customers.list(cast(Any, wrong))


def test_events_are_listed_by_type_and_time(sandbox: Sandbox, browser: Browser) -> None:
    paid(sandbox, browser)
    sandbox.drain()
    kinds = ["charge.succeeded", "payment_intent.succeeded"]
    assert [event.type for event in sandbox.v1.events.list({"types": kinds}).data] == kinds[::-1]
    assert [event.type for event in sandbox.v1.events.list({"type": "charge.*"}).data] == ["charge.succeeded"]
    oldest = sandbox.v1.events.list({"limit": 100}).data[-1]
    assert oldest.type == "customer.created"
    in_order = [
        event.type for event in sandbox.v1.events.list({"ending_before": oldest.id}).auto_paging_iter()
    ]
    assert in_order == [*["payment_intent.created"], *kinds, "checkout.session.completed"]
    assert sandbox.v1.events.list({"delivery_success": False}).data == []
    assert sandbox.v1.events.retrieve(oldest.id).data.object["email"] == "grace@example.org"
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.v1.events.list({"types": ["x"] * 21})


def test_customers_and_metadata_are_updated(sandbox: Sandbox, browser: Browser) -> None:
    customer = sandbox.v1.customers.create({"email": "a@example.org", "metadata": {"donor": "1", "old": "x"}})
    updated = sandbox.v1.customers.update(customer.id, {"name": "Grace", "metadata": {"old": "", "new": "y"}})
    assert (updated.name, updated.metadata and updated.metadata.to_dict()) == (
        "Grace",
        {"donor": "1", "new": "y"},
    )
    assert sandbox.v1.customers.delete(customer.id).deleted is True
    gone = sandbox.v1.customers.retrieve(customer.id)
    assert gone.to_dict() == {"id": customer.id, "object": "customer", "deleted": True}
    intent = paid(sandbox, browser)
    changed = sandbox.v1.payment_intents.update(intent.id, {"metadata": {"note": "n"}})
    assert changed.metadata.to_dict() == {"donation": "d-1", "note": "n"}


def test_intents_without_checkout(sandbox: Sandbox) -> None:
    params: Any = {"amount": 500, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
    assert sandbox.v1.payment_intents.create(params).status == "succeeded"
    with pytest.raises(stripe.CardError) as decline:
        sandbox.v1.payment_intents.create(cast(Any, {**params, "payment_method": "pm_card_chargeDeclined"}))
    assert (decline.value.http_status, decline.value.code) == (402, "card_declined")
    waiting = sandbox.v1.payment_intents.list().data[0]
    assert waiting.status == "requires_payment_method"  # the attempt is kept
    assert sandbox.v1.payment_intents.cancel(waiting.id).status == "canceled"


def test_products_and_prices_made_beforehand(sandbox: Sandbox, browser: Browser) -> None:
    product = sandbox.v1.products.create({"name": "Safe house"})
    price = sandbox.v1.prices.create(
        {"currency": "usd", "unit_amount": 3000, "product": product.id, "recurring": {"interval": "month"}}
    )
    session = monthly(sandbox, line_items=[{"price": price.id, "quantity": 2}])
    assert session.amount_total == 6000
    assert browser.pay(session.url or "").status == 303
    assert sandbox.v1.subscriptions.list({"price": price.id}).data[0]["items"].data[0].quantity == 2
