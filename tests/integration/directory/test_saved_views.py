"""Views of portfolios that people save for themselves."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from coopflow.directory.directory import Directory
from coopflow.directory.people import PersonStated
from coopflow.directory.saved_views import MOST, SavedView, SavedViews, TooManyViewsError
from coopflow.readmodel.database import Database
from tests.integration.directory.conftest import NOW


def view(name: str, query: str = "status=living") -> SavedView:
    return SavedView(name=name, query=query)


async def test_views_are_of_a_person_in_a_programme(database: Database) -> None:
    """Nobody else has them; one of the same name takes its place."""
    views = SavedViews(database)
    await views.save("valdore", "ines", view("To look at"), NOW)
    await views.save("valdore", "ines", view("Autumn", "alert=no_plenary"), NOW)
    await views.save("valdore", "ines", view("To look at", "severity=red"), NOW)
    assert await views.of("valdore", "ines") == (
        view("Autumn", "alert=no_plenary"),
        view("To look at", "severity=red"),
    )
    assert await views.of("valdore", "marc") == await views.of("loire", "ines") == ()
    assert await views.remove("valdore", "ines", "Autumn")
    assert not await views.remove("valdore", "ines", "Autumn")
    assert not await views.remove("valdore", "marc", "To look at")
    assert await views.of("valdore", "ines") == (view("To look at", "severity=red"),)


async def test_there_are_not_too_many(database: Database) -> None:
    """One that is there may still be replaced."""
    views = SavedViews(database)
    for number in range(MOST):
        await views.save("valdore", "ines", view(f"view {number}"), NOW)
    with pytest.raises(TooManyViewsError, match=str(MOST)):
        await views.save("valdore", "ines", view("another"), NOW)
    await views.save("valdore", "ines", view("view 1", "severity=red"), NOW)
    await views.save("loire", "ines", view("another"), NOW)


@pytest.mark.parametrize(
    ("name", "query"),
    [("", "a=b"), ("x" * 81, "a=b"), ("two\nlines", "a=b"), ("x", "a b"), ("x", "é" * 9)],
)
def test_names_are_lines_and_queries_what_links_hold(name: str, query: str) -> None:
    """Nothing else is saved."""
    with pytest.raises(ValidationError):
        SavedView(name=name, query=query)
    with pytest.raises(ValidationError):
        SavedView(name="x", query="a" * 2001)


async def test_they_go_with_the_person(database: Database, directory: Directory) -> None:
    """From a programme that they leave for good, and from all when they are removed."""
    views = SavedViews(database)
    await directory.add_person("ines", PersonStated(name="Inès"), NOW, programme="valdore")
    await directory.take_part("loire", "ines", (), NOW)
    for programme in ("valdore", "loire"):
        await views.save(programme, "ines", view("Mine"), NOW)
    assert await directory.forget("ines", "valdore") == "left"
    assert await views.of("valdore", "ines") == ()
    assert await views.of("loire", "ines") == (view("Mine"),)
    await directory.remove_person("ines")
    assert await views.of("loire", "ines") == ()
