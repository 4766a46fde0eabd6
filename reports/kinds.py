"""What a column of a file may hold. Programs that only write files read this, so nothing else is read with it."""

from enum import StrEnum


class Kind(StrEnum):
    """What stands in a column. Only TEXT is written by people and needs a guard against formulas."""

    TEXT = "text"
    CODE = "code"
    WHOLE = "whole"
    AMOUNT = "amount"
    DAY = "day"
    MOMENT = "moment"
