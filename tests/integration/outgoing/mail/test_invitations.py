"""Inviting people in by mail."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from coopflow.access.errors import RefusedCredentialError
from coopflow.directory.errors import UnknownRecordError
from coopflow.outgoing.mail.invitations import (
    AGAIN_AFTER,
    Invitations,
    MailOffError,
    NoAddressError,
)
from coopflow.outgoing.mail.places import SIGN_IN_LASTS
from tests.integration.outgoing.mail.conftest import Office


def invitations(office: Office, *, is_on: bool = True) -> Invitations:
    """Return what invites."""
    return Invitations(office.queue, office.directory, is_on=is_on)


async def test_an_invitation_lets_its_person_in_once(office: Office) -> None:
    """By a link that lasts three days; also who wishes no other mail gets it, and only once."""
    await office.wish("person-1", invite_voters="none")
    assert await invitations(office).invite("person-1", office.clock(), "demo")
    assert not await invitations(office).invite("person-1", office.clock())
    await office.mailer().once()
    (mail,) = office.room.arrived
    assert mail.mail["Subject"] == "Votre accès à coop.example"
    assert mail.mail["List-Unsubscribe"] is None
    (secret,) = set(re.findall(r"/v1/sign-in/link\?secret=([\w-]+)", mail.text))
    assert secret in mail.html
    at = office.clock() + SIGN_IN_LASTS - timedelta(seconds=1)
    assert await office.access.links.use(secret, at) == "person-1"
    with pytest.raises(RefusedCredentialError):
        await office.access.links.use(secret, at)
    office.clock.move(AGAIN_AFTER)
    assert await invitations(office).invite("person-1", office.clock())
    await office.mailer().once()
    assert len(office.room.arrived) == 2


async def test_who_cannot_be_invited_is_said(office: Office) -> None:
    """Where no mail is sent, where nobody is, and where there is no address."""
    await office.know("mute", email=None)
    with pytest.raises(MailOffError, match="COOPFLOW_SMTP_URL"):
        await invitations(office, is_on=False).invite("person-1", office.clock())
    with pytest.raises(NoAddressError, match="mute"):
        await invitations(office).invite("mute", office.clock())
    with pytest.raises(UnknownRecordError):
        await invitations(office).invite("person-1", office.clock(), "elsewhere")
