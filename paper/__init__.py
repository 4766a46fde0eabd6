"""Safe PDF pages: fonts, `pdf_text()`, frames, tables, and finished documents kept by their hash.

The only room that imports reportlab. Never here: what a receipt is.
Every string that came from a person goes through `pdf_text()`; a character the fonts lack is refused, never
a black box.
Doors: `drawing` to draw, `storing.store(...)` to keep bytes once and for ever.
"""
