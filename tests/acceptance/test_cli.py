from __future__ import annotations

import contextlib
import json
import re
import signal
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from coopflow.definitions.library import find
from tests.acceptance.process import Running, coopflow, environment, running, script

pytestmark = [pytest.mark.server, pytest.mark.slow]

COOPERATION = "bocage-gourmand"
ROOT = Path(__file__).parents[2]
DOCS = (
    "docs/tutorial/first-policy.md",
    "docs/how-to/run.md",
    "docs/how-to/client.md",
    "docs/how-to/embed.md",
    "docs/how-to/directory.md",
    "docs/how-to/operate.md",
    "docs/how-to/upgrade.md",
    "docs/explanation/guarantees.md",
    "docs/explanation/invariants.md",
    "docs/glossary.md",
)


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return environment(tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="module")
def engine(variables: dict[str, str]) -> Iterator[Running]:
    """An engine with the demo, started once for the tests that only look."""
    with running(variables, "dev", "--demo") as engine:
        engine.wait_for("ready: ")
        yield engine


def journal_rows(variables: dict[str, str]) -> list[tuple[int, str, str]]:
    file = Path(variables["COOPFLOW_STATE_DIR"], "coopflow.db")
    with contextlib.closing(sqlite3.connect(file)) as database:
        return database.execute("select seq, type, data from journal order by seq").fetchall()


def test_the_demo_is_told_stage_by_stage(engine: Running) -> None:
    """The journey goes to stdout with each verdict and its reasons, progress to stderr."""
    told = engine.text("stdout")
    places = [
        told.index(words)
        for words in (
            "stage 1 Impulse",
            "Passage to structuring · PASS",
            "At least three organisations are active members",
            "ratified: 3 of 3 answered",
            "stage 2 Structuring",
            "Passage to running · CONDITIONAL PASS",
            "✗ C  A shared way of evaluating",
            "– Every objective of the adopted value chain has at least one indicator",
            "stage 3 Running and sustaining",
            "reservation on “A shared way of evaluating” lifted",
            "Yearly renewal · PASS",
            "renewed until",
        )
    ]
    assert places == sorted(places)
    assert "Temporal server" in engine.text("stderr")
    last = told.rstrip().splitlines()[-1]
    assert re.fullmatch(
        r"● ready: engine on 127\.0\.0\.1:\d+, Temporal UI on http://127\.0\.0\.1:\d+", last
    )


def test_who_signs_in_by_the_first_link_finds_the_demo(engine: Running) -> None:
    """Its programme is among theirs, and the portfolio of it shows the cooperation."""
    link = engine.wait_for("/v1/sign-in/link?secret=").strip()
    address, _, secret = link.partition("?secret=")
    programmes = address.replace("sign-in/link", "programmes")
    with httpx.Client(headers={"Sec-Fetch-Site": "same-origin"}) as browser:
        assert browser.post(address, data={"secret": secret}).status_code == 303
        found = browser.get(programmes).json()["items"]
        assert [(one["id"], one["name"]) for one in found] == [("demo", "Demonstration")]
        rows = browser.get(f"{programmes}/demo/portfolio").json()["items"]
        assert [one["slug"] for one in rows] == [COOPERATION]


def test_the_read_model_answers(engine: Running, variables: dict[str, str]) -> None:
    """The cooperation is listed, shown and its journal read while the engine runs."""
    listed = json.loads(coopflow(variables, "coop", "list", "-o", "json").stdout)
    assert [(one["programme"], one["slug"], one["stage"]) for one in listed] == [
        ("demo", COOPERATION, "animation")
    ]
    shown = coopflow(variables, "coop", "show", COOPERATION)
    assert shown.returncode == 0
    assert "Paniers d'Ysoline" in shown.stdout
    journal = json.loads(coopflow(variables, "coop", "journal", COOPERATION, "-o", "json").stdout)
    assert [line["seq"] for line in journal] == list(range(1, len(journal) + 1))
    assert journal[0]["type"] == "cooperation_opened"
    today = datetime.now(UTC).date()
    renewed = next(line for line in journal if line["type"] == "gate_passed" and line["seq"] > 200)
    assert (today - datetime.fromisoformat(renewed["at"]).date()).days in {0, 1}


def test_a_gate_is_checked_and_explained(engine: Running, variables: dict[str, str]) -> None:
    """The verdict comes with the facts behind each criterion, in the language asked for."""
    explained = coopflow(variables, "gate", "check", COOPERATION, "--explain", "--lang", "fr")
    assert explained.returncode == 0
    assert explained.stdout.startswith("Renouvellement annuel · FAVORABLE")
    assert "une charte est en vigueur : oui  ← charter@1" in explained.stdout
    assert "Le plus court chemin" in explained.stdout


