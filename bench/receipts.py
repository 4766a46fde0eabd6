"""`receipts`: receipts drawn per second on one core, against reportlab's platypus with the same words.

Ours is `receipts.rendering.render`: PDF/A, tagged, fonts inside. The limit is what one would write first: a
SimpleDocTemplate with a Table, both faces of the same font registered once for the process. Both draw the same
snapshots, a third of them Korean; processor time counts, not the clock, so that it is a rate of one core.
"""

import io
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

from bench import pairing
from receipts import rendering, snapshots, wording

NAME = "receipts"
COUNT = 150

ENTITY: dict[str, Any] = {
    "legal_name": "Harbour Mission",
    "local_name": "하버선교회",
    "address": ["100 Example Street", "Springfield, VA 22150"],
    "registration": "EIN 00-0000000",
    "status_line": "501(c)(3) public charity",
    "signatory": "Anna Example, Treasurer",
    "email": "give@example.org",
    "paper": "letter",
}
STATEMENT = (
    "No goods or services were provided in exchange for these contributions, other than intangible religious"
    " benefits."
)
TERMS = "If this group cannot travel, your gift helps the next one."
FAMILY, GIVEN = "김이박최정강조윤장임한오서신권", "민서준하윤지우현수아은영호성진경미선재혁동"


def measure() -> pairing.Outcome:
    """This function will return receipts per second and core, ours to platypus."""
    naive = platypus()
    receipts = [snapshot(number) for number in range(COUNT)]
    sizes = [len(rendering.render(receipts[0])), len(naive(receipts[0]))]
    pairs = pairing.alternate(
        ours=lambda: rate(rendering.render, receipts), limit=lambda: rate(naive, receipts)
    )
    notes: dict[str, object] = {"bytes": sizes[0], "bytes_platypus": sizes[1], "is_tagged_pdf_a": True}
    return pairs.outcome(name=NAME, unit="receipts/s/core", n=COUNT, notes=notes)


def rate(draw: Callable[[Mapping[str, object]], bytes], receipts: list[dict[str, Any]]) -> float:
    began = time.process_time()
    for receipt in receipts:
        draw(receipt)
    return len(receipts) / (time.process_time() - began)


def snapshot(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    is_korean = chance.random() < 0.35
    name = (
        chance.choice(FAMILY) + chance.choice(GIVEN) + chance.choice(GIVEN)
        if is_korean
        else f"Giver {number}"
    )
    amount = chance.randint(5, 5000) * (1000 if is_korean else 100)
    line = {
        "given_on": f"2026-{chance.randint(1, 9):02d}-{chance.randint(1, 28):02d}",
        "method": "kakao_pay" if is_korean else "card",
        "fund": "가족 구출" if is_korean else "Rescue of families",
        "amount_minor": amount,
        "refunded_minor": 0,
        "note": None,
    }
    return {
        "schema": 1,
        "template": "us-1",
        "language": "ko" if is_korean else "en",
        "serial": f"2026-{number + 1:06d}",
        "kind": "single",
        "replaces": None,
        "issued_on": "2026-11-21",
        "entity": ENTITY,
        "donor": {
            "name": name,
            "local_name": None,
            "address": [f"{number} Maple Avenue", "Springfield, VA 22150"],
        },
        "lines": [line],
        "currency": "KRW" if is_korean else "USD",
        "currency_exponent": 0 if is_korean else 2,
        "total_minor": amount,
        "statements": [STATEMENT],
        "terms": [TERMS],
        "test": False,
    }


def platypus() -> Callable[[Mapping[str, object]], bytes]:
    """This function will return the plain way to draw a receipt, its fonts registered."""
    from reportlab.lib.pagesizes import A4, LETTER
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    from paper import typesetting

    for name, weight in (("Bench", "regular"), ("BenchBold", "bold")):
        pdfmetrics.registerFont(TTFont(name, str(typesetting.FOLDER / typesetting.FILES[weight])))  # type: ignore[index]
    plain = ParagraphStyle("plain", fontName="Bench", fontSize=10, leading=14)
    bold = ParagraphStyle("bold", fontName="BenchBold", fontSize=16, leading=20)

    def draw(snapshot: Mapping[str, object]) -> bytes:
        receipt = snapshots.read(snapshot)
        rows = [[wording.label(key, receipt.language) for key in ("given_on", "method", "fund", "amount")]]
        for line in receipt.lines:
            money = wording.amount(line.net_minor, currency=receipt.currency, exponent=receipt.exponent)
            rows.append([wording.day(line.given_on, receipt.language), line.method, line.fund, money])
        entity = receipt.entity
        words = [", ".join(entity.address), entity.registration, entity.status_line, entity.email]
        particulars = [receipt.serial, wording.day(receipt.issued_on, receipt.language), receipt.donor_name]
        closing = [*receipt.statements, *receipt.terms, entity.signatory]
        story = [Paragraph(entity.legal_name, bold), Paragraph(entity.local_name, plain)]
        story += [Paragraph(text, plain) for text in (*words, *particulars, *receipt.donor_address)]
        story += [Spacer(1, 12), Table(rows, style=[("FONTNAME", (0, 0), (-1, -1), "Bench")]), Spacer(1, 12)]
        story += [Paragraph(text, plain) for text in closing]
        out = io.BytesIO()
        SimpleDocTemplate(out, pagesize=A4 if entity.paper == "a4" else LETTER).build(story)
        return out.getvalue()

    return draw
