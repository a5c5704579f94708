"""What answers under ``/v1``: one module for each kind of thing, with one router each."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from coopflow.entrypoints.http.routes import (
    calendars,
    commands,
    cooperations,
    decisions,
    directory,
    disagreements,
    documents,
    erasures,
    events,
    exports,
    files,
    gates,
    health,
    journal,
    me,
    mine,
    papers,
    pictures,
    policies,
    portfolio,
    problems,
    programmes,
    reminders,
    requests,
    sign_in,
    tokens,
    transfers,
    webhooks,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    health.router,
    problems.router,
    mine.router,
    portfolio.router,
    reminders.router,
    programmes.router,
    directory.router,
    erasures.router,
    cooperations.router,
    documents.router,
    decisions.router,
    disagreements.router,
    gates.router,
    pictures.router,
    journal.router,
    events.router,
    webhooks.router,
    policies.router,
    exports.router,
    papers.router,
    files.router,
    transfers.router,
    calendars.router,
    calendars.feeds,
    commands.router,
    requests.router,
    me.router,
    sign_in.router,
    tokens.router,
)
"""All of them, in the order in which they are documented."""
