"""What stands below the table: the sentences of the law, the terms, who signs, and the code to ask with."""

from __future__ import annotations

from paper import binding, coding, drawing
from receipts import sealing, snapshots, wording
from receipts.pages import words
from receipts.pages.sheet import INK, MARGIN, QUIET, SIZE, SMALL, SMALL_LEADING, Block, Sheet, again, wrapped
from receipts.pages.sheet import wrapped_often as often

CODE_SIDE = 71.0  # 25 mm: a module is half a millimeter


def paragraph(
    text: str, *, width: float, size: float = SIZE, leading: float = 14.0, is_quiet: bool = False
) -> Block:
    """This function will return a block with one paragraph."""
    lines = list(often(text, size, width))

    def draw(sheet: Sheet, y: float) -> None:
        sheet.paragraph(MARGIN, y - 10, lines, size=size, leading=leading, color=QUIET if is_quiet else INK)

    return again((text, width, size, leading, is_quiet), Block(len(lines) * leading + 6, draw))


def paragraphs(receipt: snapshots.Snapshot, *, width: float, without: frozenset[str]) -> list[Block]:
    """This function will return the sentences of the law, except those printed elsewhere, then the terms."""
    said = [clause for clause in receipt.clauses if clause.code not in without]
    blocks = [paragraph(clause.text, width=width) for clause in said]
    return blocks + [
        paragraph(text, width=width, size=8.5, leading=12.5, is_quiet=True) for text in receipt.terms
    ]


def closing(receipt: snapshots.Snapshot, *, seal: bytes, width: float) -> Block:
    """Who signed on the left, and on the right the code that says where to ask, with the seal itself inside.

    This function will return one block, empty when there is neither.
    """
    signature = Block(0.0, lambda sheet, y: None)
    if receipt.entity.signatory:
        signature = _signature(receipt, width=width - (CODE_SIDE + 180 if seal else 0))
    if not seal:
        return signature
    code = _code(receipt, seal, align="right")

    def draw(sheet: Sheet, y: float) -> None:
        signature.draw(sheet, y)
        code.draw(sheet, y)

    return Block(code.height, draw)


def beside_code(block: Block, receipt: snapshots.Snapshot, *, seal: bytes) -> Block:
    """This function will return a block that leaves the left free, with the code there if there is a seal."""
    if not seal:
        return block
    code = _code(receipt, seal, align="left")

    def draw(sheet: Sheet, y: float) -> None:
        block.draw(sheet, y)
        code.draw(sheet, y)

    return Block(max(block.height, code.height), draw)


def _code(receipt: snapshots.Snapshot, seal: bytes, *, align: drawing.Align) -> Block:
    symbol = coding.symbol(sealing.address(receipt.verify_at, seal))
    place = f"{receipt.verify_at.split('://')[-1]}/verify"
    said = wording.choose(wording.VERIFY, receipt.language).format(place=place)
    lines = list(often(said, SMALL, 165.0 if align == "right" else 120.0))
    alternative = f"/Alt{binding.text_string(said)}"

    def draw(sheet: Sheet, y: float) -> None:
        canvas = sheet.canvas
        left = sheet.right - CODE_SIDE if align == "right" else MARGIN
        figure = canvas.open("Figure", attributes=alternative)
        canvas.squares(left, y - 8 - CODE_SIDE, CODE_SIDE, symbol, element=figure)
        x = left - 10 if align == "right" else left + CODE_SIDE + 10
        top = y - 6 - CODE_SIDE + SMALL_LEADING * (len(lines) - 1)
        canvas.repeat(
            (said, align),
            top,
            lambda y: sheet.paragraph(
                x, y, lines, size=SMALL, leading=SMALL_LEADING, color=QUIET, align=align
            ),
        )

    return Block(CODE_SIDE + 12, draw)


def _signature(receipt: snapshots.Snapshot, *, width: float) -> Block:
    entity = receipt.entity
    signed = wrapped(f"{words.label('signed', receipt.language)} {entity.legal_name}", SMALL, width)[:2]
    name = wrapped(entity.signatory, 10.5, width, "bold")[:2]

    def draw(sheet: Sheet, y: float) -> None:
        y = sheet.paragraph(MARGIN, y - 18, signed, size=SMALL, leading=SMALL_LEADING, color=QUIET)
        sheet.paragraph(MARGIN, y - 5, name, size=10.5, leading=13, weight="bold")

    block = Block(24.0 + SMALL_LEADING * len(signed) + 13.0 * len(name), draw)
    return again(("signature", *signed, *name), block)
