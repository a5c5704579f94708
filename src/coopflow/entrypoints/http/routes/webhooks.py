"""Webhooks: who is told what happens in a programme, and what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from coopflow.domain.base import Instant, Shape, Slug, StatedInstant
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import ManagedProgrammeDep
from coopflow.entrypoints.http.middleware.idempotency import TAKES_KEY
from coopflow.entrypoints.http.pages import Page, PagingDep
from coopflow.outgoing.addresses import LONGEST_URL
from coopflow.outgoing.endpoints import LONGEST_DESCRIPTION
from coopflow.outgoing.views import Attempt, Delivery, DeliveryStatus, Endpoint, EndpointStatus

router = APIRouter(
    prefix="/programmes/{programme}/webhooks",
    tags=["webhooks"],
    dependencies=[needs("webhooks")],
    responses=guarded(),
)

_LONGEST_OVERLAP: Final = 24 * 30
_MOST_TYPES: Final = 100

WebhookId = Annotated[Slug, Path(description="The id of a webhook.", examples=["wh_0a1b2c3d"])]
DeliveryId = Annotated[int, Path(ge=1, le=2**63 - 1, description="Its number.", examples=[1])]

Url = Annotated[
    str, Field(max_length=LONGEST_URL, examples=["https://platform.example.org/coopflow"])
]
Types = Annotated[
    tuple[Slug, ...], Field(max_length=_MOST_TYPES, examples=[["gate_passed", "fell_back"]])
]
Description = Annotated[str, Field(max_length=LONGEST_DESCRIPTION)]


class WebhookStated(Shape):
    """A webhook as it is asked for.

    Attributes:
        url: where it listens: https, at a public address unless the installation allows others.
        types: the only types of events of which it is told; none for all.
        cooperation: the only cooperation of which it is told; none for all of the programme.
        description: what it is for.
    """

    url: Url
    types: Types = ()
    cooperation: Slug | None = None
    description: Description = ""


class WebhookAdded(Shape):
    """A webhook, and the secret that its receiver verifies messages with, never shown again."""

    webhook: Endpoint
    secret: str


class WebhookChanged(Shape):
    """What is to be different; what is left out stays.

    Attributes:
        status: ``disabled``: it is told nothing, and what waits is given up; ``active``: it is told
            what happens from now on.
    """

    url: Url | None = None
    types: Types | None = None
    description: Description | None = None
    status: EndpointStatus | None = None


class SecretAsked(Shape):
    """A rotation: for how many hours the old secret signs too."""

    overlap_hours: Annotated[int, Field(ge=0, le=_LONGEST_OVERLAP)] = 24


class SecretGiven(Shape):
    """The new secret, never shown again, and until when the old one signs too."""

    secret: str
    previous_until: Instant


class DeliveryDetail(Shape):
    """A delivery with its attempts, the first one first."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]


class RedeliveryAsked(Shape):
    """From when on what was given up is sent again, by when it came to be."""

    since: Annotated[StatedInstant, Field(examples=["2026-11-01T00:00:00Z"])]


class RedeliveryBegun(Shape):
    """How many deliveries are sent again."""

    count: int


@router.get("", operation_id="list_webhooks", summary="Webhooks")
async def list_all(
    programme: ManagedProgrammeDep, services: ServicesDep, paging: PagingDep
) -> Page[Endpoint]:
    """List those who are told what happens in a programme, without their secrets."""
    found = await services.webhooks.endpoints.all(programme)
    return paging.cut(found, lambda one: (one.id,), str)


@router.post(
    "",
    operation_id="add_webhook",
    dependencies=[TAKES_KEY],
    summary="Add a webhook",
    status_code=201,
)
async def add(
    body: WebhookStated, programme: ManagedProgrammeDep, services: ServicesDep, response: Response
) -> WebhookAdded:
    """Tell somebody what happens in a programme from now on."""
    endpoint, secret = await services.webhooks.endpoints.add(
        programme,
        body.url,
        at=datetime.now(UTC),
        types=body.types,
        cooperation=body.cooperation,
        description=body.description,
    )
    response.headers["Cache-Control"] = "no-store"
    return WebhookAdded(webhook=endpoint, secret=secret)


@router.get("/{webhook}", operation_id="show_webhook", summary="A webhook")
async def show(
    webhook: WebhookId, programme: ManagedProgrammeDep, services: ServicesDep
) -> Endpoint:
    """Return a webhook, without its secret."""
    return await services.webhooks.endpoints.one(programme, webhook)


