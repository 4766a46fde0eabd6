"""Each error has a page in both languages that says what to do, and tells nothing about the inside."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import translation

from web import errors
from web.giving import gathering

WHAT_TO_DO = re.compile(
    r"go back|wait|try|load|repeat|sign in|press|first page|뒤로|기다|다시|로그인|첫 화면|처음", re.IGNORECASE
)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("status", errors.STATUSES)
def test_every_error_says_what_to_do(status: int, language: str) -> None:
    request = RequestFactory().get(f"/{language}/")
    with translation.override(language):
        answer = errors.page(request, status)
    html = answer.content.decode()
    assert answer.status_code == status
    assert answer["Cache-Control"] == "no-store"
    assert f'<html lang="{language}">' in html
    assert html.count("<h1") == 1
    assert re.search(r"<title>[^<]{4,}", html)
    assert 'name="robots" content="noindex"' in html
    assert WHAT_TO_DO.search(re.sub(r"<[^>]+>", " ", html.split("<h1", 1)[1]))
    assert not re.search(r"Traceback|Exception|psycopg|Django|/work", html)


def test_titles_differ() -> None:
    request = RequestFactory().get("/en/")
    plain = [status for status in errors.STATUSES if status not in {403, 404}]
    titles = {re.findall(r"<title>(.*?)<", errors.page(request, one).content.decode())[0] for one in plain}
    assert len(titles) == len(plain)


@pytest.mark.django_db
def test_a_body_that_is_too_large_is_413(house: None) -> None:
    body = {"note": "x" * 1_200_000}
    answer = Client(raise_request_exception=False).post("/en/give/family/", body)
    assert answer.status_code == 413
    assert b"more than we can take" in answer.content
    many = {f"field{number}": "x" for number in range(300)}
    assert Client(raise_request_exception=False).post("/en/give/family/", many).status_code == 400


@pytest.mark.parametrize(("error", "status"), [(RequestDataTooBig(), 413), (TooManyFieldsSent(), 400)])
def test_which_bad_request(error: Exception, status: int) -> None:
    assert errors.bad_request(RequestFactory().get("/en/"), error).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("gone"), 503, b"cannot take anything down"),
        (ValueError("ours"), 500, b"on our side"),
    ],
)
def test_a_database_that_is_away_is_503_and_a_mistake_of_ours_500(
    house: None, monkeypatch: Any, error: Exception, status: int, words: bytes
) -> None:
    def broken(*args: object, **given: object) -> object:
        raise error

    monkeypatch.setattr(gathering, "shown", broken)
    answer = Client(raise_request_exception=False).get("/en/")
    assert answer.status_code == status
    assert words in answer.content
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_the_bare_pages_ask_no_database() -> None:
    def refuse(*args: object) -> object:
        raise AssertionError("an error page asked the database")

    request = RequestFactory().get("/en/")
    with connection.execute_wrapper(refuse):
        for status in (400, 409, 413, 429, 500, 503):
            assert errors.page(request, status).status_code == status
