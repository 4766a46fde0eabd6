"""The database says no, and by which law."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model


@contextmanager
def refused_by(law: str) -> Iterator[None]:
    """Assert that the block is refused by the constraint named `law`; deferred ones are asked at once."""
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as refusal:
        cause = refusal.__cause__
        assert isinstance(cause, psycopg.Error)
        assert cause.diag.constraint_name == law
    else:
        pytest.fail(f"{law} did not refuse")


def named_laws(models: list[type[Model]]) -> set[str]:
    """Every constraint the models of a room name themselves."""
    return {constraint.name for model in models for constraint in model._meta.constraints}
