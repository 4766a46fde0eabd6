"""A database that is away or cannot write is answered 503 with what to do, and stores nothing."""

from __future__ import annotations

import pytest
from django.db import InternalError, OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory

from web import resting


def failed(code: str) -> Exception:
    """The error that the server itself gives with this code."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'told' USING ERRCODE = '{code}'; END $$")
    except Exception as error:
        return error
    raise AssertionError("the server did not refuse")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("53100", OperationalError),
        ("53300", OperationalError),
        ("57P01", OperationalError),
        ("25006", InternalError),
    ],
)
def test_what_is_the_databases_fault_is_answered_503(
    committed_db: None, code: str, kind: type[Exception]
) -> None:
    error = failed(code)
    assert isinstance(error, kind)

    answer = resting.DatabaseRestMiddleware(lambda _: pytest.fail("not asked")).process_exception(
        RequestFactory().post("/en/give/family/"), error
    )

    assert answer is not None
    assert answer.status_code == 503
    assert answer["Retry-After"] == resting.AGAIN_AFTER_SECONDS
    assert answer["Cache-Control"] == "no-store"
    assert "never gives twice" in answer.content.decode()


def test_what_is_ours_stays_an_error(committed_db: None) -> None:
    error = failed("42P01")
    assert isinstance(error, ProgrammingError)
    assert not resting.is_rest(error)


def test_a_form_that_cannot_be_written_down_is_answered_503(committed_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        answer = Client(raise_request_exception=False).post("/ko/portal/", {"email": "grace@example.org"})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")

    assert answer.status_code == 503
    assert "같은 양식으로는 두 번" in answer.content.decode()
