"""The frame of every page. Everything a page shows goes through `text`, which escapes it."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from stripe_sandbox.doors import calling
from stripe_sandbox.pages import words

STYLE = """
:root{color-scheme:light dark;--ink:#1d2433;--soft:#5b6478;--line:#c9cfda;--paper:#fff;--back:#f3f5f9;--act:#2b4fd8;--bad:#a3140f}
@media(prefers-color-scheme:dark){:root{--ink:#eef1f7;--soft:#b1b9c9;--line:#4a5366;--paper:#1d2331;--back:#131823;
--act:#9db4ff;--bad:#ffb0a8}button.main{color:#10131b}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR",sans-serif;overflow-wrap:anywhere}
.sandbox{background:#ffd75e;color:#3a2a00;text-align:center;font-weight:600;padding:.5rem 1rem}
main{max-width:30rem;margin:1.5rem auto;padding:1.25rem;background:var(--paper);border:1px solid var(--line);border-radius:12px}
main.wide{max-width:75rem}h1{font-size:1.25rem;margin:0 0 .25rem}h2{font-size:1.05rem;margin:1.75rem 0 .5rem}
.amount{font-size:1.75rem;font-weight:700;margin:0 0 1rem}.soft{color:var(--soft);font-size:.875rem;margin:.25rem 0}
label{display:block;font-weight:600;margin-top:1rem}fieldset{border:1px solid var(--line);border-radius:8px;margin:1rem 0 0;padding:.25rem 1rem .75rem}
legend{font-weight:600;padding:0 .25rem}fieldset label{font-weight:400;margin-top:.5rem;display:flex;gap:.5rem;align-items:center;min-height:2rem}
input[type=text],input[type=email],select{width:100%;font:inherit;color:inherit;background:var(--paper);padding:.6rem .75rem;margin-top:.25rem;
border:1px solid var(--soft);border-radius:8px}input:focus-visible,button:focus-visible,a:focus-visible,select:focus-visible{outline:3px solid var(--act);outline-offset:2px}
button{font:inherit;padding:.45rem .75rem;border-radius:8px;border:1px solid var(--soft);background:var(--paper);color:inherit;cursor:pointer;min-height:2.5rem}
button.main{width:100%;margin-top:1.25rem;background:var(--act);border-color:var(--act);color:#fff;font-weight:600;padding:.75rem}
@media(prefers-color-scheme:dark){button.main{color:#10131b}}
.alert{border-left:4px solid var(--bad);color:var(--bad);padding:.5rem .75rem;margin:1rem 0 0;font-weight:600}
.good{border-left:4px solid #17803d;padding:.5rem .75rem;margin:1rem 0 0}a{color:var(--act)}
.row{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end}.row form{display:inline}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;padding:.4rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}td form{display:inline}
td button{padding:.15rem .5rem;min-height:1.75rem;font-size:.8125rem}code{font-size:.8125rem}
"""
SECURE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def text(value: object) -> str:
    """This function will return a value as safe HTML text."""
    return escape(str(value))


def page(title: str, body: str, *, locale: str | None = None, status: int = 200, wide: bool = False) -> calling.Answer:
    """This function will return a whole page; `body` is HTML already, `title` is text."""
    say = words.words(locale)
    html = (
        f'<!doctype html><html lang="{words.language(locale)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{text(title)} - Sandbox</title><style>{STYLE}</style></head><body>"
        f'<div class="sandbox" role="note">{text(say["sandbox"])}</div>'
        f'<main{" class=wide" if wide else ""}><h1>{text(title)}</h1>{body}</main></body></html>'
    )
    return calling.Answer(status, html.encode(), dict(SECURE), kind="text/html; charset=utf-8")


def alert(message: str) -> str:
    """This function will return the box in which a page says what went wrong, or nothing."""
    return f'<p class="alert" role="alert">{text(message)}</p>' if message else ""


def field(name: str, label: str, *, kind: str = "text", value: str = "", hint: str = "", extra: str = "") -> str:
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
