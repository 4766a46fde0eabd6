"""A pasted letter becomes body, points and closing line."""

import pytest

from outreach import splitting

LETTER = """Hallelujah! We pray that the God of peace is with you.

We planted 1,200 seeds this week. In 2.5 years much has changed.

🙏🏻❤️Please pray with us ❤️🙏🏻

1.Heavenly Father, we pray for those who arrived.

2. Please protect those who suffer
and open the doors.

3) Only Your will be done.

4、Lord, bless our ministers. In Jesus' Name, Amen

14 views0 comments

"""


def test_a_letter_as_it_is_pasted() -> None:
    found = splitting.split(LETTER)
    assert found.points == (
        "Heavenly Father, we pray for those who arrived.",
        "Please protect those who suffer and open the doors.",
        "Only Your will be done.",
        "Lord, bless our ministers.",
    )
    assert found.closing == "In Jesus' Name, Amen"
    assert found.body == (
        "Hallelujah! We pray that the God of peace is with you.\n\n"
        "We planted 1,200 seeds this week. In 2.5 years much has changed.\n\n"
        "🙏🏻❤️Please pray with us ❤️🙏🏻\n\n"
        "14 views0 comments"
    )


@pytest.mark.parametrize(
    "marked",
    ["1. {}", "1) {}", "1、 {}", "1.{}", "1、{}", "(1) {}", "１. {}", "１．{}", " 1 . {}", "\u30001. {}"],
)
@pytest.mark.parametrize("text", ["Heavenly Father, hear us.", "하나님 아버지, 들어 주십시오."])
def test_ways_of_numbering(marked: str, text: str) -> None:
    assert splitting.split("Dear all\n\n" + marked.format(text)).points == (text,)


@pytest.mark.parametrize(
    "line", ["1.5 million people", "1,000 won", "2024. A year", "2. Second only", "1.", "19 April"]
)
def test_what_is_not_the_first_point(line: str) -> None:
    found = splitting.split(f"Dear all\n\n{line}")
    assert found.points == ()
    assert found.body == f"Dear all\n\n{line}"


@pytest.mark.parametrize(
    "closing",
    [
        "In Jesus' Name, Amen",
        "In Jesus’ name, Amen.",
        "In Jesus's name we pray, amen!",
        "In the name of our Lord Jesus Christ, Amen",
        "We pray in Jesus' name. Amen",
        "예수님의 이름으로 기도드립니다. 아멘",
        "예수님의 이름으로 기도합니다. 아멘.",
        "예수 그리스도의 이름으로 아멘",
        "우리 주 예수 그리스도의 이름으로 기도드립니다 아멘",
    ],
)
@pytest.mark.parametrize("parting", [" ", "\n", "\n\n"])
def test_the_closing_line_is_its_own(closing: str, parting: str) -> None:
    found = splitting.split(f"Dear all\n\n1. For peace.\n2. For rest.{parting}{closing}\n")
    assert found == splitting.Split(body="Dear all", points=("For peace.", "For rest."), closing=closing)


def test_a_letter_without_points_keeps_its_closing() -> None:
    found = splitting.split("Dear all\n\nThank you.\n\nIn Jesus' Name, Amen")
    assert found == splitting.Split(body="Dear all\n\nThank you.", points=(), closing="In Jesus' Name, Amen")


def test_amen_inside_a_sentence_is_not_a_closing() -> None:
    assert splitting.split("We said in Jesus' name, Amen, and went home.").closing == ""


def test_an_earlier_numbered_list_stays_in_the_body() -> None:
    found = splitting.split("Three things:\n1. Soup\n2. Bread\n\nPray:\n1. For peace")
    assert found.points == ("For peace",)
    assert found.body == "Three things:\n1. Soup\n2. Bread\n\nPray:"


def test_windows_line_ends_and_gaps() -> None:
    found = splitting.split("Dear all\r\n\r\n\r\n\r\nThank you\r\n1. One\r\n2. Two\r\n")
    assert (found.body, found.points) == ("Dear all\n\nThank you", ("One", "Two"))


@pytest.mark.parametrize("nothing", ["", "  \n\n "])
def test_nothing_is_nothing(nothing: str) -> None:
    assert splitting.split(nothing) == splitting.Split(body="", points=(), closing="")
