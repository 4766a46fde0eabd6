"""Standing gifts at Stripe: what `stripe_gateway` says of subscriptions. It translates; it decides nothing.

A plan's terms change without a pro-rata charge, and a date is moved by a trial that ends on the new one: until then
nothing is charged, and from then on the periods are counted from it (another interval alone would charge at once).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from payments import reading
from payments.gateway import CardState, ChargeState, InvoiceState, PlanRequest, PlanState, PlanTerms

PLAN = ["default_payment_method", "customer.invoice_settings.default_payment_method"]
PLAN_WITH_LABEL = [*PLAN, "items.data.price.product"]
INVOICE = ["payments.data.payment.payment_intent"]

Result = TypeVar("Result")


class StripePlans(ABC):
    """The part of `StripeGateway` that is about standing gifts; the calls themselves are made there."""

    _client: Any

    @abstractmethod
    def _ask(self, read: Callable[[reading.Raw], Result], call: Callable[[], Any]) -> Result: ...

    @abstractmethod
    def _told(self, call: Callable[[], Any]) -> dict[str, Any]: ...

    @abstractmethod
    def _each(
        self, read: Callable[[reading.Raw], Result], list_page: Callable[..., Any], filters: dict[str, Any]
    ) -> Iterator[Result]: ...

    # Looking

    def plan(self, ref: str) -> PlanState:
        params = {"expand": PLAN_WITH_LABEL}
        return self._ask(reading.plan, lambda: self._client.subscriptions.retrieve(ref, params))

    def plans_of(self, customer_ref: str) -> Iterator[PlanState]:
        """Every plan of a customer, ended ones too; without the label, which lies too deep in a list."""
        filters = {
            "customer": customer_ref,
            "status": "all",
            "expand": [f"data.{path}" for path in PLAN],
        }
        return self._each(reading.plan, self._client.subscriptions.list, filters)

    def invoice(self, ref: str) -> InvoiceState:
        return self._ask(reading.invoice, lambda: self._client.invoices.retrieve(ref, {"expand": INVOICE}))

    def unpaid_invoices(self, plan_ref: str) -> Iterator[InvoiceState]:
        filters = {"subscription": plan_ref, "status": "open", "expand": ["data.payments"]}
        return self._each(reading.invoice, self._client.invoices.list, filters)

    def failed_charges(self, *, payment_ref: str) -> Iterator[ChargeState]:
        """Every attempt of a payment that failed, newest first."""
        every = self._each(reading.charge, self._client.charges.list, {"payment_intent": payment_ref})
        return (charge for charge in every if charge.status == "failed")

    def card(self, ref: str) -> CardState:
        return self._ask(reading.card, lambda: self._client.payment_methods.retrieve(ref))

    def card_page_url(self, *, customer_ref: str, return_url: str, language: str) -> str:
        """The processor's page for another card, and nothing else; it leads back by itself."""
        done = {"type": "redirect", "redirect": {"return_url": return_url}}
        params = {
            "customer": customer_ref,
            "return_url": return_url,
            "locale": language,
            "flow_data": {"type": "payment_method_update", "after_completion": done},
        }
        return str(self._told(lambda: self._client.billing_portal.sessions.create(params))["url"])

    # Changing

    def _change(self, *, key: str, plan_ref: str, params: dict[str, Any]) -> PlanState:
        asked = {**params, "expand": PLAN_WITH_LABEL}
        return self._ask(
            reading.plan,
            lambda: self._client.subscriptions.update(plan_ref, asked, {"idempotency_key": key}),
        )

    def _product(self, *, key: str, label: str) -> str:
        made = self._told(
            lambda: self._client.products.create({"name": label}, {"idempotency_key": f"{key}-label"})
        )
        return str(made["id"])

    def open_plan(self, *, key: str, request: PlanRequest) -> PlanState:
        product = self._product(key=key, label=request.label)
        params: dict[str, Any] = {
            "customer": request.customer_ref,
            "default_payment_method": request.method_ref,
            "items": [{"price_data": _price(request, product)}],
            "proration_behavior": "none",
            "off_session": True,
            "metadata": {"reference": request.reference},
            "expand": PLAN_WITH_LABEL,
        }
        # A day that its month does not have is told as a day, so that it comes back in the longer months.
        if request.first_at.day == request.charge_day:
            params["billing_cycle_anchor"] = int(request.first_at.timestamp())
        else:
            params["billing_cycle_anchor_config"] = {
                "day_of_month": request.charge_day,
                "hour": request.first_at.hour,
                "minute": request.first_at.minute,
                "second": request.first_at.second,
                "month": request.first_at.month,
            }
        return self._ask(
            reading.plan, lambda: self._client.subscriptions.create(params, {"idempotency_key": key})
        )

    def change_terms(self, *, key: str, plan: PlanState, terms: PlanTerms) -> PlanState:
        product = plan.product_ref
        if terms.label != plan.label:
            product = self._product(key=key, label=terms.label)
        params: dict[str, Any] = {
            "items": [{"id": plan.item_ref, "price_data": _price(terms, product)}],
            "proration_behavior": "none",
        }
        if terms.first_at is not None:
            params["trial_end"] = int(terms.first_at.timestamp())
        return self._change(key=key, plan_ref=plan.ref, params=params)

    def end_plan_at(self, *, key: str, plan_ref: str, at: datetime | None) -> PlanState:
        """`at` None: it goes on. An end on a boundary of periods is never charged in part."""
        moment: int | str = int(at.timestamp()) if at else ""
        params = {"cancel_at": moment, "proration_behavior": "none"}
        return self._change(key=key, plan_ref=plan_ref, params=params)

    def pause_plan(self, *, key: str, plan_ref: str, until: datetime) -> PlanState:
        """While it lasts, invoices are made and voided: no charge, and no debt builds up."""
        pause = {"behavior": "void", "resumes_at": int(until.timestamp())}
        return self._change(key=key, plan_ref=plan_ref, params={"pause_collection": pause})

    def resume_plan(self, *, key: str, plan_ref: str) -> PlanState:
        return self._change(key=key, plan_ref=plan_ref, params={"pause_collection": ""})

    def use_card(self, *, key: str, plan_ref: str, method_ref: str) -> PlanState:
        return self._change(key=key, plan_ref=plan_ref, params={"default_payment_method": method_ref})

    def stop_plan(self, *, key: str, plan_ref: str) -> PlanState:
        params = {"prorate": False, "invoice_now": False, "expand": PLAN_WITH_LABEL}
        return self._ask(
            reading.plan,
            lambda: self._client.subscriptions.cancel(plan_ref, params, {"idempotency_key": key}),
        )

    def void_invoice(self, *, key: str, invoice_ref: str) -> InvoiceState:
        return self._ask(
            reading.invoice,
            lambda: self._client.invoices.void_invoice(
                invoice_ref, {"expand": INVOICE}, {"idempotency_key": key}
            ),
        )

    def pay_invoice(self, *, key: str, invoice_ref: str, method_ref: str) -> InvoiceState:
        """Collect an open or written-off invoice now. A decline is a ProcessorRefused."""
        params = {"payment_method": method_ref, "off_session": True, "expand": INVOICE}
        return self._ask(
            reading.invoice, lambda: self._client.invoices.pay(invoice_ref, params, {"idempotency_key": key})
        )


def _price(terms: PlanRequest | PlanTerms, product: str) -> dict[str, Any]:
    return {
        "currency": terms.amount.currency.lower(),
        "unit_amount": terms.amount.minor,
        "product": product,
        "recurring": {"interval": "month", "interval_count": terms.months},
    }
