"""Fitting: the heights we publish for each frame. A frame cannot grow, so the tallest ordinary case must fit.

Measured in Chromium at 280, 320, 360 and 480 pixels of width in both languages (`tests/journeys/test_embeds.py`);
with larger text a frame scrolls.
"""

WIDEST = 480
"""A frame gains nothing beyond thirty times the size of its text."""
WIDTHS = (280, 320, 360, 480)
HEIGHTS = {"chooser": 480, "card": 400, "progress": 200, "prayer": 600, "tour": 480}