def test_a_gate_is_checked_as_it_was(engine: Running, variables: dict[str, str]) -> None:
    """The journal says how the gate stood on a day of the past; before that it is refused."""
    today = datetime.now(UTC).date()
    then = str(today - timedelta(days=300))
    asked = ("gate", "check", COOPERATION, "--gate", "renewal", "-o", "json")
    found = json.loads(coopflow(variables, *asked, "--at", then).stdout)
    assert (found["result"], found["at"]) == ("fail", f"{then}T00:00:00Z")
    assert found["levels"]["shared_evaluation"] == 1
    before = coopflow(variables, *asked, "--at", "2001-01-01")
    assert (before.returncode, before.stdout) == (1, "")
    assert "was not open yet on 2001-01-01" in before.stderr


def test_what_was_not_sent_is_supposed(
    engine: Running, variables: dict[str, str], tmp_path: Path
) -> None:
    """A supposed plenary counts in the answer and nowhere else; what would be refused is said."""
    rows = journal_rows(variables)
    file = find("examples", COOPERATION).parent / "what-if" / "an-autumn-plenary.yaml"
    asked = ("gate", "check", COOPERATION, "-o", "json")
    as_it_is = json.loads(coopflow(variables, *asked).stdout)
    as_if = json.loads(coopflow(variables, *asked, "--as-if", str(file)).stdout)
    assert as_it_is["levels"]["communication"] == 3
    assert as_if["levels"]["communication"] == 4
    assert journal_rows(variables) == rows
    vain = tmp_path / "vain.yaml"
    vain.write_text("commands:\n  - {by: nobody, do: end_mandate, with: {reason: Why}}\n")
    done = coopflow(variables, *asked, "--as-if", str(vain))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{vain}:2: forbidden: ")
    vain.write_text("commands: 5\n")
    assert coopflow(variables, *asked, "--as-if", str(vain)).returncode == 2


def test_what_will_happen_by_itself_is_foreseen(engine: Running, variables: dict[str, str]) -> None:
    """The forecast is told day by day, or as JSON with what each day leads to."""
    told = coopflow(variables, "forecast", COOPERATION, "--months", "24", "--lang", "fr")
    assert told.returncode == 0
    assert "la coopération revient à l'étape Structuration" in " ".join(told.stdout.split())
    days = json.loads(coopflow(variables, "forecast", COOPERATION, "-o", "json").stdout)
    assert [day["at"] for day in days] == sorted(day["at"] for day in days)
    kinds = {event["type"] for day in days for event in day["events"]}
    assert {"document_went_stale", "clock_started", "fell_back", "mandate_ended"} <= kinds
    assert days[-1]["stage"] in {"structuration", "impulsion"}


def test_a_refused_question_exits_with_one(engine: Running, variables: dict[str, str]) -> None:
    """What the engine refuses is told on stderr by its code, and nothing is written to stdout."""
    done = coopflow(variables, "gate", "check", f"demo/{COOPERATION}", "--gate", "narrow")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("unknown_gate: ")


def test_a_policy_is_registered_under_its_name(
    engine: Running, variables: dict[str, str], tmp_path: Path
) -> None:
    """What the demo follows is listed and shown; its name cannot be given to other content."""
    (listed,) = json.loads(coopflow(variables, "policy", "list", "-o", "json").stdout)
    assert (listed["name"], listed["version"], listed["followed_by"]) == ("reference", 1, 1)
    told = coopflow(variables, "policy", "list", "--lang", "fr").stdout
    assert told.startswith(f"reference@1  {listed['digest'][:12]}  1 coopération")
    content = json.loads(coopflow(variables, "policy", "show", "reference").stdout)
    assert content == json.loads(coopflow(variables, "policy", "show", "reference@1").stdout)
    unknown = coopflow(variables, "policy", "show", "reference@2")
    assert unknown.returncode == 1
    assert "reference@1" in unknown.stderr
    content["clocks"]["cure"] = {"months": 3}
    file = tmp_path / "mine.yaml"
    file.write_text(json.dumps(content), encoding="utf-8")
    rows = journal_rows(variables)
    asked = ("policy", "adopt", str(file), COOPERATION, "--by", "maud")
    refused = coopflow(variables, *asked)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "give yours a new version" in refused.stderr
    others = coopflow(variables, "policy", "adopt", "essaimage", "--all", "--by", "maud")
    assert (others.returncode, others.stdout) == (
        0,
        f"left out  demo/{COOPERATION}  it follows impact-collectif@1\n",
    )
    assert journal_rows(variables) == rows


