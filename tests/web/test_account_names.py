"""Every account of the books has a name in both languages."""

from __future__ import annotations

import pytest
from django.utils import translation

from ledger.models import Account
from web import wording

pytestmark = pytest.mark.django_db


def test_every_account_is_named_in_korean() -> None:
    names = set(Account.objects.values_list("name", flat=True))
    assert len(names) > 20
    words = wording.TABLES["account"]
    assert names - set(words) == set()
    with translation.override("ko"):
        assert [name for name in names if str(words[name]) == name] == []
