"""Pressing: thousands of pages for a printer in one file, written as they come; nothing but sums is kept in memory.

What is the same on many pages (letters, an entity's head, a sentence of the law) is in the file once. The pages carry
no tags and make no claim to be an archive: they are paper that was not printed yet.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from paper import binding, drawing, typesetting

PAGES_TO_A_NODE = 64
# What is said on one page only must not fill the memory of a long file.
MOST_REPEATED = 400
_MARKS = re.compile(r"/\w+ <</MCID \d+>> BDC |/Artifact BMC | EMC")


@dataclass(slots=True)
class _Stock:
    """Letters and forms that many pages share; they are written when it is known what the pages needed."""

    cuts: Mapping[typesetting.Weight, typesetting.Cut]
    settings: dict[typesetting.Weight, typesetting.Setting]
    resources: int
    names: dict[Hashable, str] = field(default_factory=dict)
    forms: list[tuple[str, Sequence[str]]] = field(default_factory=list)

    def name(self, key: Hashable, box: str, operators: Callable[[], Sequence[str]]) -> str:
        """This function will return the name by which pages refer to a form, kept at its first use."""
        if key not in self.names:
            self.forms.append((box, operators()))
            self.names[key] = f"F{len(self.forms)}"
        return self.names[key]


class Proof(drawing.Drawing):
    """A document whose pages go into a pressed file: drawn like any other, without elements of meaning."""

    def __init__(self, *, paper: drawing.Paper, stock: _Stock) -> None:
        super().__init__(paper=paper, cuts={})
        self.settings = stock.settings
        self.stock = stock
        self.box = f"[0 -{self.height:g} {self.width:g} {self.height:g}]"

    def open(self, tag: str, parent: int | None = None, *, attributes: str = "") -> int:
        """This function will return the number of nothing: paper has no tree of meaning."""
        return 0

    def place(self, form: drawing.Form) -> None:
        """This function will refer to a prepared form."""
        name = self.stock.name(form, self.box, lambda: form.operators)
        self._front.append(f"/{name} Do")

    def repeat(self, key: Hashable, y: float, draw: Callable[[float], object]) -> None:
        """This function will draw it once for the whole file and refer to it from every place."""
        stock = self.stock
        if key not in stock.names and len(stock.forms) >= MOST_REPEATED:
            draw(y)
            return
        name = stock.name(key, self.box, lambda: self._apart(draw))
        self._front.append(f"q 1 0 0 1 0 {y:.2f} cm/{name} Do Q")

    def _apart(self, draw: Callable[[float], object]) -> list[str]:
        front, ink = self._front, self._ink
        self._front, self._ink = [], None
        draw(0.0)
        apart, self._front, self._ink = self._front, front, ink
        return apart

    def _marked(self, element: int | None, operators: str) -> None:
        self._front.append(operators)

    def contents(self) -> list[str]:
        """This function will return the operators of every page."""
        return [
            "\n".join("\n".join(part) for part in parts if isinstance(part, list)) for parts in self._pages
        ]


class Press:
    """One file while it is written. `close` finishes it; without it the file is no PDF."""

    def __init__(self, file: BinaryIO, *, title: str) -> None:
        self._file = file
        self._title = title
        self._digest = hashlib.sha256()
        self._at = 0
        self._offsets: list[int] = []
        self._stocks: dict[int, _Stock] = {}
        self._nodes: list[int] = []
        self._kids: list[int] = []
        self.pages = 0
        self._put(binding.HEADER)
        self._root = self._reserve()

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self._at += len(content)

    def _reserve(self) -> int:
        self._offsets.append(0)
        return len(self._offsets)

    def _write(self, number: int, content: bytes) -> int:
        self._offsets[number - 1] = self._at
        self._put(binding.numbered(number, content))
        return number

    def proof(self, *, paper: drawing.Paper, cuts: Mapping[typesetting.Weight, typesetting.Cut]) -> Proof:
        """This function will return an empty document whose letters come from the file's shared ones."""
        stock = self._stocks.get(id(cuts))
        if stock is None:
            settings = {
                weight: typesetting.Setting(cut, drawing.FONT_NAMES[weight]) for weight, cut in cuts.items()
            }
            stock = self._stocks[id(cuts)] = _Stock(cuts, settings, self._reserve())
        return Proof(paper=paper, stock=stock)

    def take(self, proof: Proof, *, is_two_sided: bool = False) -> None:
        """This function will write a document's pages; on two sides the next one begins on a sheet of its own."""
        pages = proof.contents()
        if is_two_sided and len(pages) % 2:
            pages.append("")
        for content in pages:
            self._page(proof, content)

    def _page(self, proof: Proof, content: str) -> None:
        packed = zlib.compress(content.encode(), 9)
        contents = self._write(self._reserve(), binding.stream(packed, "/Filter/FlateDecode"))
        if not self._kids:
            self._nodes.append(self._reserve())
        page = (
            f"<</Type/Page/Parent {self._nodes[-1]} 0 R/MediaBox[0 0 {proof.width:g} {proof.height:g}]"
            f"/Resources {proof.stock.resources} 0 R/Contents {contents} 0 R>>"
        )
        self._kids.append(self._write(self._reserve(), page.encode()))
        self.pages += 1
        if len(self._kids) == PAGES_TO_A_NODE:
            self._end_node()

    def _end_node(self) -> None:
        kids = " ".join(f"{kid} 0 R" for kid in self._kids)
        node = f"<</Type/Pages/Parent {self._root} 0 R/Count {len(self._kids)}/Kids[{kids}]>>"
        self._write(self._nodes[-1], node.encode())
        self._kids = []

    def _end_stock(self, stock: _Stock) -> None:
        book = binding.Book(first=len(self._offsets))
        for setting in stock.settings.values():
            setting.embed(book)
        names = []
        for name, (box, operators) in enumerate(stock.forms, start=1):
            plain = zlib.compress(_MARKS.sub("", "\n".join(operators)).encode(), 9)
            described = f"/Type/XObject/Subtype/Form/BBox{box}/Resources {stock.resources} 0 R"
            names.append(f"/F{name} {book.add(binding.stream(plain, f'{described}/Filter/FlateDecode'))}")
        for part in book.parts:
            self._offsets.append(self._at)
            self._put(part)
        fonts = "".join(f"/{name} {reference}" for name, reference in book.fonts.items())
        resources = f"<</Font<<{fonts}>>/XObject<<{''.join(names)}>>/ProcSet[/PDF/Text/ImageB]>>"
        self._write(stock.resources, resources.encode())

    def close(self) -> str:
        """This function will finish the file and return its SHA-256."""
        if self._kids:
            self._end_node()
        for stock in self._stocks.values():
            self._end_stock(stock)
        nodes = " ".join(f"{number} 0 R" for number in self._nodes)
        self._write(self._root, f"<</Type/Pages/Count {self.pages}/Kids[{nodes}]>>".encode())
        catalog = f"<</Type/Catalog/Pages {self._root} 0 R/ViewerPreferences<</DisplayDocTitle true>>>>"
        root = self._write(self._reserve(), catalog.encode())
        about = f"<</Title {binding.text_string(self._title)}/Producer(Almoner)>>"
        info = self._write(self._reserve(), about.encode())
        identity = self._digest.digest()[:16]
        self._put(binding.ending(self._offsets, start=self._at, root=root, info=info, identity=identity))
        return self._digest.hexdigest()
