"""The pages, part by part."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from coopflow.entrypoints.web.pages import (
    account,
    administration,
    commands,
    cooperations,
    decision_link,
    decisions,
    disagreements,
    documents,
    drafting,
    files,
    forecast,
    gates,
    home,
    indicators,
    journal,
    meetings,
    opening,
    organisations,
    overview,
    partakers,
    people,
    portfolio,
    preferences,
    programmes,
    reviews,
    sign_in,
    static,
    unsubscribing,
    webhooks,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    static.router,
    sign_in.router,
    preferences.router,
    home.router,
    overview.router,
    drafting.instead,
    commands.router,
    drafting.router,
    documents.router,
    indicators.router,
    files.router,
    decision_link.router,
    unsubscribing.router,
    gates.router,
    decisions.router,
    disagreements.router,
    reviews.router,
    meetings.router,
    journal.router,
    account.router,
    programmes.router,
    programmes.one_router,
    administration.router,
    people.router,
    organisations.router,
    forecast.router,
    partakers.router,
    cooperations.router,
    opening.router,
    portfolio.router,
    webhooks.router,
)
"""The routers of all pages."""
