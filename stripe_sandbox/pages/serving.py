"""Which page a URL shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.doors import calling
from stripe_sandbox.pages import giving_back, layout, paying, words
from stripe_sandbox.world import World

Show = Callable[[World, Obj], calling.Answer]
Take = Callable[[World, Obj, dict[str, str]], calling.Answer]

PAGES: list[tuple[re.Pattern[str], str, Show, Take | None]] = [
    (re.compile(r"/c/pay/(\w+)"), "checkout.session", paying.show, paying.submit),
    (re.compile(r"/c/3ds/(\w+)"), "payment_intent", paying.ask, paying.answered),
    (re.compile(r"/p/session/(\w+)"), "billing_portal.session", giving_back.portal, giving_back.use_portal),
    (re.compile(r"/i/(\w+)"), "invoice", giving_back.invoice, giving_back.pay_invoice),
    (re.compile(r"/r/(\w+)"), "charge", giving_back.receipt, None),
]


def answer(world: World, call: calling.Call) -> calling.Answer:
    """This function will show a hosted page, or take its form."""
    if call.path == "/":
        return layout.away("/_sandbox/")
    for pattern, kind, show, take in PAGES:
        match = pattern.fullmatch(call.path)
        thing = world.kinds[kind].get(match[1]) if match else None
        if thing is None:
            continue
        with world.lock:
            if call.method == "POST" and take:
                return take(world, thing, dict(parse_qsl(call.body)))
            return show(world, thing)
    return layout.page(words.ENGLISH["unknown_page"], "", status=404)
