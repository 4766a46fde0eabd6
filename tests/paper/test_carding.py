"""Cards made of type: every text fits, and no letter is a box."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from paper import carding


def drawn(**given: str) -> Image.Image:
    asked = {"heading": "Bring a family out", "words": "One sentence.", "name": "Harbour Mission", **given}
    return Image.open(io.BytesIO(carding.card(**asked))).convert("L")


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many pixels of a part are dark."""
    return sum(image.crop(box).histogram()[:128])


@pytest.mark.parametrize(
    "given",
    [
        {"heading": "word " * 60, "words": "word " * 200},
        {"heading": "x" * 500, "words": "광" * 500},
        {
            "heading": "세 식구가 함께 나올 수 있도록",
            "words": "어머니는 아이들을 두고 떠나지 않습니다. " * 9,
            "name": "하버 선교회",
        },
    ],
)
def test_long_words_stay_within_the_margins(given: dict[str, str]) -> None:
    image = drawn(**given)
    assert image.size == (1200, 630)
    assert ink(image, (0, 140, 70, 630)) == ink(image, (1135, 140, 1200, 630)) == 0
    assert ink(image, (0, 622, 1200, 630)) == 0
    assert ink(image, (80, 140, 1120, 620)) > 5_000


def test_letters_without_a_glyph_are_left_out() -> None:
    assert drawn(heading="a \U0001f600 b").tobytes() == drawn(heading="a b").tobytes()
    assert ink(drawn(heading="", words="", name=""), (0, 140, 1200, 630)) == 0


def test_the_same_words_give_the_same_bytes() -> None:
    assert carding.card(heading="a", words="b", name="c") == carding.card(heading="a", words="b", name="c")
