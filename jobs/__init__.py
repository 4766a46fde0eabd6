"""Long work as a row: claim, progress, resume, cancel, retry, heartbeat.

Lives here: `Job` and `Heartbeat`. A job row is the promise; the queue is only the nudge.
Never here: knowing what the work is. Rooms above register what runs for a kind.
Doors: `running.enqueue(...)`, `running.claim(...)`, `beating.beat(...)`.
"""
