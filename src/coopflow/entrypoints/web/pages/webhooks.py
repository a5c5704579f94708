"""Webhooks of a programme: which programs are told what happens, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from coopflow.application.engine import Address
from coopflow.domain.base import Slug
from coopflow.entrypoints.web.filled import Filled, attempted, filled
from coopflow.entrypoints.web.finding import cooperations_called
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.listing import Listed, next_page
from coopflow.entrypoints.web.programme import ManagedPageDep, ProgrammePage
from coopflow.entrypoints.web.records.timeline import FAMILIES
from coopflow.outgoing.endpoints import OVERLAP
from coopflow.outgoing.errors import EndpointFault
from coopflow.outgoing.views import DeliveryStatus, Endpoint

_PAGE: Final = 50
_OFFERED: Final = 100
"""Of more cooperations than that, people are asked for a part of the name."""

_LARGEST: Final = 2**63 - 1
STATUSES: Final[tuple[DeliveryStatus, ...]] = get_args(DeliveryStatus)

router = APIRouter(prefix="/p/{programme}/administration/webhooks", dependencies=MEMBERS)

Number = Annotated[int, Path(ge=1, le=_LARGEST)]


@router.get("")
async def show_all(page: ManagedPageDep) -> Response:
    """List the programs that are told what happens."""
    found = await page.services.webhooks.endpoints.all(page.id)
    return page.render("administration/webhooks.html", webhooks=found)


@router.get("/new")
async def ask_for_new(page: ManagedPageDep) -> Response:
    """Ask who is told, and of what."""
    return await _form(page, Filled())


@router.post("/new")
async def add(page: ManagedPageDep) -> Response:
    """Tell somebody what happens from now on, and show the secret this once."""
    form = await filled(page.request)
    if await _is_to_be_chosen(page, form):
        return await _form(page, form, status=422)
    work = page.services.webhooks.endpoints.add(
        page.id,
        form.text("url").strip(),
        at=datetime.now(UTC),
        types=form.all("types"),
        cooperation=form.text("cooperation").strip() or None,
        description=form.text("description").strip(),
    )
    made, wrong = await attempted(work, form, page.say.language)
    if made is None:
        return await _form(page, wrong or form, status=422)
    endpoint, secret = made
    return await _shown(page, endpoint, secret=secret)


@router.get("/{webhook}")
async def show(
    page: ManagedPageDep,
    webhook: Slug,
    status: DeliveryStatus | None = None,
    before: Annotated[int | None, Query(ge=1, le=_LARGEST)] = None,
) -> Response:
    """Show a webhook, and what was and is to be sent to it, the latest first."""
    found = await page.services.webhooks.endpoints.one(page.id, webhook)
    return await _shown(page, found, status=status, before=before)


@router.get("/{webhook}/change")
async def ask_to_change(page: ManagedPageDep, webhook: Slug) -> Response:
    """Ask what is to be different."""
    found = await page.services.webhooks.endpoints.one(page.id, webhook)
    form = Filled.of(url=found.url, description=found.description, types=found.types)
    return await _form(page, form, found)


@router.post("/{webhook}/change")
async def change(page: ManagedPageDep, webhook: Slug) -> Response:
    """Change where a webhook listens, and of what it is told."""
    form, endpoints = await filled(page.request), page.services.webhooks.endpoints
    found = await endpoints.one(page.id, webhook)
    work = endpoints.change(
        page.id,
        webhook,
        url=form.text("url").strip(),
        types=form.all("types"),
        description=form.text("description").strip(),
    )
    _, wrong = await attempted(work, form, page.say.language)
    if wrong is not None:
        return await _form(page, wrong, found, 422)
    return go_to(page.request, f"{_place(page, webhook)}?done=saved")


@router.post("/{webhook}/enable")
async def enable(page: ManagedPageDep, webhook: Slug) -> Response:
    """Tell a webhook again."""
    await page.services.webhooks.endpoints.enable(page.id, webhook)
    return go_to(page.request, f"{_place(page, webhook)}?done=enabled")


@router.get("/{webhook}/disable")
async def ask_to_disable(page: ManagedPageDep, webhook: Slug) -> Response:
    """Ask whether to tell a webhook nothing for now."""
    return await _ask(page, webhook, "disable")


@router.post("/{webhook}/disable")
async def disable(page: ManagedPageDep, webhook: Slug) -> Response:
    """Tell a webhook nothing until it is enabled again."""
    await page.services.webhooks.endpoints.disable(page.id, webhook, datetime.now(UTC))
    return go_to(page.request, f"{_place(page, webhook)}?done=disabled")


@router.get("/{webhook}/rotate")
async def ask_to_rotate(page: ManagedPageDep, webhook: Slug) -> Response:
    """Ask whether to sign with a new secret."""
    return await _ask(page, webhook, "rotate")


@router.post("/{webhook}/rotate")
async def rotate(page: ManagedPageDep, webhook: Slug) -> Response:
    """Sign with a new secret, shown this once, and for a while with the old one too."""
    endpoints = page.services.webhooks.endpoints
    secret = await endpoints.rotate(page.id, webhook, datetime.now(UTC), OVERLAP)
    return await _shown(page, await endpoints.one(page.id, webhook), secret=secret)


@router.get("/{webhook}/remove")
async def ask_to_remove(page: ManagedPageDep, webhook: Slug) -> Response:
    """Ask whether to tell a webhook nothing any more."""
    return await _ask(page, webhook, "remove")


@router.post("/{webhook}/remove")
async def remove(page: ManagedPageDep, webhook: Slug) -> Response:
    """Tell a webhook nothing any more, and forget its deliveries."""
    await page.services.webhooks.endpoints.remove(page.id, webhook)
    return go_to(page.request, f"{page.path}/administration/webhooks?done=removed")


@router.post("/{webhook}/test")
async def try_out(page: ManagedPageDep, webhook: Slug) -> Response:
    """Send an event that says nothing."""
    try:
        await page.services.webhooks.deliveries.ping(page.id, webhook, datetime.now(UTC))
    except EndpointFault:
        return go_to(page.request, f"{_place(page, webhook)}?done=is_disabled")
    return go_to(page.request, f"{_place(page, webhook)}?done=tried")


@router.post("/{webhook}/redeliver")
async def redeliver_dead(page: ManagedPageDep, webhook: Slug) -> Response:
    """Send all again that was given up in the last days."""
    form, now = await filled(page.request), datetime.now(UTC)
    days = min(form.number("days") or 7, 90)
    try:
        await page.services.webhooks.deliveries.redeliver_dead(
            page.id, webhook, now - timedelta(days=days), now
        )
    except EndpointFault:
        return go_to(page.request, f"{_place(page, webhook)}?done=is_disabled")
    return go_to(page.request, f"{_place(page, webhook)}?done=again")


@router.get("/{webhook}/deliveries/{delivery}")
async def show_delivery(page: ManagedPageDep, webhook: Slug, delivery: Number) -> Response:
    """Show a delivery with what was answered each time."""
    endpoint = await page.services.webhooks.endpoints.one(page.id, webhook)
    found, attempts = await page.services.webhooks.deliveries.one(page.id, webhook, delivery)
    return page.render(
        "administration/delivery.html",
        webhook=endpoint,
        delivery=found,
        attempts=attempts,
        titles=await _titles(page, [found.cooperation_id]),
    )


@router.post("/{webhook}/deliveries/{delivery}/redeliver")
async def redeliver(page: ManagedPageDep, webhook: Slug, delivery: Number) -> Response:
    """Send a delivery again, under the same message id."""
    place = f"{_place(page, webhook)}/deliveries/{delivery}"
    try:
        await page.services.webhooks.deliveries.redeliver(
            page.id, webhook, delivery, datetime.now(UTC)
        )
    except EndpointFault:
        return go_to(page.request, f"{place}?done=is_disabled")
    return go_to(page.request, f"{place}?done=again")


def _place(page: ProgrammePage, webhook: str) -> str:
    return f"{page.path}/administration/webhooks/{webhook}"


async def _form(
    page: ProgrammePage, form: Filled, found: Endpoint | None = None, status: int = 200
) -> Response:
    """Ask; of many cooperations, those are offered that are called as was typed."""
    called = form.text("called").strip()
    offered: Mapping[str, str] = {}
    if found is None:
        offered = await cooperations_called(page.services, page.id, called, _OFFERED + 1)
    if called and not offered:
        told = ("No cooperation is called so.", "Aucune coopération ne se nomme ainsi.")
        form = form.wrong({**form.errors, "called": told[page.say.language == "fr"]})
    elif called and form.text("cooperation") not in offered:
        told = ("Choose the one that is meant.", "Choisissez celle dont il s'agit.")
        form = form.wrong({**form.errors, "cooperation": told[page.say.language == "fr"]})
    return page.render(
        "administration/webhook_form.html",
        status=status,
        form=form,
        webhook=found,
        families=FAMILIES.values(),
        offered=dict([*offered.items()][:_OFFERED]),
        has_more=len(offered) > _OFFERED,
        called=called,
    )


async def _is_to_be_chosen(page: ProgrammePage, form: Filled) -> bool:
    """Whether a name was typed, and no cooperation chosen that is called so."""
    called = form.text("called").strip()
    if not called:
        return False
    return form.text("cooperation") not in await cooperations_called(
        page.services, page.id, called, _OFFERED
    )


async def _titles(page: ProgrammePage, cooperations: Iterable[str | None]) -> Mapping[str, str]:
    """Return what cooperations are called, by ``programme/id``; without those that are gone."""
    wanted = [Address(*one.split("/", 1)) for one in cooperations if one]
    found = await page.services.queries.cooperations_at(wanted)
    return {str(address): one.title for address, one in found.items()}


async def _ask(page: ProgrammePage, webhook: str, deed: str) -> Response:
    found = await page.services.webhooks.endpoints.one(page.id, webhook)
    return page.render("administration/webhook_ask.html", webhook=found, deed=deed, overlap=OVERLAP)


async def _shown(
    page: ProgrammePage,
    endpoint: Endpoint,
    *,
    secret: str | None = None,
    status: DeliveryStatus | None = None,
    before: int | None = None,
) -> Response:
    found = await page.services.webhooks.deliveries.all(
        page.id, endpoint.id, status=status, before=before, limit=_PAGE + 1
    )
    last = found[_PAGE - 1].id if len(found) > _PAGE else None
    return page.render(
        "administration/webhook.html",
        webhook=endpoint,
        secret=secret,
        status_asked=status,
        statuses=STATUSES,
        deliveries=Listed(found[:_PAGE], next_page(page.request, last, "before")),
        titles=await _titles(
            page,
            [
                *(one.cooperation_id for one in found[:_PAGE]),
                endpoint.cooperation and f"{page.id}/{endpoint.cooperation}",
            ],
        ),
        now=datetime.now(UTC),
    )
