"""Opening: the addresses behind numbers: the list of gifts, of givers and of regular gifts with the same filter."""

from reports.answers.asking import Asked, Span
from web.office.reports.tabling import address

NONE = "-"
"""What an address says for gifts that came by no code."""


def gifts(asked: Asked, span: Span | None = None, **more: object) -> str:
    """This function will return the list of gifts with the filter of a report; `more` narrows it."""
    told: dict[str, object] = {"entity": asked.entity, "currency": asked.currency, "campaign": asked.campaign}
    if span is not None:
        told |= {"given_from": span.first.isoformat(), "given_to": span.last.isoformat()}
    return address("donations", **{**told, **more})


def givers(asked: Asked, group: str, **more: object) -> str:
    """This function will return the list of givers of a group."""
    return address("report_givers", group=group, **{**query(asked), **more})


def report(name: str, asked: Asked, **more: object) -> str:
    """This function will return another report with the same filter."""
    return address(f"report_{name}", **{**query(asked), **more})


def plans(asked: Asked, **more: object) -> str:
    """This function will return the list of regular gifts."""
    told = {"entity": asked.entity, "currency": asked.currency, "campaign": asked.campaign}
    return address("plans", **{**told, **more})


def query(asked: Asked) -> dict[str, object]:
    """This function will return the filter of a report as its address says it."""
    return {
        "entity": asked.entity,
        "currency": asked.currency,
        "year": asked.year,
        "campaign": asked.campaign,
        "basis": "" if asked.ends_in_month != 12 else "calendar",
    }
