"""Promises about coverage are counted per room, and money code is not allowed to hide behind the rest."""

from launcher import covering


def summary(walked: int, there: int) -> dict[str, float]:
    return {
        "covered_lines": walked,
        "num_statements": there,
        "covered_branches": 0,
        "num_branches": 0,
        "percent_covered": 100.0 * walked / there,
    }


WHOLE = {name: summary(10, 10) for name in covering.WHOLLY}


def test_all_is_well() -> None:
    assert covering.complaints({**WHOLE, "donors/matching.py": summary(96, 100)}) == []


def test_money_code_must_be_whole() -> None:
    found = covering.complaints({**WHOLE, "ledger/money.py": summary(99, 100)})
    assert found == ["ledger/money.py is money code and only 99.0 % covered"]


def test_a_file_never_run_is_told() -> None:
    assert any("posting.py" in sentence for sentence in covering.complaints({}))


def test_deeds_are_counted_without_models_and_tasks() -> None:
    files = {**WHOLE, "donors/matching.py": summary(94, 100), "donors/tasks.py": summary(100, 100)}
    assert covering.complaints(files) == ["the deeds of donors are only 94.0 % covered, not 95 %"]
