"""Splitting: a pasted letter becomes body, points and closing line, for a person to correct and save.

Pure: nothing is stored here. Letters arrive as they were typed: "1." "1)" "1、" "1.Heavenly" without a space.
"""

import re
from dataclasses import dataclass

# A digit after the mark is a decimal ("1.5 million"), not a point.
_POINT = re.compile(r"^\s*[(（]?(?P<number>\d{1,2})\s?[.)、．）](?!\d)\s*(?P<text>\S.*)$")
_CLOSING_ENGLISH = (
    r"(?:we (?:pray|ask)(?: all)?(?: this| these things)? )?in (?:the name of )?(?:our Lord )?"
    r"Jesus(?: Christ)?(?:['’]s?)?(?: (?:holy |precious )?name)?(?:,? we pray)?[,.]?\s*Amen"
)
_CLOSING_KOREAN = (
    r"(?:우리 주 |살아 계신 )?예수(?:님| 그리스도)?의?\s*(?:거룩하신 )?이름으로\s*"
    r"(?:기도(?:드립니다|합니다|드리옵나이다)[.,]?)?\s*아멘"
)
_CLOSING = re.compile(rf"(?P<closing>(?:{_CLOSING_ENGLISH}|{_CLOSING_KOREAN})[.!]?)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Split:
    """What was found. `body` keeps its paragraphs, parted by an empty line."""

    body: str
    points: tuple[str, ...]
    closing: str


def split(pasted: str) -> Split:
    """Split one letter. The points are the last run of lines numbered 1, 2, 3 ...; a numbered list further up
    stays in the body. Lines below a point belong to it until an empty line. The closing ("In Jesus' Name,
    Amen", "예수님의 이름으로 기도드립니다. 아멘") is taken from the end of the last point, or stands alone.

    This function will return body, points and closing; what is not found is empty, nothing is thrown away.
    """
    lines = [line.strip() for line in pasted.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    start = _first_point(lines)
    if start is None:
        body, closing = _without_closing("\n".join(lines))
        return Split(body=_tidy(body), points=(), closing=closing)
    points, rest = _points(lines[start:])
    last, closing = _without_closing(points[-1])
    points[-1] = last
    if not closing:
        rest, closing = _without_closing(rest)
    body = "\n\n".join(part for part in (_tidy("\n".join(lines[:start])), _tidy(rest)) if part)
    return Split(body=body, points=tuple(point for point in points if point), closing=closing)


def _first_point(lines: list[str]) -> int | None:
    """Where the last list that begins with 1 begins."""
    starts = [index for index, line in enumerate(lines) if _number(line) == 1]
    return starts[-1] if starts else None


def _number(line: str) -> int | None:
    match = _POINT.match(line)
    return int(match["number"]) if match else None


def _points(lines: list[str]) -> tuple[list[str], str]:
    """The points from the first line on, and what stands after them."""
    points: list[str] = []
    is_inside = False
    for index, line in enumerate(lines):
        match = _POINT.match(line)
        if match and int(match["number"]) == len(points) + 1:
            points.append(match["text"].strip())
            is_inside = True
        elif not line:
            is_inside = False
        elif is_inside and not _CLOSING.fullmatch(line):
            points[-1] += " " + line
        else:
            return points, "\n".join(lines[index:])
    return points, ""


def _without_closing(text: str) -> tuple[str, str]:
    match = _CLOSING.search(text.rstrip())
    if match is None:
        return text, ""
    return text[: match.start()].rstrip(), match["closing"].strip()


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip()
