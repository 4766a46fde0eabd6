"""The database of the measures: its gifts are the same each time, heavy-tailed, and break no law of money or sums."""

from __future__ import annotations

import psycopg.conninfo
import pytest
from django.core.management import call_command
from django.db import connection

from bench import dashboard_queries, years
from donations import rebuilding
from reports import laws, selfchecking
from tests.reports.breaking import LATER

OF_MONEY = {"I1", "I2", "I3", "I5", "I6", "I7", "I13", "I40", "I41", "I42"}
HASH = """SELECT md5(string_agg(concat_ws('|', id, donor_id, amount_minor, currency, given_on), '' ORDER BY id))
  FROM donations_donation WHERE id = ANY(SELECT md5('years gift ' || i)::uuid FROM generate_series(1, 3000) AS i)"""
SAME = "2f69b3be5a313ce310ae0387ae38d1bf"


def asked(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def address() -> str:
    known = connection.settings_dict
    given = {
        "host": known["HOST"],
        "port": known["PORT"],
        "user": known["USER"],
        "password": known["PASSWORD"],
    }
    named = {key: value for key, value in given.items() if value} | {
        "dbname": asked("SELECT current_database()")
    }
    return psycopg.conninfo.make_conninfo(**named)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.usefixtures("committed_db")
def test_the_years_of_the_bench_are_lawful_and_every_question_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(years, "STEPS", (300, 3000))
    call_command("demodata", verbosity=0)
    assert years.fill(filler=address(), gifts=300) == 300
    rebuilding.rebuild()
    assert years.fill(filler=address(), gifts=3000) == 2700
    assert years.fill(filler=address(), gifts=3000) == 0
    rebuilding.rebuild()

    findings = {finding.code: finding.rows for finding in selfchecking.run(now=LATER)}
    assert {code: findings[code] for code in OF_MONEY} == dict.fromkeys(OF_MONEY, ())
    assert {law.code for law in laws.LAWS} >= OF_MONEY
    assert asked(HASH) == SAME
    most = asked("SELECT max(n) FROM (SELECT count(*) AS n FROM donations_donation GROUP BY donor_id) x")
    assert isinstance(most, int)
    assert most > 3 * years.GIFTS_PER_DONOR
    for name, ask in dashboard_queries.questions().items():
        assert ask() is not None, name
