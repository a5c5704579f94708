"""Organisations: the members of a programme's cooperations, with what the public may know."""

from __future__ import annotations

from coopflow.directory.fields import Email, Line, Registration, WebAddress
from coopflow.directory.records import Kept, Stated
from coopflow.domain.base import Slug
from coopflow.domain.tools import Category


class OrganisationStated(Stated):
    """What is stated about an organisation.

    Attributes:
        name: its usual name.
        category: as cooperations count them.
        college: in which it votes unless a cooperation says otherwise.
        registration: SIREN, SIRET or RNA; no other organisation of the programme has it.
        website: its public page.
        email: where the public may write to it.
    """

    name: Line
    category: Category
    college: Slug | None = None
    registration: Registration | None = None
    website: WebAddress | None = None
    email: Email | None = None


class Organisation(OrganisationStated, Kept):
    """An organisation in the directory of one programme; ``id`` is the one cooperations know."""

    programme: Slug
