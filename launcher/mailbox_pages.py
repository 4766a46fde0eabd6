"""The pages of the demo mailbox: a list, a letter, and the letter's HTML part in a frame that can do
nothing."""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from launcher.letters import ADDRESS_IN_TEXT, Letter

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# The letter's own HTML may carry inline styles, so it has an address and a policy of its own instead of a
# `srcdoc`, which would force those styles upon our pages too. No script, no form, no picture from outside.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; frame-ancestors 'self'"
)
STYLE = """
:root { color-scheme: light dark; --line: #8a8f98; --quiet: #5b616b; --link: #0b57d0 }
@media (prefers-color-scheme: dark) { :root { --quiet: #a9afb8; --link: #8ab4f8 } }
* { box-sizing: border-box }
body { font: 1rem/1.5 system-ui, "Noto Sans KR", "Noto Sans CJK KR", sans-serif; margin: 0 auto; max-width:
50rem;
  padding: 1rem; overflow-wrap: anywhere }
a { color: var(--link) }
h1 { font-size: 1.4rem; margin: 0 }
h2 { font-size: 1.2rem }
header { align-items: center; display: flex; flex-wrap: wrap; gap: .5rem 1rem; justify-content:
space-between } header form { margin: 0 }
button { border: 1px solid var(--line); border-radius: .4rem; font: inherit; min-height: 2.75rem; padding:
.3rem .9rem } .quiet { color: var(--quiet); margin: .25rem 0 }
ul.letters { list-style: none; margin: 1rem 0; padding: 0 }
ul.letters li { border-top: 1px solid var(--line); padding: .75rem 0 }
ul.letters a { display: block; font-weight: 600; min-height: 1.75rem }
pre { border: 1px solid var(--line); border-radius: .4rem; font: inherit; margin: 0; padding: 1rem;
  white-space: pre-wrap }
iframe { background: #fff; border: 1px solid var(--line); border-radius: .4rem; height: 32rem; width: 100% }
dl { display: grid; gap: .15rem 1rem; grid-template-columns: max-content 1fr; margin: 1rem 0 }
dt { color: var(--quiet) }
dd { margin: 0; min-width: 0 }
"""


def listing(letters: Iterable[Letter], *, to: str = "") -> str:
    """This function will return the page with all letters, newest first."""
    rows = "".join(
        f'<li><a href="/messages/{letter.id}">{escape(letter.subject)}</a>'
        f'<p class="quiet">to {escape(", ".join(letter.recipients))} &middot; {letter.at}'
        f"{_paperclip(letter)}</p></li>"
        for letter in letters
    )
    whose = f" to {escape(to)}" if to else ""
    body = f'<ul class="letters">{rows}</ul>' if rows else f"<p>No mail{whose} yet.</p>"
    actions = (
        '<form method="post" action="/clear"><button>Delete all</button></form>' if rows and not to else ""
    )
    return _page("Demo mailbox", f'<p class="quiet">Newest first.{whose}</p>{body}', actions=actions)


def letter_page(letter: Letter) -> str:
    """This function will return the page of one letter: text, HTML in its frame, attachments."""
    head = [("From", letter.sender), ("To", ", ".join(letter.recipients)), ("Received", letter.at)]
    facts = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in head)
    parts = [f"<h2>{escape(letter.subject)}</h2><dl>{facts}</dl>"]
    if letter.attachments:
        rows = "".join(
            f'<li><a href="/api/messages/{letter.id}/attachments/{number}">{escape(part.name)}</a> '
            f'<span class="quiet">{escape(part.content_type)}, {_size(len(part.content))}</span></li>'
            for number, part in enumerate(letter.attachments)
        )
        parts.append(f"<h3>Attachments</h3><ul>{rows}</ul>")
    if letter.text:
        parts.append(f"<h3>Text</h3><pre>{_with_links(letter.text)}</pre>")
    if letter.html:
        parts.append(
            '<h3>HTML</h3><iframe title="The letter as its HTML part shows it" '
            f'src="/messages/{letter.id}/html" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
        )
    return _page(letter.subject, "".join(parts), actions='<a href="/">All mail</a>')


def letter_html(letter: Letter) -> str:
    """This function will return the letter's HTML so that its links open beside the mailbox, not inside the
    frame."""
    return '<base target="_blank">' + letter.html


def message(title: str, words: str) -> str:
    return _page(title, f"<p>{escape(words)}</p>", actions='<a href="/">All mail</a>')


def disposition(name: str) -> str:
    """This function will return the header that downloads a file under its own name in any script."""
    plain = "".join(sign if sign.isascii() and sign not in '"\\\r\n' else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _page(title: str, body: str, *, actions: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)} - Demo mailbox</title><link rel="stylesheet" href="/mailbox.css">'
        '</head><body><header><div><h1><a href="/">Demo mailbox</a></h1>'
        '<p class="quiet">Mail the demo sends stays here; nothing leaves this machine.</p></div>'
        f"{actions}</header><main>{body}</main></body></html>"
    )


def _with_links(text: str) -> str:
    parts, end = [], 0
    for found in ADDRESS_IN_TEXT.finditer(text):
        address = found.group().rstrip(".,;:!?")
        parts.append(escape(text[end : found.start()]))
        parts.append(f'<a href="{escape(address)}" rel="noreferrer">{escape(address)}</a>')
        end = found.start() + len(address)
    return "".join(parts) + escape(text[end:])


def _paperclip(letter: Letter) -> str:
    count = len(letter.attachments)
    return f" &middot; {count} attachment{'s' if count > 1 else ''}" if count else ""


def _size(count: int) -> str:
    return f"{count} bytes" if count < 1024 else f"{count / 1024:.0f} kB"
