"""`receipts_signed_vs_weasyprint`: the whole paper, sealed and signed, against WeasyPrint with the same words.

WeasyPrint draws a page of HTML with the same two faces, which its font configuration reads once for the process. It
neither tags nor signs, and has no code. It stands on pango and on HarfBuzz's cutter of fonts, libraries of the system;
where one is missing the measure says how to get it, and is not taken: without the cutter WeasyPrint draws, but takes
more than twenty times as long.
"""

import html
import importlib
from collections.abc import Callable

from bench import pairing, papers
from bench.papers import Snapshot

NAME = "receipts_signed_vs_weasyprint"
PROMISED = 40
COUNT = 12
"""So few of theirs: one takes as long as fifty of ours."""

_INSTALL = (
    "what it needs is installed with: apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)
_PAGE = """<!doctype html><html lang="{language}"><head><title>{title}</title></head><body>
<h1>{name}</h1>{head}<h2>{title}</h2><table><tr>{labels}</tr><tr>{values}</tr></table>{giver}
<table class="gifts">{rows}</table>{closing}</body></html>"""
_STYLE = """
@font-face {{ font-family: Bench; src: url("{regular}"); }}
@font-face {{ font-family: Bench; font-weight: bold; src: url("{bold}"); }}
@page {{ size: letter; margin: 2cm; }}
body {{ font: 10pt/1.4 Bench; }} h1, h2 {{ font-size: 16pt; }} table {{ width: 100%; text-align: left; }}
.gifts td:last-child, .gifts th:last-child {{ text-align: right; }}
"""


def measure() -> pairing.Outcome:
    """This function will return signed receipts per second and core, to WeasyPrint's unsigned ones.

    Raises pairing.NotTaken where pango is missing.
    """
    theirs, signed = _drawing(), papers.signed()
    told = [papers.snapshot(number) for number in range(papers.COUNT)]
    size = len(theirs(told[0]))
    signed(told[0])
    pairs = pairing.alternate(
        ours=lambda: papers.rate(signed, told), limit=lambda: papers.rate(theirs, told[:COUNT])
    )
    notes: dict[str, object] = {"bytes": len(signed(told[0])), "bytes_weasyprint": size, "promised": PROMISED}
    return pairs.outcome(name=NAME, unit="receipts/s/core", n=papers.COUNT, notes=notes)


def _drawing() -> Callable[[Snapshot], bytes]:
    try:
        weasyprint = importlib.import_module("weasyprint")
        faces = importlib.import_module("weasyprint.text.fonts").FontConfiguration()
    except OSError as error:  # its libraries are looked for when it is imported
        raise pairing.NotTaken(f"{str(error).splitlines()[0]}; {_INSTALL}") from error
    except ImportError as error:
        raise pairing.NotTaken(f"{error}; `run.py bench` installs requirements/bench.txt for it") from error
    if importlib.import_module("weasyprint.text.ffi").harfbuzz_subset is None:
        raise pairing.NotTaken(f"WeasyPrint found no libharfbuzz-subset; {_INSTALL}")
    named = {weight: path.as_uri() for weight, path in papers.fonts().items()}
    style = weasyprint.CSS(string=_STYLE.format(**named), font_config=faces)

    def draw(told: Snapshot) -> bytes:
        page = weasyprint.HTML(string=_page(told))
        made: bytes = page.write_pdf(stylesheets=[style], font_config=faces)
        return made

    return draw


def _page(told: Snapshot) -> str:
    words, safe = papers.words(told), html.escape
    first, *others = words.table
    rows = ["".join(f"<th>{safe(text)}</th>" for text in first)]
    rows += ["".join(f"<td>{safe(text)}</td>" for text in row) for row in others]
    return _PAGE.format(
        language=told["language"],
        name=safe(words.name),
        title=safe(words.title),
        head="".join(f"<p>{safe(text)}</p>" for text in words.head),
        labels="".join(f"<th>{safe(label)}</th>" for label, _ in words.facts),
        values="".join(f"<td>{safe(text)}</td>" for _, text in words.facts),
        giver="".join(f"<p>{safe(text)}</p>" for text in words.giver),
        rows="".join(f"<tr>{row}</tr>" for row in rows),
        closing="".join(f"<p>{safe(text)}</p>" for text in words.closing),
    )
