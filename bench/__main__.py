"""`python -m bench`: run the measures that were asked for, one JSON object to a line, then a table."""

import argparse
import importlib
import json
import os
import sys
import time
from pathlib import Path

from bench import lasting, pairing, standing

# By the order of the run: what needs a quiet machine first, what fills the tables last.
MEASURES = (
    "settle_vs_raw",
    "donation_starts_vs_target",
    "webhooks_vs_target",
    "pages_vs_target",
    "mixed_appeal",
    "card_flood",
    "forged_webhooks",
    "hanging_processor",
    "donation_starts",
    "pages",
    "receipts_vs_platypus",
    "receipts_signed_vs_platypus",
    "receipts_signed_vs_weasyprint",
    "receipts_signed_vs_typst",
    "receipts_end_to_end",
    "print_file",
    "portal_pages",
    "dashboard_queries",
    "report_pages",
    "lybunt_everyone",
    "rollups_rebuild",
    "export_csv_vs_copy",
    "journal_export_vs_copy",
    "statement_import_vs_copy",
    "export_xlsx_vs_copy",
    "export_parquet_vs_copy",
)


def main(arguments: list[str]) -> int:
    """This function will return 0 when every measure asked for was taken."""
    asked = _parser().parse_args(arguments)
    seconds = asked.seconds or (asked.minutes or 0) * 60
    if seconds:
        os.environ[lasting.VARIABLE] = str(seconds)
    outcomes = []
    with standing.sandbox() as processor:
        os.environ["STRIPE_API_BASE"] = processor.url
        open_house()
        for name in asked.only or MEASURES:
            began = time.monotonic()
            try:
                outcome = importlib.import_module(f"bench.{name}").measure()
            except pairing.NotTaken as missing:
                print(json.dumps({"name": name, "not_taken": str(missing)}, ensure_ascii=False), flush=True)
                continue
            outcome.notes["took_seconds"] = round(time.monotonic() - began, 1)
            outcomes.append(outcome)
            print(json.dumps(outcome.row(), ensure_ascii=False), flush=True)
    print(table(outcomes))
    if asked.json:
        lines = [json.dumps(outcome.row(), ensure_ascii=False) + "\n" for outcome in outcomes]
        asked.json.write_text("".join(lines), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py bench", description=sys.modules["bench"].__doc__)
    parser.add_argument("--only", nargs="+", choices=MEASURES, metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the lines to a file as well")
    parser.add_argument("--seconds", type=float, metavar="N", help="how long each load runs")
    parser.add_argument("--minutes", type=float, metavar="N", help="the long form: each load once, so long")
    return parser


def open_house() -> None:
    import django

    os.environ["LOG_LEVEL"] = "ERROR"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def table(outcomes: list[pairing.Outcome]) -> str:
    """This function will return the outcomes for a person to read."""
    lines = [f"{'measure':<26} {'ours':>12} {'limit':>12} {'ratio':>7}  unit"]
    lines += [
        f"{each.name:<26} {each.value:>12,.1f} {each.limit:>12,.1f} {each.ratio:>7.2f}  {each.unit}"
        for each in outcomes
    ]
    return "\n".join(["", *lines])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
