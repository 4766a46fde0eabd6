"""Where Chromium is. Browser journeys need it; nothing else does."""

import os
import shutil

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
"""First the one that draws no windows: it does the same pages with less than half of the processor time."""
HOW_TO_GET = "apt-get install -y chromium-headless-shell fonts-noto-cjk"


def chromium() -> str:
    """This function will return the path of Chromium, or nothing. CHROMIUM in the environment comes first."""
    given = os.environ.get("CHROMIUM", "")
    if given and os.access(given, os.X_OK):
        return given
    return next((path for path in map(shutil.which, NAMES) if path), "")
