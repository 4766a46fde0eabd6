"""Drawing safe pages: text, rules, marks across the page, and forms drawn once for many documents.

Every text given to this room has gone through `texts.pdf_text()`; a character without a glyph raises
`UnprintableText`.
There is no markup, no link, no image from a path, no script: the only things a page can hold are letters and
lines.
Coordinates are points from the lower left corner. Import where a page is drawn, not where an app starts.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from paper import archiving, binding, coding, signing, typesetting

Align = Literal["left", "right", "center"]
Ink = tuple[float, float, float]
Paper = Literal["letter", "a4", "a6"]

SIZES: dict[str, tuple[float, float]] = {
    "letter": (612.0, 792.0),
    "a4": (595.28, 841.89),
    "a6": (297.64, 419.53),
}
BLACK: Ink = (0.0, 0.0, 0.0)
FONT_NAMES: dict[typesetting.Weight, str] = {"regular": "R", "bold": "B"}
_SLANT = (0.8192, 0.5736)  # cosine and sine of 35 degrees


def ink(hexadecimal: str) -> Ink:
    """This function will return the color of "#1F5163" as three parts of one."""
    red, green, blue = bytes.fromhex(hexadecimal.removeprefix("#"))
    return red / 255, green / 255, blue / 255


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """What is the same on the first page of many documents: compressed once, with its elements."""

    content: bytes
    elements: tuple[binding.Element, ...]
    spoken: tuple[int, ...]
    operators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What `repeat` drew: operators, elements and who speaks its marks (numbers after those that were there), and the
    ink it left."""

    operators: list[str]
    elements: list[binding.Element]
    spoken: list[int]
    ink: Ink | None


_Cuts = tuple[tuple[str, typesetting.Cut], ...]


class _Letters(NamedTuple):
    """The first objects of every file that shows no letters but the prepared ones, how its pages name them, and the
    bytes it therefore begins with."""

    parts: tuple[bytes, ...]
    resources: str
    opening: bytes


_stamps: dict[Hashable, _Stamp] = {}
_letters: dict[_Cuts, _Letters] = {}
MOST_STAMPS, MOST_LETTERS = 2_048, 64


