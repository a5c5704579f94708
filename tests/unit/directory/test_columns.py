"""The columns of files of people and organisations."""

from __future__ import annotations

from coopflow.directory.columns import FRENCH, ORGANISATIONS, PEOPLE, ROLES_WRITTEN, named


def test_every_column_may_be_called_as_it_is_in_french() -> None:
    """What pages say to write is what is read."""
    for columns in (PEOPLE, ORGANISATIONS):
        for column in columns:
            assert named(columns, FRENCH[column.field]) == column


def test_a_role_may_be_written_in_each_way_that_is_proposed() -> None:
    """On the wire, and as people say it."""
    roles = next(one for one in PEOPLE if one.field == "roles")
    assert {roles.value(one) for one in ROLES_WRITTEN} == {"programme_manager"}
