"""The documents tell what is there: links lead somewhere, nothing that is read or can be called is left out."""

from __future__ import annotations

import getpass
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import ManagementUtility, call_command, get_commands
from django.test import Client
from django.urls import reverse
from PIL import Image

from config import env
from config.management.commands import environment
from donations import settling
from launcher import command
from reports import laws, selfchecking
from staff import roles
from staff.models import Role, User
from tests.conftest import NOW

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/*.md",
    "deploy/*.md",
    "*/README.md",
)
DOCUMENTS = sorted({path for pattern in WRITTEN for path in ROOT.glob(pattern)})
IMAGES = sorted((ROOT / "docs" / "images").glob("*"))
LARGEST_IMAGE, LARGEST_TOGETHER = 150_000, 1_000_000

# Words that would tell of the machine or the circumstances something was written in.
BANNED = re.compile(
    r"/work/|/root/|/home/\w|/tmp/(?!celerybeat)|\bTODO\b|\bFIXME\b|\bXXX\b|lorem ipsum"
    r"|\bclaude\b|\bgpt\b|\bllm\b|\bcopilot\b|\bchatbot\b|language model|\bworktree\b|\bprompt engineer",
    re.IGNORECASE,
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def _words(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _all_words() -> str:
    return "\n".join(map(_words, DOCUMENTS))


def _prose(path: Path) -> str:
    """A document without its blocks of code."""
    return re.sub(r"^```.*?^```", "", _words(path), flags=re.DOTALL | re.MULTILINE)


def _anchors(path: Path) -> set[str]:
    """The anchors a forge makes of headings."""
    heads = re.findall(r"^#+ +(.+)$", _prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


def _links() -> Iterator[tuple[Path, str]]:
    for path in DOCUMENTS:
        for target in LINK.findall(_prose(path)):
            yield path, target


@pytest.mark.parametrize(
    ("path", "target"), [pytest.param(*link, id=f"{link[0].name}: {link[1]}") for link in _links()]
)
def test_every_link_leads_somewhere(path: Path, target: str) -> None:
    if target.startswith("https://"):
        return  # the network is not asked; that it is a whole address is all we can know here
    assert "://" not in target, "links to others are https"
    place, _, anchor = unquote(target).partition("#")
    found = (path.parent / place).resolve() if place else path
    assert found.exists()
    assert found.is_relative_to(ROOT)
    if anchor:
        assert anchor in _anchors(found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_document_tells_where_it_was_written(path: Path) -> None:
    assert BANNED.findall(_words(path)) == []


def test_the_readme_holds_the_table_of_the_environment() -> None:
    assert "\n".join(environment.table()) in _words(ROOT / "README.md")


def test_every_law_stands_in_the_readme(db: None) -> None:
    told = re.findall(r"^\| (I\d+) \| (.+) \|$", _words(ROOT / "README.md"), re.MULTILINE)
    assert told == [(finding.code, finding.title) for finding in selfchecking.run(now=NOW)]
    assert len(told) >= len(laws.LAWS)


def test_the_changelog_counts_the_laws(db: None) -> None:
    assert f"asks {len(selfchecking.run(now=NOW))} laws" in _words(ROOT / "CHANGELOG.md")


def test_every_management_command_of_ours_is_told() -> None:
    ours = {name for name, app in get_commands().items() if (ROOT / app).is_dir()}
    told = _words(ROOT / "docs" / "operating.md")
    assert ours
    assert {name for name in ours if f"`{name}`" not in told} == set()


def test_every_verb_of_the_front_door_is_told() -> None:
    actions = [action for action in command.parser()._actions if action.choices]
    verbs = set(actions[0].choices or ())
    assert verbs
    words = _all_words()
    assert {verb for verb in verbs if f"run.py {verb}" not in words} == set()


def test_every_option_of_the_demo_is_told() -> None:
    usage = subprocess.run(
        ["python3", "run.py", "demo", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    options = set(re.findall(r"--[a-z]+", usage)) - {"--help"}
    words = _words(ROOT / "README.md")
    assert options
    assert {option for option in options if f"`{option}" not in words} == set()


@pytest.mark.parametrize("lock", ["app", "dev", "uv", "bench"])
def test_every_dependency_has_its_reason(lock: str) -> None:
    lines = _words(ROOT / "requirements" / f"{lock}.in").splitlines()
    named = {re.split(r"[\[<>=~! ]", line)[0] for line in lines if line and line[0] not in "#-"}
    told = re.findall(
        r"^\| ([\w.-]+) \| [^|]+ \| [^|]{10,} \|$", _words(ROOT / "docs/dependencies.md"), re.MULTILINE
    )
    assert named
    assert named - set(told) == set()


def test_no_reason_is_left_of_a_dependency_that_went() -> None:
    asked = "\n".join(_words(ROOT / "requirements" / f"{lock}.in") for lock in ("app", "dev", "uv", "bench"))
    packages = _words(ROOT / "docs" / "dependencies.md").partition("## Not packages")[0]
    told = re.findall(r"^\| ([a-z][\w.-]+) \|", packages, re.MULTILINE)
    assert told
    assert [
        name for name in told if not re.search(rf"^{re.escape(name)}(?![\w-])", asked, re.MULTILINE)
    ] == []


def test_every_notice_that_is_settled_is_asked_of_the_processor() -> None:
    told = re.findall(r"\b[a-z_]+(?:\.[a-z_]+)+\b", _listed_events())
    assert [name for name in told if settling._handler(name) is None] == []
    assert [start for start in settling.HANDLERS if not any(name.startswith(start) for name in told)] == []


def _listed_events() -> str:
    section = _words(ROOT / "docs/operating.md").partition("## Stripe\n")[2].partition("\n## ")[0]
    return "\n".join(line for line in section.splitlines() if line.startswith("    "))


def test_images_are_small_and_shown() -> None:
    words = _all_words()
    assert IMAGES
    for image in IMAGES:
        assert image.stat().st_size < LARGEST_IMAGE, image.name
        assert image.name in words, f"{image.name} is shown nowhere"
        with Image.open(image) as opened:
            opened.verify()
    assert sum(image.stat().st_size for image in IMAGES) < LARGEST_TOGETHER


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = re.findall(r"^\*\*D(\d+)\. ", _words(ROOT / "docs" / "decisions.md"), re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(1, len(numbers) + 1))


def test_the_license_is_the_whole_text() -> None:
    words = _words(ROOT / "LICENSE")
    project = tomllib.loads(_words(ROOT / "pyproject.toml"))["project"]
    assert project["license"] == "AGPL-3.0-or-later"
    assert words.split("\n")[0].strip() == "GNU AFFERO GENERAL PUBLIC LICENSE"
    assert "13. Remote Network Interaction" in words
    assert words.rstrip().endswith("<https://www.gnu.org/licenses/>.")


def test_the_first_organization_can_be_entered_as_written(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = (
        _words(ROOT / "docs/operating.md").partition("## The first organization")[2].partition("\n## ")[0]
    )
    blocks = re.findall(r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    monkeypatch.setattr(getpass, "getpass", lambda: "a sentence of our own")
    shell: dict[str, object] = {}
    for block in blocks:
        exec(block, shell)
    assert roles.may(User.objects.get(), roles=[Role.ADMIN])
    assert client.get("/en/give/general/").status_code == 200
    assert client.get(reverse("giving:home")).status_code == 200


def test_a_secret_is_never_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in env.VARIABLES:
        if variable.is_secret:
            monkeypatch.setenv(variable.name, "a-thing-to-hide")
    monkeypatch.setenv("EMAIL_FROM", "give@example.org")
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    call_command("environment")
    told = capsys.readouterr().out
    assert "a-thing-to-hide" not in told
    assert {variable.name for variable in env.VARIABLES if variable.name not in told} == set()
    assert "set to give@example.org" in told
    assert "secret, set" in told
    assert re.search(r"ALLOWED_HOSTS +list +not set", told)


def test_the_environment_can_be_asked_when_everything_else_is_wrong(
    capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    settings.STRIPE_API_KEY = ""  # type: ignore[attr-defined]
    ManagementUtility(["manage.py", "environment", "--markdown"]).execute()
    assert capsys.readouterr().out.splitlines() == environment.table()