class Drawing:
    """One document while it is drawn."""

    def __init__(self, *, paper: Paper, cuts: Mapping[typesetting.Weight, typesetting.Cut]) -> None:
        self.width, self.height = SIZES[paper]
        self.settings = {weight: typesetting.Setting(cut, FONT_NAMES[weight]) for weight, cut in cuts.items()}
        self._cuts = tuple((setting.name, setting.cut) for setting in self.settings.values())
        self.elements: list[binding.Element] = []
        self._pages: list[list[list[str] | Form]] = []
        self._front: list[str] = []
        self._spoken: list[list[int]] = []
        self._ink: Ink | None = None

    @property
    def page_count(self) -> int:
        return len(self._pages)

    def start_page(self) -> None:
        """This function will begin the next page."""
        self._pages.append([])
        self._spoken.append([])
        self._continue()

    def _continue(self) -> None:
        self._front = []
        self._pages[-1].append(self._front)
        self._ink = None

    def open(self, tag: str, parent: int | None = None, *, attributes: str = "") -> int:
        """This function will begin an element of meaning ("H1", "P", "Table", "TR", "TD") and return its
        number."""
        self.elements.append(binding.Element(tag, parent, attributes))
        return len(self.elements) - 1

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        weight: typesetting.Weight = "regular",
        color: Ink = BLACK,
        align: Align = "left",
        tabular: bool = False,
        element: int | None = None,
    ) -> None:
        """Show one line with its baseline at y. `tabular` gives every digit the same width, for columns of
        money.

        Without an element the text is an artifact: a screen reader passes it over (page numbers, repeated
        heads).
        This function will raise `UnprintableText` rather than print a box.
        """
        if not text:
            return
        setting = self.settings[weight]
        if tabular:
            text = text.translate(typesetting.TABULAR)
        if align != "left":
            width = setting.cut.face.width(text, size)
            x -= width if align == "right" else width / 2
        self._fill(color)
        self._marked(element, f"BT {x:.2f} {y:.2f} Td{_runs(setting, text, size)} ET")

    def rule(self, x: float, y: float, width: float, *, thickness: float = 0.5, color: Ink = BLACK) -> None:
        """This function will draw a horizontal rule as a filled bar, so that it is crisp in print."""
        self._fill(color)
        self._marked(None, f"{x:.2f} {y - thickness / 2:.2f} {width:.2f} {thickness:.2f} re f")

    def squares(self, x: float, y: float, side: float, symbol: coding.Symbol, *, element: int | None) -> None:
        """Put a QR symbol with its lower left corner at (x, y).

        This function will draw it as one mask of a bit for each module: 0.3 kB, and crisp at any size.
        """
        self._fill(BLACK)
        self._marked(
            element,
            f"q {side:.2f} 0 0 {side:.2f} {x:.2f} {y:.2f} cm BI/W {symbol.side}/H {symbol.side}/IM true/BPC 1"
            f"/D[1 0]/F/AHx ID {symbol.rows.hex()}>\nEI Q",
        )

    def slanted(
        self, text: str, *, size: float, color: Ink, behind: bool, element: int | None = None
    ) -> None:
        """Put a large word across the page: filled behind what is printed, or as an outline over it.

        This function will center the word on the current page.
        """
        setting = self.settings["bold"]
        width = setting.cut.face.width(text, size)
        cosine, sine = _SLANT
        x = self.width / 2 - cosine * width / 2 + sine * size * 0.35
        y = self.height / 2 - sine * width / 2 - cosine * size * 0.35
        paint = f"{_rgb(color)} rg 0 Tr" if behind else f"{_rgb(color)} RG 1.4 w 1 Tr"
        matrix = f"{cosine} {sine} {-sine} {cosine} {x:.2f} {y:.2f} Tm"
        operators = f"q {paint} BT {matrix}{_runs(setting, text, size)} ET Q"
        if not behind:
            self._marked(element, operators)
            return
        front, self._front = self._front, []
        self._marked(element, operators)
        self._pages[-1].insert(0, self._front)
        self._front = front

    def repeat(self, key: Hashable, y: float, draw: Callable[[float], object]) -> None:
        """Draw what stands at many heights on many pages; `key` names everything that it depends on.

        What it shows under elements opened before must be the last ones opened. This function will draw it at y; the
        next document that has it there takes it as it was drawn, and a file for the printer keeps it once.
        """
        place = (key, y, self.width, self._cuts, self._ink, len(self._spoken[-1]))
        stamp = _stamps.get(place)
        if stamp is None:
            self._stamp(place, y, draw)
            return
        self._front += stamp.operators
        self._tell(stamp.elements, stamp.spoken)
        self._ink = stamp.ink

    def _stamp(self, place: Hashable, y: float, draw: Callable[[float], object]) -> None:
        """Draw it and keep it, unless it shows letters that only this document has."""
        front, spoken = self._front, self._spoken[-1]
        operators, elements, marks = len(front), len(self.elements), len(spoken)
        own = [setting.own_runs for setting in self.settings.values()]
        draw(y)
        if own != [setting.own_runs for setting in self.settings.values()]:
            return
        if len(_stamps) >= MOST_STAMPS:
            _stamps.clear()
        opened = [
            element._replace(parent=None if element.parent is None else element.parent - elements)
            for element in self.elements[elements:]
        ]
        numbers = [element - elements for element in spoken[marks:]]
        _stamps[place] = _Stamp(front[operators:], opened, numbers, self._ink)

    def _tell(self, elements: Sequence[binding.Element], spoken: Sequence[int]) -> None:
        """Add elements and who speaks the next marks of the page, both numbered after those that are there."""
        base = len(self.elements)
        self.elements += [
            element if element.parent is None else element._replace(parent=base + element.parent)
            for element in elements
        ]
        self._spoken[-1] += [base + element for element in spoken]

    def place(self, form: Form) -> None:
        """This function will put a prepared form on a page where nothing has an element yet."""
        if self._spoken[-1]:
            raise ValueError("A form brings its own marks: place it before any element of the page")
        self._tell(form.elements, form.spoken)
        self._pages[-1].append(form)
        self._continue()

    def form(self) -> Form | None:
        """This function will return the single page drawn so far as a form, or None if it needs letters of
        its own."""
        if any(setting.own_runs for setting in self.settings.values()):
            return None
        spoken = tuple(self._spoken[-1])
        return Form(_compressed(self._front), tuple(self.elements), spoken, tuple(self._front))

    def finish(
        self,
        about: archiving.About,
        *,
        language: str,
        identity: bytes,
        enclosed: archiving.Enclosed | None = None,
        signer: signing.Signer | None = None,
    ) -> bytes:
        """`enclosed` is carried inside for programs; `signer` signs the whole file for its author.

        This function will return the finished PDF/A; the same calls give the same bytes in any process.
        """
        book = binding.Book()
        resources = self._embed_letters(book)
        tree = book.reserve()
        pages = binding.reference(tree)
        field = self._put_pages(book, about, tree=pages, resources=resources, signer=signer)
        book.fill(tree, f"<</Type/Pages/Count {len(book.pages)}/Kids[{' '.join(book.pages)}]>>".encode())
        catalog = f"/Pages {pages}/ViewerPreferences<</DisplayDocTitle true>>"
        catalog += binding.structure(book, self.elements, self._spoken, language=language)
        catalog += archiving.catalog_entries(book, about)
        if enclosed:
            catalog += archiving.enclosing(book, enclosed, about)
        if field:
            catalog += f"/AcroForm<</Fields[{field.reference}]/SigFlags 3>>"
        content = book.bind(catalog=catalog, info=archiving.info(about), identity=identity)
        return signer.sign(content) if signer else content

    def _embed_letters(self, book: binding.Book) -> str:
        """This function will add the letters to a new book and return the reference by which its pages name them."""
        if any(setting.own_runs for setting in self.settings.values()):
            return _embedded(book, self.settings.values())
        letters = _letters.get(self._cuts)
        if letters is None:
            if len(_letters) >= MOST_LETTERS:
                _letters.clear()
            letters = _letters[self._cuts] = _prepared_letters(self._cuts)
        book.parts[:] = letters.parts
        return letters.resources

    def _put_pages(
        self,
        book: binding.Book,
        about: archiving.About,
        *,
        tree: str,
        resources: str,
        signer: signing.Signer | None,
    ) -> signing.Field | None:
        """This function will add every page, the first with the field of the signature, if there is to be one."""
        box = f"[0 0 {self.width:g} {self.height:g}]"
        first = book.reserve()
        field = None
        if signer is not None:
            field = signer.put_field(
                book, page=binding.reference(first), name=about.author, signed_on=about.issued_on
            )
        for number, parts in enumerate(self._pages):
            contents = [
                book.add(_compressed(part) if isinstance(part, list) else part.content)
                for part in parts
                if part
            ]
            page = (
                f"<</Type/Page/Parent {tree}/MediaBox{box}/Resources {resources}"
                f"/Contents[{' '.join(contents)}]/StructParents {number}"
            )
            if number == 0:
                annotations = f"/Annots[{field.reference}]" if field else ""
                book.fill(first, f"{page}{annotations}>>".encode())
                book.pages.append(binding.reference(first))
            else:
                book.pages.append(book.add(f"{page}>>".encode()))
        return field

    def _fill(self, color: Ink) -> None:
        if color != self._ink:
            self._ink = color
            self._front.append(f"{_rgb(color)} rg")

    def _marked(self, element: int | None, operators: str) -> None:
        if element is None:
            self._front.append(f"/Artifact BMC {operators} EMC")
            return
        spoken = self._spoken[-1]
        tag = self.elements[element].tag
        self._front.append(f"/{tag} <</MCID {len(spoken)}>> BDC {operators} EMC")
        spoken.append(element)


