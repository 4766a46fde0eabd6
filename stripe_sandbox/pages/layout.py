"""The frame of every page. Everything a page shows goes through `text`, which escapes it."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from pathlib import Path

from stripe_sandbox.doors import calling
from stripe_sandbox.pages import words

STYLE = Path(__file__).with_name("style.css").read_text(encoding="utf-8")
SECURE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def text(value: object) -> str:
    """This function will return a value as safe HTML text."""
    return escape(str(value))


def page(
    title: str, body: str, *, locale: str | None = None, status: int = 200, wide: bool = False
) -> calling.Answer:
    """This function will return a whole page; `body` is HTML already, `title` is text."""
    say = words.words(locale)
    html = (
        f'<!doctype html><html lang="{words.language(locale)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{text(title)} - Sandbox</title><style>{STYLE}</style></head><body>"
        f'<div class="sandbox" role="note">{text(say["sandbox"])}</div>'
        f"<main{' class=wide' if wide else ''}><h1>{text(title)}</h1>{body}</main></body></html>"
    )
    return calling.Answer(status, html.encode(), dict(SECURE), kind="text/html; charset=utf-8")


def alert(message: str) -> str:
    """This function will return the box in which a page says what went wrong, or nothing."""
    return f'<p class="alert" role="alert">{text(message)}</p>' if message else ""


def field(
    name: str, label: str, *, kind: str = "text", value: str = "", hint: str = "", extra: str = ""
) -> str:
    """`extra` is HTML attributes. This function will return a labeled input."""
    described = f' aria-describedby="{name}-hint"' if hint else ""
    told = f'<p class="soft" id="{name}-hint">{text(hint)}</p>' if hint else ""
    return (
        f'<label for="{name}">{text(label)}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" value="{text(value)}"{described} {extra}>{told}'
    )


def away(url: str) -> calling.Answer:
    """This function will send the browser elsewhere after a form."""
    return calling.Answer(303, b"", {**SECURE, "Location": url}, kind="text/html; charset=utf-8")


def day(moment: int) -> str:
    """This function will return the date of a moment, UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def moment(seconds: float) -> str:
    """This function will return a moment to the minute, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
