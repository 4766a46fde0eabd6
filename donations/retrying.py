"""Retrying: what PostgreSQL ended for a passing reason is done again from its beginning, three times at most.

Two deeds that wait for each other, or for one row too long, are not in the wrong; one of them is sent back and has
written nothing. Only a whole transaction can be done again: inside another one the error goes on to whoever began it.
"""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

PASSING = {"40001", "40P01", "55P03"}
"""Serialization failure, deadlock, and a lock that was not given within `lock_timeout`."""
MOST_TRIES = 3
LONGEST_PAUSE = 0.1
_DICE = random.SystemRandom()

Result = TypeVar("Result")


def is_passing(error: BaseException) -> bool:
    """This function will say whether the same deed may well succeed if it is done again at once."""
    return getattr(error.__cause__, "sqlstate", None) in PASSING


def again(deed: Callable[[], Result]) -> Result:
    """Do a deed that is safe to repeat, and do it again when PostgreSQL ended it for a passing reason.

    The third failure, any other error, and any error inside a transaction of the caller's are raised.
    This function will return what the deed returned.
    """
    for tries in range(1, MOST_TRIES):
        try:
            return deed()
        except DatabaseError as error:
            if connection.in_atomic_block or not is_passing(error):
                raise
            logger.info("tried %s times: %s", tries, type(error.__cause__).__name__)
            time.sleep(_DICE.uniform(0, LONGEST_PAUSE))  # two that met must not meet again
    return deed()
