"""What the tests must have walked: money code wholly, the deeds of each room nearly so, branches counted."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

WHOLLY = (
    *(f"ledger/{name}.py" for name in ("balances", "closing", "money", "posting")),
    *(f"donations/{name}.py" for name in ("dating", "entering", "postings", "recording", "restating")),
    *(
        f"receipts/{name}.py"
        for name in ("asking_law", "drafting", "freezing", "gathering", "informing", "issuing")
    ),
    *(
        f"receipts/{name}.py"
        for name in ("judging", "correcting", "numbering", "replacing", "voiding", "writing")
    ),
)
ROOMS = ("ledger", "donors", "payments", "donations", "books", "receipts")
LEAST = 95.0
NO_DEEDS = {"apps.py", "models.py", "tasks.py", "__init__.py"}

Files = Mapping[str, Mapping[str, float]]


def read(*, python: Path, root: Path, environment: Mapping[str, str]) -> Files:
    """This function will return coverage's own summary of each file, by its path."""
    asked = [str(python), "-m", "coverage", "json", "-q", "-o", "-"]
    told = subprocess.run(asked, cwd=root, env=dict(environment), check=True, capture_output=True, text=True)
    return {name: file["summary"] for name, file in json.loads(told.stdout)["files"].items()}


def complaints(files: Files) -> list[str]:
    """This function will return a sentence for each promise about coverage that is not kept."""
    found = []
    for name in WHOLLY:
        percent = files[name]["percent_covered"] if name in files else 0.0
        if percent < 100:
            found.append(f"{name} is money code and only {percent:.1f} % covered")
    for room in ROOMS:
        percent = _share([summary for name, summary in files.items() if _is_deed(name, room)])
        if percent < LEAST:
            found.append(f"the deeds of {room} are only {percent:.1f} % covered, not {LEAST:.0f} %")
    return found


def _is_deed(name: str, room: str) -> bool:
    path = Path(name)
    return path.parent == Path(room) and path.name not in NO_DEEDS


def _share(summaries: Sequence[Mapping[str, float]]) -> float:
    walked = sum(summary["covered_lines"] + summary["covered_branches"] for summary in summaries)
    there = sum(summary["num_statements"] + summary["num_branches"] for summary in summaries)
    return 100.0 * walked / there if there else 100.0