def test_a_second_engine_is_refused(engine: Running, variables: dict[str, str]) -> None:
    """One state directory has one engine; the message names the process that holds it."""
    done = coopflow(variables, "dev")
    assert done.returncode == 3
    assert f"process {engine.process.pid}" in done.stderr


def test_the_doctor_is_content(engine: Running, variables: dict[str, str]) -> None:
    """With an engine running, everything that is needed is there."""
    done = coopflow(variables, "doctor", "-o", "json")
    assert done.returncode == 0
    found = {one["name"]: one["status"] for one in json.loads(done.stdout)}
    assert found.pop("Mail") == "note", "no mail is sent, which is no fault"
    assert set(found.values()) == {"ok"}


def test_it_ends_cleanly_and_goes_on_later(engine: Running, variables: dict[str, str]) -> None:
    """SIGTERM ends the engine with 0; the next start finds the demo, and Ctrl-C ends that one."""
    before = journal_rows(variables)
    assert engine.end(signal.SIGTERM) == 0
    assert "stopped" in engine.text("stderr")
    with running(variables, "dev", "--demo", "--lang", "fr") as again:
        again.wait_for("La démo est déjà là")
        again.wait_for("prêt : ")
        assert "étape 1" not in again.text("stdout")
        assert journal_rows(variables)[: len(before)] == before
        assert again.end(signal.SIGINT) == 0


def test_memory_and_temporal_agree(tmp_path: Path) -> None:
    """The same scenario gives the same events in the same order, and leaves no trace behind."""
    arguments = ["scenario", "run", str(find("examples", COOPERATION)), "-o", "json"]
    variables = environment(tmp_path, TMPDIR=str(tmp_path))
    done = coopflow(variables, *arguments, "--on", "temporal")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == json.loads(coopflow(variables, *arguments).stdout)
    assert [path.name for path in tmp_path.iterdir()] == ["temporal.toml"]


def test_a_worker_waits_for_its_engine(tmp_path: Path) -> None:
    """Without a server a worker says what it waits for, again and again, and ends when told."""
    variables = environment(tmp_path, COOPFLOW_LOG_FORMAT="json")
    (tmp_path / "state").mkdir()
    with running(variables, "worker") as worker:
        for _ in range(2):
            line = json.loads(worker.wait_for("waiting for Temporal", "stderr"))
            assert "coopflow dev" in line["advice"]
        assert worker.end() == 0


def test_a_worker_waits_for_its_database(tmp_path: Path) -> None:
    """A database that is away is waited for as well; once it is there, work begins."""
    variables = environment(tmp_path, COOPFLOW_LOG_FORMAT="json")
    with running(variables, "worker") as worker:
        line = json.loads(worker.wait_for("waiting for the database", "stderr"))
        assert "coopflow.db" in line["advice"]
        (tmp_path / "state").mkdir()
        worker.wait_for("the database is ready", "stderr")
        assert worker.end() == 0
    assert journal_rows(variables) == []


def test_a_worker_does_not_begin_beside_later_tables(tmp_path: Path) -> None:
    """Cooperations may be of that later version too: it says so, again and again, and waits."""
    variables = environment(tmp_path, COOPFLOW_LOG_FORMAT="json")
    (tmp_path / "state").mkdir()
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "coopflow.db")) as tables, tables:
        tables.execute("CREATE TABLE alembic_version (version_num TEXT)")
        tables.execute("INSERT INTO alembic_version VALUES ('9999')")
    with running(variables, "worker") as worker:
        for _ in range(3):
            line = json.loads(worker.wait_for("waiting for the database", "stderr"))
            assert "a version that this coopflow does not know (9999)" in line["advice"]
        assert worker.end() == 0
    assert "waiting for Temporal" not in worker.text("stderr")


def test_a_database_that_is_away(tmp_path: Path) -> None:
    """Where the database cannot be reached, dev says so, stops its server and exits with 3."""
    variables = environment(tmp_path, COOPFLOW_DATABASE_URL=f"sqlite:///{tmp_path}/no/such.db")
    done = coopflow(variables, "dev")
    assert done.returncode == 3
    assert "such.db cannot be used" in done.stderr


def test_the_readme_is_true(tmp_path: Path) -> None:
    """The code that the README shows runs as it stands."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    file = tmp_path / "embed.py"
    file.write_text(code, encoding="utf-8")
    done = script(environment(tmp_path), str(file))
    assert (done.returncode, done.stdout) == (0, "fail\n"), done.stderr


@pytest.mark.parametrize("page", ["README.md", *DOCS])
def test_links_lead_somewhere(page: str) -> None:
    """What a page of the documentation links to in the checkout is there."""
    folder = (ROOT / page).parent
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text):
        assert (folder / target).exists(), target
