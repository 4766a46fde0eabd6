"""`receipts_vs_platypus`: receipts drawn per second on one core, against reportlab's platypus with the same words.

Ours is `receipts.rendering.render`: tagged PDF/A with every font inside, neither sealed nor signed. The limit is what
one would write first. Processor time counts, not the clock.
"""

from bench import pairing, papers, platypus
from receipts import rendering

NAME = "receipts_vs_platypus"


def measure() -> pairing.Outcome:
    """This function will return receipts per second and core, ours to platypus."""
    naive = platypus.drawing()
    told = [papers.snapshot(number) for number in range(papers.COUNT)]
    sizes = [len(rendering.render(told[0])), len(naive(told[0]))]
    pairs = pairing.alternate(
        ours=lambda: papers.rate(rendering.render, told), limit=lambda: papers.rate(naive, told)
    )
    notes: dict[str, object] = {"bytes": sizes[0], "bytes_platypus": sizes[1], "is_tagged_pdf_a": True}
    return pairs.outcome(name=NAME, unit="receipts/s/core", n=papers.COUNT, notes=notes)