def _embedded(book: binding.Book, settings: Iterable[typesetting.Setting]) -> str:
    for setting in settings:
        setting.embed(book)
    fonts = "".join(f"/{name} {reference}" for name, reference in book.fonts.items())
    return book.add(f"<</Font<<{fonts}>>/ProcSet[/PDF/Text]>>".encode())


def _prepared_letters(cuts: _Cuts) -> _Letters:
    book = binding.Book()
    resources = _embedded(book, [typesetting.Setting(cut, name) for name, cut in cuts])
    return _Letters(tuple(book.parts), resources, b"".join((binding.HEADER, *book.parts)))


def openings() -> tuple[bytes, ...]:
    """This function will return what files begin with that show no letters but prepared ones: of all that this process
    has drawn lately."""
    return tuple(letters.opening for letters in _letters.values())


def prepared(blank: Drawing, draw: Callable[[Drawing], None]) -> Form | None:
    """This function will draw on one blank page and return it as a form (None if it needs letters of its
    own)."""
    blank.start_page()
    draw(blank)
    return blank.form()


def _compressed(operators: list[str]) -> bytes:
    return binding.stream(zlib.compress("\n".join(operators).encode()), "/Filter/FlateDecode")


@lru_cache(maxsize=64)
def _rgb(color: Ink) -> str:
    return " ".join(f"{part:.4g}" for part in color)


def _runs(setting: typesetting.Setting, text: str, size: float) -> str:
    shown = _shown(setting.cut, setting.name, text, size)
    if shown is not None:
        return shown
    return "".join(f"/{name} {size:g} Tf<{run.hex()}>Tj" for name, run in setting.runs(text))


@lru_cache(maxsize=1024)
def _shown(cut: typesetting.Cut, name: str, text: str, size: float) -> str | None:
    """The operators that show a text of prepared letters: labels and sentences stand on every receipt."""
    try:
        codes = bytes(map(cut.codes.__getitem__, text))
    except KeyError:
        return None
    return f"/{name} {size:g} Tf<{codes.hex()}>Tj"
