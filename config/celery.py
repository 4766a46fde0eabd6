"""The Celery application, its queue and THE TIMETABLE.

A task is only a nudge: every row it would work on is found again by the timetable, so a lost bell costs
seconds, never money.
"""

import gc
import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("almoner")
app.conf.update(settings.CELERY)
app.autodiscover_tasks(["donors", "donations", "books", "receipts", "reports", "jobs", "api", "config"])

app.conf.beat_schedule = {
    "settle what waits, look at what stopped halfway": {"task": "donations.sweep", "schedule": 20},
    "receipts that are due": {"task": "receipts.follow_up", "schedule": 20},
    "receipts that waited long": {"task": "receipts.look_at_all", "schedule": crontab(hour=3, minute=17)},
    "numbers on paper that are not marked": {"task": "receipts.mark_numbers", "schedule": crontab(minute=3)},
    "what goes to Hometax": {"task": "receipts.follow_filings", "schedule": 120},
    "cards that expire, pauses that end": {"task": "donations.remind_plans", "schedule": crontab(minute=37)},
    "counts of the giving form that ended": {"task": "donations.forget_counts", "schedule": 60},
    "groups whose money has come": {"task": "donations.close_groups", "schedule": 20},
    "deltas of gifts and of the books": {"task": "donations.fold", "schedule": 20},
    "deltas of what is decided of gifts": {"task": "receipts.fold", "schedule": 20},
    "transfer codes nobody used": {
        "task": "donations.lapse_promises",
        "schedule": crontab(hour=4, minute=41),
    },
    "promises that fall due, gifts that went back": {
        "task": "donations.follow_pledges",
        "schedule": crontab(minute=53),
    },
    "receipts that go out": {"task": "receipts.send", "schedule": 20},
    "mail that is due": {"task": "donors.send_due", "schedule": 15},
    "links somebody asked for": {"task": "donors.answer_requests", "schedule": 15},
    "annual runs that wait": {"task": "receipts.run_jobs", "schedule": 10},
    "statements of the bank that wait": {"task": "books.run_jobs", "schedule": 10},
    "statements that lay long enough": {"task": "books.tidy", "schedule": 3600},
    "exports that wait": {"task": "reports.run_jobs", "schedule": 10},
    "journals that wait to be handed over": {"task": "books.hand_over", "schedule": 10},
    "report files of processors": {"task": "books.run_reports", "schedule": 10},
    "people's own data that waits": {"task": "reports.portray", "schedule": 15},
    "data, sessions and wishes that lay long enough": {"task": "donors.tidy", "schedule": 600},
    "events that never came": {"task": "donations.catch_up", "schedule": 600},
    "the processor's balance against the books": {"task": "donations.reconcile", "schedule": 3600},
    "answers no longer repeated": {"task": "api.purge", "schedule": 3600},
    "buildings that open": {"task": "books.release_due", "schedule": crontab(minute=11)},
    "tickets the books do not know yet": {
        "task": "donations.split_tickets",
        "schedule": crontab(hour=5, minute=11),
    },
    "the laws of the books": {"task": "config.selfcheck", "schedule": crontab(minute=7)},
    "the worker is alive": {"task": "config.heartbeat", "schedule": 30},
}


def _keep_what_is_loaded(**_: object) -> None:
    """What a worker's process has loaded stays until it ends: walking through it again and again for garbage cost a
    twelfth of the time of drawing receipts."""
    gc.freeze()


worker_process_init.connect(_keep_what_is_loaded)


def database_queue() -> dict[str, object]:
    """Transport options of the queue inside the database (kombu's pgmq)."""
    database = settings.DATABASES["default"]
    words = {
        "host": database["HOST"],
        "port": database["PORT"],
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
    }
    quoted = (
        f"{key}='{str(value).replace(chr(92), chr(92) * 2).replace(chr(39), chr(92) + chr(39))}'"
        for key, value in words.items()
        if value
    )
    return {
        "conn_string": " ".join(quoted),
        "init_extension": False,
        "visibility_timeout": 600,
        "polling_interval": 0.1,
        "wait_time_seconds": 0,
        "pool_size": 2,
        "pool_timeout": 5,
    }


if not settings.CELERY["broker_url"]:
    app.conf.broker_url = "pgmq://database"
    app.conf.broker_transport_options = database_queue()
