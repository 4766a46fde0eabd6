"""What runs for each kind of job of the annual run, for `jobs.running.run_one`."""

from jobs.running import Work
from receipts import handing_over, rehearsing, running


def works() -> dict[str, Work]:
    """This function will return the work of each kind."""
    return {
        rehearsing.KIND: rehearsing.rehearse,
        running.KIND: running.run,
        handing_over.KIND: handing_over.again,
    }
