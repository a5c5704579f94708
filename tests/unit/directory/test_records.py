from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from coopflow.application.callers import Caller
from coopflow.application.notices import NoticeKind
from coopflow.directory.errors import FaultyRecordError
from coopflow.directory.fields import folded
from coopflow.directory.organisations import OrganisationStated
from coopflow.directory.people import Notifications, Person, PersonStated, may_change, new_person_id


def test_there_is_a_wish_for_every_kind_of_notice() -> None:
    """What people can be told of and what they can wish for are the same."""
    assert {*Notifications.model_fields} == {*get_args(NoticeKind)}


@pytest.mark.parametrize(
    "address",
    [
        "fabien@example.org",
        "fabien.roux+coop@mail.example.co",
        "élodie@exämple.fr",
        "o'neil@example.org",
    ],
)
def test_addresses_are_taken_as_they_are(address: str) -> None:
    """What may be an address is one."""
    assert PersonStated.read({"name": "F", "email": f" {address} "}).email == address


@pytest.mark.parametrize(
    "address",
    [
        "fabien",
        "@example.org",
        "fabien@",
        "fabien@example",
        "fa bien@example.org",
        "fabien@example..org",
        ".fabien@example.org",
        "fabien@-example.org",
        "fabien@example.org\nBcc: x@example.org",
        "Fabien <fabien@example.org>",
        "a@b@example.org",
        "=?utf-8?q?a=0ABcc:x?=@example.org",
        f"{'a' * 250}@example.org",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """It is said which field, and what to write instead."""
    with pytest.raises(FaultyRecordError) as caught:
        PersonStated.read({"name": "F", "email": address})
    assert {*caught.value.faults} == {"email"}
    assert str(caught.value).startswith("person: email: ")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("732 829 320", "732829320"),
        ("732 829 320 00074", "73282932000074"),
        ("w751234567", "W751234567"),
    ],
)
def test_registration_numbers_are_kept_plainly(written: str, kept: str) -> None:
    """Spaces and case do not count."""
    stated = OrganisationStated.read({"name": "O", "category": "business", "registration": written})
    assert stated.registration == kept


@pytest.mark.parametrize("number", ["732829321", "73282932000075", "12", "W12", "abc"])
def test_a_mistyped_registration_number_is_refused(number: str) -> None:
    """The check digits tell."""
    with pytest.raises(FaultyRecordError, match="registration: this is no registration number"):
        OrganisationStated.read({"name": "O", "category": "business", "registration": number})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "two\nlines"),
        ("name", "x" * 201),
        ("website", "example.org"),
        ("website", "javascript:alert(1)"),
        ("website", "https://example.org/\0"),
        ("email", "a\0b@example.org"),
        ("category", "club"),
    ],
)
def test_other_fields_name_what_is_wrong(field: str, value: str) -> None:
    """Each fault stands under its field."""
    with pytest.raises(FaultyRecordError) as caught:
        OrganisationStated.read({"name": "O", "category": "business", field: value})
    assert {*caught.value.faults} == {field}


def test_new_ids_say_nothing_and_differ() -> None:
    """An id that was made up is not guessed."""
    made = {new_person_id() for _ in range(50)}
    assert len(made) == 50


def _person(**stated: Any) -> Person:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Person(**{"id": "fabien", "name": "F", "version": 1, "updated_at": at, **stated})


MANAGER = Caller(name="person:m", person="m", roles={"valdore": ("programme_manager",)})
OWN = Caller(name="person:fabien", person="fabien", roles={"valdore": ()})
ROOT = Caller(name="person:root", person="root", administrator=True)
LIMITED = ROOT.but(programmes=frozenset({"valdore"}))


@pytest.mark.parametrize(
    ("caller", "person", "programmes", "fields", "may"),
    [
        (MANAGER, _person(), ["valdore"], ["email"], True),
        (MANAGER, _person(), ["valdore", "loire"], ["email"], False),
        (MANAGER, _person(), [], ["name"], False),
        (MANAGER, _person(), ["valdore"], ["administrator"], False),
        (MANAGER, _person(administrator=True), ["valdore"], ["email"], False),
        (OWN, _person(), ["valdore", "loire"], ["language", "notifications"], True),
        (OWN, _person(), ["valdore"], ["email"], False),
        (OWN, _person(id="other"), ["valdore"], ["language"], False),
        (ROOT, _person(), ["valdore", "loire"], ["administrator"], True),
        (LIMITED, _person(), ["valdore", "loire"], ["email"], False),
        (LIMITED, _person(), ["valdore"], ["email"], True),
    ],
)
def test_who_may_change_whom(
    caller: Caller, person: Person, programmes: list[str], fields: list[str], *, may: bool
) -> None:
    """No manager of one programme takes over what a person is in another."""
    assert may_change(caller, person, programmes, fields) is may


def test_addresses_of_two_people_stay_two() -> None:
    """The case of ASCII is not told apart; letters that only look or sort alike are others."""
    assert folded(" Ines@Example.ORG ") == folded("ines@example.org")
    for one, other in (
        ("ines@straße.de", "ines@strasse.de"),
        ("\u212aim@example.org", "kim@example.org"),  # the sign of Kelvin
        ("ﬁa@example.org", "fia@example.org"),
    ):
        assert folded(one) != folded(other)
