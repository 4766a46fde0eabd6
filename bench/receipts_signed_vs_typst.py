"""`receipts_signed_vs_typst`: the whole paper, sealed and signed, against typst with the same words.

Typst compiles one template with the words as its input, by one compiler kept for the process, which has read the same
two faces once. It tags its files; it neither signs nor has a code.
"""

import importlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench import pairing, papers
from bench.papers import Snapshot

NAME = "receipts_signed_vs_typst"

_TEMPLATE = """
#let told = json(bytes(sys.inputs.told))
#set document(title: told.title)
#set page(paper: "us-letter", margin: 2cm)
#set text(font: "Pretendard", size: 10pt)
#text(size: 16pt, weight: "bold", told.name)

#for line in told.head [#line \\ ]
= #told.title
#let labels = told.facts.map(fact => fact.at(0))
#let values = told.facts.map(fact => fact.at(1))
#table(columns: labels.len(), stroke: none, ..labels, ..values)
#for line in told.giver [#line \\ ]
#table(columns: (auto, auto, 1fr, auto), ..told.table.flatten())
#for line in told.closing [#line #parbreak()]
"""


def measure() -> pairing.Outcome:
    """This function will return signed receipts per second and core, to typst's unsigned ones."""
    with tempfile.TemporaryDirectory() as folder:
        theirs, signed = _drawing(Path(folder)), papers.signed()
        told = [papers.snapshot(number) for number in range(papers.COUNT)]
        size = len(theirs(told[0]))
        signed(told[0])
        pairs = pairing.alternate(
            ours=lambda: papers.rate(signed, told), limit=lambda: papers.rate(theirs, told)
        )
    notes: dict[str, object] = {"bytes": len(signed(told[0])), "bytes_typst": size}
    return pairs.outcome(name=NAME, unit="receipts/s/core", n=papers.COUNT, notes=notes)


def _drawing(folder: Path) -> Callable[[Snapshot], bytes]:
    try:
        typst = importlib.import_module("typst")
    except ImportError as error:
        raise pairing.NotTaken(f"{error}; `run.py bench` installs requirements/bench.txt for it") from error
    template = folder / "receipt.typ"
    template.write_text(_TEMPLATE)
    faces = [str(path.parent) for path in papers.fonts().values()]
    compiler = typst.Compiler(str(template), root=str(folder), font_paths=faces, ignore_system_fonts=True)

    def draw(told: Snapshot) -> bytes:
        inputs = {"told": json.dumps(asdict(papers.words(told)))}
        made: bytes = compiler.compile(format="pdf", sys_inputs=inputs)
        return made

    return draw
