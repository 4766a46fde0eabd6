"""What makes a PDF a document for the archive (PDF/A-1b): its own description, and what its colors mean.

Checked with Apache PDFBox preflight during design: the description in XMP must mirror the old Info
dictionary exactly,
the color profile must be ICC version 2, and every font is embedded.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from xml.sax.saxutils import escape

from paper import binding

PRODUCER = "Almoner"
ENCLOSED = "AlmonerReceipt"
LONGEST_SOURCE = 8_000_000
_ENCLOSED = re.compile(
    rb"/Type/AlmonerReceipt/Key\(([A-Z2-7]{1,16})\)/Seal<([0-9a-f]{128})>/Filter/FlateDecode/Length (\d{1,8})>>"
)

_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    "<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance><dc:format>application/pdf</dc:format>"
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
    "<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>"
    '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>'
    "<xmp:CreatorTool>{producer}</xmp:CreatorTool><xmp:CreateDate>{when}</xmp:CreateDate>"
    "<xmp:ModifyDate>{when}</xmp:ModifyDate><pdf:Producer>{producer}</pdf:Producer>"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a file says about itself. Never a giver's name, a staff name, a path or a host."""

    title: str
    author: str
    subject: str
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """What a file carries for programs: the same that is printed, as its source, and how to believe it."""

    source: bytes
    key_id: str
    signature: bytes


def enclosing(book: binding.Book, enclosed: Enclosed, about: About) -> str:
    """This function will put the source into the book and return the catalog's entry for it.

    An archive file may carry no attachment, but private content of the program that made it (ISO 32000-1, 14.5).
    """
    described = f"/Type/{ENCLOSED}/Key({enclosed.key_id})/Seal<{enclosed.signature.hex()}>/Filter/FlateDecode"
    private = book.add(binding.stream(zlib.compress(enclosed.source), described))
    when = f"(D:{about.issued_on:%Y%m%d}000000+00'00')"
    return f"/PieceInfo<</{PRODUCER}<</LastModified{when}/Private {private}>>>>"


def enclosed_in(content: bytes) -> Enclosed | None:
    """This function will return what `enclosing` put into a file, or None; of two it believes neither."""
    found = _ENCLOSED.findall(content)
    if len(found) != 1:
        return None
    key_id, seal, length = found[0]
    start = content.index(b"stream\n", content.index(b"/Type/" + ENCLOSED.encode())) + len(b"stream\n")
    unpacking = zlib.decompressobj()
    try:
        source = unpacking.decompress(content[start : start + int(length)], LONGEST_SOURCE)
    except zlib.error:
        return None
    if not unpacking.eof:
        return None
    return Enclosed(source=source, key_id=key_id.decode(), signature=bytes.fromhex(seal.decode()))


def info(about: About) -> bytes:
    """This function will return the Info dictionary, which mirrors `metadata`."""
    when = f"(D:{about.issued_on:%Y%m%d}000000+00'00')"
    words = binding.text_string
    return (
        f"<</Title {words(about.title)}/Author {words(about.author)}/Subject {words(about.subject)}"
        f"/Creator {words(PRODUCER)}/Producer {words(PRODUCER)}/CreationDate {when}/ModDate {when}>>"
    ).encode()


def metadata(about: About) -> bytes:
    """This function will return the XMP stream. PDF/A forbids compressing it."""
    packet = _XMP.format(
        title=escape(about.title),
        author=escape(about.author),
        subject=escape(about.subject),
        producer=PRODUCER,
        when=f"{about.issued_on.isoformat()}T00:00:00+00:00",
    )
    return binding.stream(packet.encode(), "/Type/Metadata/Subtype/XML")


def catalog_entries(book: binding.Book, about: About) -> str:
    """This function will add the archive's objects to the book and return the catalog's entries for them."""
    xmp = book.add(metadata(about))
    profile = book.add(_profile_stream())
    return (
        f"/Metadata {xmp}/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)"
        f"/Info(sRGB)/DestOutputProfile {profile}>>]"
    )


@cache
def _profile_stream() -> bytes:
    return binding.stream(zlib.compress(srgb_profile()), "/N 3/Filter/FlateDecode")


def _fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _xyz(*numbers: float) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*numbers)


def srgb_profile() -> bytes:
    """This function will return a small sRGB profile, ICC version 2.1 (PDF/A-1 refuses version 4)."""
    name = b"sRGB\0"
    gamma = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(4 + 4 + 2 + 1 + 67),
        b"cprt": b"text\0\0\0\0No copyright\0",
        b"wtpt": _xyz(0.9505, 1.0, 1.0891),
        b"rXYZ": _xyz(0.4360747, 0.2225045, 0.0139322),
        b"gXYZ": _xyz(0.3850649, 0.7168786, 0.0971045),
        b"bXYZ": _xyz(0.1430804, 0.0606169, 0.7141733),
        b"rTRC": gamma,
        b"gTRC": gamma,
        b"bTRC": gamma,
    }
    table, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(">I", start + len(body)) + bytes(4) + b"\x02\x10\0\0mntrRGB XYZ "
    header += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _fixed(0.9642, 1.0, 0.8249)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
