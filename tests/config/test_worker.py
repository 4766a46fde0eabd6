"""A worker's process, as it begins."""

from __future__ import annotations

import gc

from celery.signals import worker_process_init

import config.celery


def test_what_a_process_has_loaded_is_no_longer_looked_through() -> None:
    assert config.celery.app.main == "almoner"
    before = gc.get_freeze_count()
    try:
        worker_process_init.send(sender=None)
        assert gc.get_freeze_count() > before + 10_000
    finally:
        gc.unfreeze()
