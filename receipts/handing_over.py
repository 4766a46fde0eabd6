"""Handing over: receipts that go by post, set into one file for the printer, in the order of postcodes, and their labels.

The files lie with the exports and leave with them a day after their job ended; they can be made again at any time, from
the same receipts in the same order. A receipt counts as printed when somebody says that it was.
"""

import hashlib
import os
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from jobs import running as working
from jobs.models import Job
from receipts import labels, printing
from receipts.models import AnnualRun, Delivery, PrintFile
from staff import auditing
from staff.models import User

KIND = "annual_print"
KEPT_FOR = timedelta(hours=24)
_FOLDER = "exports"


def waiting(*, run_id: uuid.UUID) -> list[Delivery]:
    """This function will return what of a run waits for the printer and has its file, by country, postcode and name."""
    found = Delivery.objects.filter(
        receipt__run=run_id,
        channel=Delivery.Channel.POST,
        status=Delivery.Status.WAITING,
        print_file__isnull=True,
        receipt__rendering__isnull=False,
        receipt__voiding__isnull=True,
    )
    return sorted(found.select_related("receipt__donor__merged_into", "receipt__series__entity"), key=_place)
