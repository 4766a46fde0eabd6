"""Tagging: elements of SVG, escaped; numbers are written as short as they can be."""

from collections.abc import Iterable

from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe


def tag(name: str, *inner: str, **attributes: object) -> SafeString:
    """This function will return an element; `class_` is written "class", `stroke_width` "stroke-width"."""
    told = format_html_join(
        "",
        ' {}="{}"',
        ((_name(key), _value(value)) for key, value in attributes.items() if value is not None),
    )
    # The names of elements and attributes are words of this package; values and texts are escaped.
    return mark_safe(f"<{name}{told}>{joined(inner)}</{name}>")  # noqa: S308


def joined(parts: Iterable[str]) -> SafeString:
    """This function will return parts one after the other; what is not marked as safe is escaped."""
    return mark_safe("".join(conditional_escape(part) for part in parts))  # noqa: S308


def short(value: float) -> str:
    """120.0 is "120", 33.333 is "33.3": a tenth of a pixel is seen by nobody."""
    return f"{value:.1f}".removesuffix(".0")


def _name(key: str) -> str:
    # "viewBox" and "patternUnits" keep their capitals: SVG in HTML knows them so.
    return key.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    return short(value) if isinstance(value, float) else str(value)
