"""The description of the API equals the checked-in one, so that no change goes out unnoticed."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from api.v1.urls import router

GOLDEN = Path(__file__).parent / "openapi.yaml"
COMMAND = "python manage.py spectacular --validate --fail-on-warn --file tests/api/openapi.yaml"


@pytest.mark.django_db
def test_the_served_description_is_the_golden_one() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    served = json.loads(answer.content)
    kept = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    assert served == kept, (
        f"The API changed. If that is meant, write its description again with:\n  {COMMAND}"
    )


def test_every_address_is_described() -> None:
    described = {
        (path, method)
        for path, methods in yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))["paths"].items()
        for method in methods
    }
    patterns: list[Any] = router.urls
    methods = [method for pattern in patterns for method in pattern.callback.actions if method != "head"]
    assert len(described) == len(methods)


@pytest.mark.django_db
def test_nothing_but_reading_it() -> None:
    assert Client().post("/api/v1/openapi.json").status_code == 405
