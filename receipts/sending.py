"""Sending: what the timetable does for the mail that follows from receipts. Each step finds its rows by itself."""

from datetime import datetime, timedelta

from receipts import acknowledging, delivering, mailing, renewing

LATELY = timedelta(days=7)


def send_due(*, now: datetime) -> None:
    """Links somebody waits for first; then what the outbox and the mail servers said; then what is planned.

    Every step may meet another worker at the same step: rows are locked or unique, so nobody gets a mail twice.
    This function will leave nothing to do that was due.
    """
    renewing.answer_requests(now=now)
    delivering.note_sent(now=now)
    delivering.note_bounced(now=now)
    mailing.send_planned(now=now)
    acknowledging.acknowledge_due(now=now, since=now - LATELY)
