"""Trusting: who answers at the processor's address cannot prove to be the processor. Fail closed, say nothing."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from faults import certifying, standing
from faults.cases import Case
from faults.steering import Line
from faults.worlds import Gift, World

HOST = "127.0.0.1"
KINDS = ("expired", "of another name", "of a stranger", "of itself")


def _front(world: World, kind: str) -> tuple[Line, str]:
    """A TLS server before the processor with such a certificate, and the file of authorities we trust."""
    folder = Path(world.closing.enter_context(tempfile.TemporaryDirectory()))
    trusted = certifying.authority(folder, "trusted")
    by = certifying.authority(folder, "stranger") if kind == "of a stranger" else trusted
    host = "processor.example.org" if kind == "of another name" else HOST
    if kind == "of itself":
        by = certifying.authority(folder, "itself")
    file = certifying.certificate(folder, "server", by=by, host=host, is_expired=kind == "expired")
    target = world.ground.processor.url.removeprefix("http://")
    line = world.closing.enter_context(standing.line(target, certificate=file))
    return line, str(trusted.file)


def _both(world: World, line: Line, authority: str, given: Gift) -> tuple[Gift, Any, Any, Any]:
    gift, back = world.gift(), world.back(given)
    world.around = {"STRIPE_API_BASE": f"https://{HOST}:{line.port}"}
    begun = world.do("begin_trusting", authority=authority, **gift.fields)
    asked = world.do("refund_trusting", authority=authority, **back.fields)
    return gift, back, begun, asked


def _believed(world: World) -> None:
    """The proof that the other cases fail for the certificate's sake: a good one is believed."""
    given = world.given()
    line, authority = _front(world, "good")
    gift, back, begun, asked = _both(world, line, authority, given)
    world.demand(begun.is_ok and begun.value, f"the supporter saw {begun.value} {begun.words}")
    world.demand(asked.is_ok and asked.value == "done", f"staff heard {asked.value} {asked.words}")
    world.demand(line.heard() > 0, "nothing passed through the TLS server")
    world.complete(gift)
    world.demand_back_once(back)


def _not_believed(world: World, *, kind: str) -> None:
    given = world.given()
    line, authority = _front(world, kind)
    sent = len(world.keys("/v1/"))
    gift, back, begun, asked = _both(world, line, authority, given)
    world.demand(begun.is_ok and begun.value is None, f"the supporter saw {begun.value} {begun.words}")
    world.demand(asked.is_ok and asked.value == "requested", f"staff heard {asked.value} {asked.words}")
    world.demand(line.heard() == 0, f"{line.heard()} bytes, the key among them, were told to a stranger")
    world.demand(len(world.keys("/v1/")) == sent, "something reached the processor all the same")
    world.complete(gift)
    world.demand_back_once(back)


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    return [
        Case("X47", "a certificate that is good", _believed),
        *(Case("X47", f"a certificate {kind}", partial(_not_believed, kind=kind)) for kind in KINDS),
    ]
