"""Where checks are found, what keeps a module from being loaded, and those that are shipped."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit

import pytest

from coopflow.application import checking
from coopflow.application.checking import (
    ENTRY_POINTS,
    Checks,
    beside,
    checks_of,
    installed_checks,
    written_in,
)
from coopflow.checks import Answer, CheckError, Organisation, Portrait
from coopflow.definitions.library import shelf
from coopflow.domain.state import Profile
from coopflow.domain.tools import Category

PORTRAIT = Portrait(
    programme="p", cooperation="c", title="T", issue="I", territory="T", stage="impulsion"
)
MODULE = """\
from coopflow.checks import check
import coopflow.checks

@check("{0}", every="1d")
def one(portrait):
    return True

@coopflow.checks.check("{0}-async", every="1d")
async def two(portrait):
    return False
"""


def module(folder: Path, name: str = "valley_checks.py", slug: str = "online") -> Path:
    path = folder / name
    path.write_text(MODULE.format(slug), encoding="utf-8")
    return path


async def test_checks_are_found_in_modules_and_folders(tmp_path: Path) -> None:
    """Beside those that are shipped; each is asked by its id."""
    (tmp_path / "more").mkdir()
    found = installed_checks(
        [module(tmp_path), module(tmp_path / "more", "hill_checks.py", "hill").parent]
    )
    assert list(found.by_id) == ["hill", "hill-async", "online", "online-async", "siret-known"]
    assert (await found.ask("online", PORTRAIT)).holds is True
    assert (await found.ask("hill-async", PORTRAIT)).holds is False
    missing = await found.ask("other", PORTRAIT)
    assert missing.holds is None
    assert missing.reason is not None
    assert missing.reason.en == "no worker knows the check other"


def test_a_module_is_named_twice_without_harm(tmp_path: Path) -> None:
    """The same function is the same check; another one by its id is not."""
    path = module(tmp_path)
    assert len(Checks([*checks_of(path), *checks_of(path)]).by_id) == 2
    other = module(tmp_path, "other_checks.py")
    with pytest.raises(CheckError, match=r"other_checks\.py:\d+: the check online is"):
        installed_checks([path, other])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a_checks.py", "import nowhere_at_all", "cannot be loaded: ModuleNotFoundError"),
        ("a_checks.py", "def (", "cannot be loaded: SyntaxError"),
        ("a_checks.py", "raise SystemExit(3)", "cannot be loaded: SystemExit: 3"),
        ("a_checks.py", "raise GeneratorExit", "cannot be loaded: GeneratorExit: "),
        ("a_checks.py", "x = 1", "holds no check; decorate a function with @check(...)"),
        ("a_checks.txt", MODULE.format("a"), "is no Python module; its name ends with .py"),
        ("a_checks.py", None, "there is no such module with checks"),
        ("", None, "holds no module with checks, that is no *_checks.py"),
    ],
)
def test_a_module_that_cannot_be_used_is_named(
    tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    """The message says which file, and why."""
    path = tmp_path / name if name else tmp_path
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(CheckError) as error:
        installed_checks([path])
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)


def test_whoever_has_had_enough_of_loading_is_obeyed(tmp_path: Path) -> None:
    """Ctrl-C while a module is loaded ends the command."""
    path = tmp_path / "a_checks.py"
    path.write_text("raise KeyboardInterrupt", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        installed_checks([path])


def test_installed_packages_bring_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point names a module or a check; one that names something else brings none."""
    module(tmp_path, "valley_package.py", "packaged")
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        EntryPoint("valley", "valley_package", ENTRY_POINTS),
        EntryPoint("one", "valley_package:one", ENTRY_POINTS),
        EntryPoint("text", "valley_package:__name__", ENTRY_POINTS),
    ]
    monkeypatch.setattr(checking, "entry_points", lambda group: points * (group == ENTRY_POINTS))
    assert set(installed_checks().by_id) == {"packaged", "packaged-async", "siret-known"}
    points.append(EntryPoint("gone", "valley_package_gone", ENTRY_POINTS))
    with pytest.raises(CheckError, match=r"the entry point gone \(valley_package_gone\) .* cannot"):
        installed_checks()


def test_the_module_of_a_policy_stands_beside_it() -> None:
    """It is named as Python names modules."""
    assert beside(Path("policies/public-funding.yaml")) == Path("policies/public_funding_checks.py")
    assert beside(shelf("policies") / "public-funding.yaml").is_file()


