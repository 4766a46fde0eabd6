"""The wiring: settings, typed environment, system checks, urls, the Celery application and its timetable.

Never here: behavior. Knock on `settings.py` for a value, `env.py` for a variable,
`celery.py` for when things run.
"""
