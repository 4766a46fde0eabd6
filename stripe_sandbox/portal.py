"""Billing portal sessions: where a supporter changes the card or ends a subscription."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.world import World

FLOWS = ("payment_method_update", "subscription_cancel")


def create(world: World, params: dict[str, Any]) -> Obj:
    """This function will answer POST /v1/billing_portal/sessions."""
    if not params.get("customer"):
        raise errors.invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    customer = world.get("customer", params["customer"], param="customer")
    session = world.make(
        "billing_portal.session",
        customer=customer["id"],
        configuration=params.get("configuration") or "bpc_sandbox",
        locale=params.get("locale"),
        return_url=params.get("return_url"),
        flow=_flow(world, params["flow_data"], customer) if params.get("flow_data") else None,
    )
    session["url"] = f"{world.settings.base_url()}/p/session/{session['id']}"
    world.emit("billing_portal.session.created", session)
    return session


def _flow(world: World, given: dict[str, Any], customer: Obj) -> Obj:
    if given["type"] not in FLOWS:
        raise errors.invalid(
            f"The sandbox imitates only these flows: {', '.join(FLOWS)}.", param="flow_data[type]"
        )
    done = {
        "type": "portal_homepage",
        "hosted_confirmation": None,
        "redirect": None,
        **(given.get("after_completion") or {}),
    }
    flow = catalogue.part("billing_portal.session", "Flow", type=given["type"], after_completion=done)
    if given["type"] == "subscription_cancel":
        wanted = (given.get("subscription_cancel") or {}).get("subscription", "")
        subscription = world.get("subscription", wanted, param="flow_data[subscription_cancel][subscription]")
        if subscription["customer"] != customer["id"]:
            raise errors.no_such("subscription", wanted)
        flow["subscription_cancel"] = {"subscription": wanted, "retention": None}
    return flow