def test_what_a_module_writes_is_read_without_running_it(tmp_path: Path) -> None:
    """Whoever looks at a policy of somebody else runs none of its code."""
    path = tmp_path / "hostile_checks.py"
    path.write_text(
        MODULE.format("online")
        + "raise SystemExit\n"
        + "@check(name, every='1d')\ndef three(s): ...\n@check\ndef four(s): ...\n"
        + "@check()\ndef five(s): ...\n@(lambda f: f)\ndef six(s): ...\n"
        + "@(lambda f: f)(1)\ndef seven(s): ...\n@check(3)\ndef eight(s): ...\n"
        + "@check(every='1d', id='named')\ndef nine(s): ...\n",
        encoding="utf-8",
    )
    assert written_in(path) == ("online", "online-async", "named")


def test_what_never_ends_or_is_very_long_is_not_read(tmp_path: Path) -> None:
    """A pipe beside a policy keeps nobody waiting, nor does a file of megabytes."""
    pipe, long = tmp_path / "pipe_checks.py", tmp_path / "long_checks.py"
    os.mkfifo(pipe)
    long.write_text(MODULE.format("online") + "#" * 300_000, encoding="utf-8")
    assert (written_in(pipe), written_in(long)) == ((), ())


@pytest.mark.parametrize("content", [None, b"def (", b"\xff", b"\0", b"(" * 10_000])
def test_what_is_no_python_writes_no_check(tmp_path: Path, content: bytes | None) -> None:
    """Nor does what is not there."""
    path = tmp_path / "a_checks.py"
    if content is not None:
        path.write_bytes(content)
    assert written_in(path) == ()


# --- those that are shipped -----------------------------------------------------------------------


def portrait(*numbers: str | None, category: Category = "association") -> Portrait:
    organisations = [
        Organisation(
            id=f"o{place}",
            name=f"O{place}",
            category=category,
            status="active",
            profile=Profile(registration=number),
        )
        for place, number in enumerate(numbers, 1)
    ]
    invited = Organisation(id="guest", name="Guest", category="business", status="invited")
    return PORTRAIT.but(organisations=(*organisations, invited))


def asked(path: Path) -> Callable[[Portrait], Answer]:
    (found,) = checks_of(path)

    def ask(about: Portrait) -> Answer:
        answer = found(about)
        assert isinstance(answer, Answer)
        return answer

    return ask


@pytest.mark.parametrize(
    ("numbers", "holds", "fr"),
    [
        (["123 456 782", "12345678200010"], True, "chaque organisation indique un numéro valide"),
        (["123456782", None], False, "aucun numéro n'est indiqué par O2"),
        (
            ["123456783", "ABC", None],
            False,
            (
                "aucun numéro n'est indiqué par O3 ; "
                "le numéro n'est ni un SIREN ni un SIRET pour O1, O2"
            ),
        ),
        ([], None, "il n'y a pas encore d'organisation"),
    ],
)
def test_siret_known(numbers: list[str | None], holds: bool | None, fr: str) -> None:  # noqa: FBT001
    """Every active organisation needs a number whose digits are right."""
    answer = asked(shelf("policies") / "public_funding_checks.py")(portrait(*numbers))
    assert (answer.holds, answer.fr) == (holds, fr)


def test_individuals_need_no_number() -> None:
    """Residents come as they are."""
    ask = asked(shelf("policies") / "public_funding_checks.py")
    assert ask(portrait(None, category="individuals")).holds is None
    members = (
        portrait("123456782").organisations + portrait(None, category="individuals").organisations
    )
    assert ask(PORTRAIT.but(organisations=members)).holds is True


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Serve a register of companies on loopback: the status of each by its SIREN."""
    known: dict[str, str] = {}

    class Register(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            (siren,) = parse_qs(urlsplit(self.path).query)["q"]
            found = [
                {"siren": one, "etat_administratif": status}
                for one, status in known.items()
                if one == siren
            ]
            body = json.dumps({"results": found}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Register) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("REGISTER_URL", f"http://127.0.0.1:{server.server_port}/search")
        yield known
        server.shutdown()
        thread.join()


def test_the_example_asks_a_register(register: dict[str, str]) -> None:
    """Active, closed and unheard-of companies are told apart; without numbers it is unknown."""
    register |= {"123456782": "A", "111111118": "C"}
    ask = asked(shelf("examples") / "checks" / "register_checks.py")
    assert ask(portrait("123.456.782-00010", None)).holds is True
    answer = ask(portrait("123456782", "111111118", "222222226"))
    assert answer.holds is False
    assert answer.en == "the register has no active organisation for O2, O3"
    assert ask(portrait(None)).holds is None


def test_a_register_that_is_away_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong on the way is raised, so that it is tried again."""
    monkeypatch.setenv("REGISTER_URL", "http://127.0.0.1:9/search")
    with pytest.raises(URLError):
        asked(shelf("examples") / "checks" / "register_checks.py")(portrait("123456782"))