@router.patch(
    "/{webhook}",
    operation_id="change_webhook",
    summary="Change a webhook",
    responses=guarded(400, 409, 413),
)
async def change(
    webhook: WebhookId, body: WebhookChanged, programme: ManagedProgrammeDep, services: ServicesDep
) -> Endpoint:
    """Change where a webhook listens and of what it is told, enable or disable it."""
    endpoints = services.webhooks.endpoints
    found = await endpoints.change(
        programme, webhook, url=body.url, types=body.types, description=body.description
    )
    if body.status == "active":
        return await endpoints.enable(programme, webhook)
    if body.status == "disabled":
        return await endpoints.disable(programme, webhook, datetime.now(UTC))
    return found


@router.delete(
    "/{webhook}", operation_id="remove_webhook", summary="Remove a webhook", status_code=204
)
async def remove(
    webhook: WebhookId, programme: ManagedProgrammeDep, services: ServicesDep
) -> Response:
    """Tell a webhook nothing any more, and forget its deliveries."""
    await services.webhooks.endpoints.remove(programme, webhook)
    return Response(status_code=204)


@router.post(
    "/{webhook}/secret",
    operation_id="rotate_webhook_secret",
    dependencies=[TAKES_KEY],
    summary="Rotate the secret of a webhook",
)
async def rotate(
    webhook: WebhookId,
    body: SecretAsked,
    programme: ManagedProgrammeDep,
    services: ServicesDep,
    response: Response,
) -> SecretGiven:
    """Sign with a new secret, and for a while with the old one too."""
    now, overlap = datetime.now(UTC), timedelta(hours=body.overlap_hours)
    secret = await services.webhooks.endpoints.rotate(programme, webhook, now, overlap)
    response.headers["Cache-Control"] = "no-store"
    return SecretGiven(secret=secret, previous_until=now + overlap)


@router.post(
    "/{webhook}/test",
    operation_id="test_webhook",
    dependencies=[TAKES_KEY],
    summary="Try a webhook out",
    status_code=202,
)
async def try_out(
    webhook: WebhookId, programme: ManagedProgrammeDep, services: ServicesDep
) -> Delivery:
    """Send an event that says nothing; its delivery tells what was answered."""
    return await services.webhooks.deliveries.ping(programme, webhook, datetime.now(UTC))


@router.get("/{webhook}/deliveries", operation_id="list_webhook_deliveries", summary="Deliveries")
async def deliveries(
    webhook: WebhookId,
    programme: ManagedProgrammeDep,
    services: ServicesDep,
    paging: PagingDep,
    status: Annotated[DeliveryStatus | None, Query(description="Only of this status.")] = None,
) -> Page[Delivery]:
    """List what was and is to be sent to a webhook, the latest first."""
    after = paging.after(int)
    found = await services.webhooks.deliveries.all(
        programme,
        webhook,
        status=status,
        before=int(after[0]) if after else None,
        limit=paging.limit + 1,
    )
    return paging.page(found, lambda one: (one.id,))


@router.get(
    "/{webhook}/deliveries/{delivery}",
    operation_id="show_webhook_delivery",
    summary="A delivery with its attempts",
)
async def delivery(
    webhook: WebhookId, delivery: DeliveryId, programme: ManagedProgrammeDep, services: ServicesDep
) -> DeliveryDetail:
    """Return a delivery with what was answered each time, as far as it can be shown."""
    found, attempts = await services.webhooks.deliveries.one(programme, webhook, delivery)
    return DeliveryDetail(delivery=found, attempts=attempts)


@router.post(
    "/{webhook}/deliveries/{delivery}/redelivery",
    operation_id="redeliver_webhook_delivery",
    dependencies=[TAKES_KEY],
    summary="Send a delivery again",
    status_code=202,
)
async def redeliver(
    webhook: WebhookId, delivery: DeliveryId, programme: ManagedProgrammeDep, services: ServicesDep
) -> Delivery:
    """Send a delivery again, whatever became of it, under the same message id."""
    now = datetime.now(UTC)
    return await services.webhooks.deliveries.redeliver(programme, webhook, delivery, now)


@router.post(
    "/{webhook}/redelivery",
    operation_id="redeliver_dead",
    dependencies=[TAKES_KEY],
    summary="Send again what was given up",
    status_code=202,
)
async def redeliver_dead(
    webhook: WebhookId, body: RedeliveryAsked, programme: ManagedProgrammeDep, services: ServicesDep
) -> RedeliveryBegun:
    """Send all that was given up again, also what happened while the webhook was disabled."""
    count = await services.webhooks.deliveries.redeliver_dead(
        programme, webhook, body.since, datetime.now(UTC)
    )
    return RedeliveryBegun(count=count)
