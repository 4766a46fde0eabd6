"""Papering: the document beside a release, drawn as every page of the house is."""

import hashlib
from datetime import date

from ledger.money import Money


def bill(*, on: date, amount: Money) -> bytes:
    """This function will draw an invented bill over an amount, and return the PDF."""
    from paper import archiving, drawing, typesetting

    letters = typesetting.ASCII + typesetting.FIGURES
    cuts: dict[typesetting.Weight, typesetting.Cut] = {
        weight: typesetting.Cut(typesetting.typeface(weight), letters) for weight in ("regular", "bold")
    }
    page = drawing.Drawing(paper="letter", cuts=cuts)
    page.start_page()
    heading = page.open("H1")
    page.text(60, 700, "Example Housing Office: bill of the quarter", size=18, weight="bold", element=heading)
    for place, words in enumerate(
        (
            f"Rent and food of one house, until {on}",
            f"To pay: {amount.shown('en')}",
            "Paid. Invented for a demo.",
        )
    ):
        page.text(60, 660 - 24 * place, words, size=11, element=page.open("P"))
    about = archiving.About(
        title="Bill of the quarter", author="Example Housing Office", subject="An invented bill", issued_on=on
    )
    return page.finish(about, language="en", identity=hashlib.sha256(f"bill {on}".encode()).digest()[:16])
