"""Platypus: what one would write first with reportlab, both faces registered once for the process."""

import io
from collections.abc import Callable
from functools import cache

from bench import papers
from bench.papers import Snapshot


@cache
def drawing() -> Callable[[Snapshot], bytes]:
    """This function will return the plain way to draw a receipt: no tags, no PDF/A, no seal, no code, no signature."""
    from reportlab.lib.pagesizes import LETTER
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    for name, weight in (("Bench", "regular"), ("BenchBold", "bold")):
        pdfmetrics.registerFont(TTFont(name, str(papers.fonts()[weight])))
    plain = ParagraphStyle("plain", fontName="Bench", fontSize=10, leading=14)
    bold = ParagraphStyle("bold", fontName="BenchBold", fontSize=16, leading=20)
    face = [("FONTNAME", (0, 0), (-1, -1), "Bench")]

    def draw(told: Snapshot) -> bytes:
        words = papers.words(told)
        story = [Paragraph(words.name, bold), *(Paragraph(text, plain) for text in words.head)]
        story += [Spacer(1, 12), Paragraph(words.title, bold)]
        story += [Table([[label for label, _ in words.facts], [text for _, text in words.facts]], style=face)]
        story += [Paragraph(text, plain) for text in words.giver]
        story += [Spacer(1, 12), Table([list(row) for row in words.table], style=face), Spacer(1, 12)]
        story += [Paragraph(text, plain) for text in words.closing]
        out = io.BytesIO()
        SimpleDocTemplate(out, pagesize=LETTER).build(story)
        return out.getvalue()

    return draw
