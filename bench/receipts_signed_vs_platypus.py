"""`receipts_signed_vs_platypus`: the whole paper, sealed, with its QR code, signed: against plain platypus.

Ours makes the Ed25519 seal over the canonical snapshot, draws the tagged PDF/A with the seal in its QR code and in
the file, and signs the file (PAdES, P-256). The limit neither seals nor signs, and has no code.
"""

from bench import pairing, papers, platypus

NAME = "receipts_signed_vs_platypus"
PROMISED = 5


def measure() -> pairing.Outcome:
    """This function will return signed receipts per second and core, to platypus' unsigned ones."""
    told = [papers.snapshot(number) for number in range(papers.COUNT)]
    signed, naive = papers.signed(), platypus.drawing()
    signed(told[0]), naive(told[0])
    pairs = pairing.alternate(ours=lambda: papers.rate(signed, told), limit=lambda: papers.rate(naive, told))
    notes: dict[str, object] = {"bytes": len(signed(told[0])), "has_qr": True, "is_pades_b_b": True}
    return pairs.outcome(
        name=NAME, unit="receipts/s/core", n=papers.COUNT, notes=notes | {"promised": PROMISED}
    )
