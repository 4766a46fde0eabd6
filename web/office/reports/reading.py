"""Reading: what a report needs to be shown to somebody: what is asked, in which words, and what they may see."""

from dataclasses import dataclass
from typing import Any

from reports.answers.asking import Asked


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads and what they asked for. `told` are the report's own fields, `after` the cursor of a list.

    `sees_donors` says whether names may be shown; whoever may not sees sums, and they open nothing.
    `is_file` asks for every row, for a file.
    """

    asked: Asked
    told: dict[str, Any]
    language: str
    sees_donors: bool
    query: dict[str, str]
    after: str = ""
    is_file: bool = False

    def opens(self, address: str) -> str:
        """This function will return an address of people or their gifts, or nothing to whom may not see them."""
        return address if self.sees_donors else ""
