"""Ringing: a worker looks at once instead of at the next beat of the timetable. The committed row is the promise."""

import logging

from celery import signature
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def ring(*names: str, first: tuple[object, ...] = ()) -> None:
    """Ring for tasks, one after the other; `first` are the arguments of the first.

    A queue that is away is no error: the rows wait for the timetable. This function will never raise for it.
    """
    steps = [
        signature(name, args=first if place == 0 else (), immutable=True) for place, name in enumerate(names)
    ]
    bell = steps[0]
    for step in steps[1:]:
        bell = bell | step
    try:
        bell.apply_async(retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("the queue is away (%s): the timetable will find the rows", type(error).__name__)
