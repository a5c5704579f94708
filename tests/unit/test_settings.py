from __future__ import annotations

import os
from pathlib import Path

import pytest

from coopflow.bootstrap.parts import queues_of
from coopflow.settings import Settings, SettingsError, language_of, load_settings


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("COOPFLOW_"):
            monkeypatch.delenv(name)


def test_defaults_serve_one_machine() -> None:
    """Without any setting, everything is in the user's folder for state."""
    settings = load_settings()
    assert settings.state_dir.name == "coopflow"
    assert settings.database_file == settings.state_dir.absolute() / "coopflow.db"
    assert settings.database == f"sqlite:///{settings.database_file}"
    assert (settings.port, settings.ui_port) == (7233, 8233)


def test_options_go_before_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the command line says wins; what it does not say comes from the environment."""
    monkeypatch.setenv("COOPFLOW_STATE_DIR", "/elsewhere")
    monkeypatch.setenv("COOPFLOW_PORT", "4711")
    settings = load_settings(state_dir=tmp_path, port=None)
    assert (settings.state_dir, settings.port) == (tmp_path, 4711)


def test_a_database_of_its_own() -> None:
    """A URL takes the place of the file in the state directory."""
    settings = Settings(database_url="postgresql://host/name")
    assert settings.database == "postgresql://host/name"
    assert settings.database_file is None


def test_a_folder_with_a_question_mark() -> None:
    """A character that ends the path of a URL is written so that it does not."""
    settings = Settings(state_dir=Path("/what now?"))
    assert settings.database == "sqlite:////what now%3F/coopflow.db"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("COOPFLOW_PORT", "seventy", "COOPFLOW_PORT"),
        ("COOPFLOW_PORT", "70000", "COOPFLOW_PORT"),
        ("COOPFLOW_LANG", "de", "COOPFLOW_LANG"),
        ("COOPFLOW_TIME_ZONE", "Europe/Nowhere", "COOPFLOW_TIME_ZONE"),
        ("COOPFLOW_DEPLOYMENT", "my.coops", "COOPFLOW_DEPLOYMENT"),
        ("COOPFLOW_BUILD_ID", "1 0", "COOPFLOW_BUILD_ID"),
        ("COOPFLOW_BUILD_ID", "unversioned", "COOPFLOW_BUILD_ID.*choose another"),
        ("COOPFLOW_PUBLIC_URL", "coop.example", "COOPFLOW_PUBLIC_URL"),
        ("COOPFLOW_PUBLIC_URL", "https://coop.example/?x", "COOPFLOW_PUBLIC_URL"),
        ("COOPFLOW_RATE_CALLER", "often", "COOPFLOW_RATE_CALLER"),
        ("COOPFLOW_SMTP_URL", "http://mail.example", "COOPFLOW_SMTP_URL.*smtp://USER"),
        ("COOPFLOW_SMTP_URL", "smtp://mail.example", "MAIL_FROM and COOPFLOW_PUBLIC_URL"),
        ("COOPFLOW_MAIL_FROM", "Valdore", "COOPFLOW_MAIL_FROM.*<coop@example.org>"),
        ("COOPFLOW_MAIL_FROM", "a@example.org\nBcc: b@example.org", "COOPFLOW_MAIL_FROM"),
        ("COOPFLOW_SESSION_HOURS", "0", "COOPFLOW_SESSION_HOURS"),
        ("COOPFLOW_DATABASE", "x", "COOPFLOW_DATABASE sets nothing.*COOPFLOW_DATABASE_URL"),
    ],
)
def test_faulty_settings_are_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    """A value that cannot be meant, or a variable that sets nothing, is named."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=complaint):
        load_settings()


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "fr", "LANG": "en_GB"}, "fr"),
        ({"LC_ALL": "", "LANG": "fr"}, "fr"),
        ({"LANG": "de_DE"}, "en"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    """The first locale variable that is set decides; other languages read English."""
    assert language_of(environment) == language


def test_the_language_may_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """COOPFLOW_LANG goes before the locale."""
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert load_settings().language == "fr"
    monkeypatch.setenv("COOPFLOW_LANG", "en")
    assert load_settings().language == "en"


def test_lists_and_limits_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names stand with spaces or commas between, and a limit can be taken away."""
    monkeypatch.setenv("COOPFLOW_HOSTS", "a.example, b.example  c.example")
    monkeypatch.setenv("COOPFLOW_RATE_ADDRESS", "none")
    settings = load_settings()
    assert settings.hosts == ("a.example", "b.example", "c.example")
    assert (settings.rate_address, settings.rate_caller) == (None, "600/minute")


def test_a_mail_server_is_set_with_who_mail_is_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its password is shown by nothing that shows settings."""
    monkeypatch.setenv("COOPFLOW_SMTP_URL", "smtp://me:s3cret@mail.example.org")
    monkeypatch.setenv("COOPFLOW_MAIL_FROM", "Valdore <coop@example.org>")
    monkeypatch.setenv("COOPFLOW_PUBLIC_URL", "https://coop.example")
    settings = load_settings()
    assert settings.smtp_url is not None
    assert settings.smtp_url.get_secret_value().endswith("@mail.example.org")
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("own", "served", "queues"),
    [
        ("", "", ("coopflow",)),
        ("valley coast", "", ("coopflow", "coopflow.valley", "coopflow.coast")),
        ("valley,coast", "coast", ("coopflow.coast",)),
        ("valley", "common", ("coopflow",)),
    ],
)
def test_a_worker_serves_the_queues_that_it_is_told(
    own: str, served: str, queues: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them when nothing is said, so that no programme is forgotten."""
    monkeypatch.setenv("COOPFLOW_OWN_QUEUES", own)
    monkeypatch.setenv("COOPFLOW_WORKER_QUEUES", served)
    assert queues_of(load_settings()) == queues


@pytest.mark.parametrize(
    ("own", "served", "complaint"),
    [
        ("valley", "coast", "coast has no queue of its own; add it to COOPFLOW_OWN_QUEUES"),
        ("valley valley", "", "COOPFLOW_OWN_QUEUES names programmes, each once"),
        ("common", "", "common is that of all others"),
        ("valley-checks", "", "no queue of a programme ends with -checks"),
    ],
)
def test_queues_that_there_are_not_are_refused(
    own: str, served: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that would serve nobody does not start."""
    monkeypatch.setenv("COOPFLOW_OWN_QUEUES", own)
    monkeypatch.setenv("COOPFLOW_WORKER_QUEUES", served)
    with pytest.raises(SettingsError, match=complaint):
        load_settings()
