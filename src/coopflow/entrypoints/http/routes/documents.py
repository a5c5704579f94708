"""Documents in all their versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from coopflow.domain.tools import Kind
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.guards import CooperationDep
from coopflow.entrypoints.http.pages import Page, PagingDep
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.readmodel.views import DocumentDetail, DocumentDifference, DocumentSummary

router = APIRouter(
    prefix="/programmes/{programme}/cooperations/{cooperation}/documents",
    tags=["documents"],
    dependencies=[needs("read")],
    responses=guarded(),
)

KindOf = Annotated[Kind, Path(description="The kind of document.", examples=["charter"])]
VersionOf = Annotated[int, Path(ge=1, le=2**31 - 1, description="Its version.", examples=[1])]


@router.get("", operation_id="list_documents", summary="Documents")
async def list_all(
    sight: CooperationDep,
    services: ServicesDep,
    paging: PagingDep,
    kind: Annotated[Kind | None, Query(description="Only of this kind.")] = None,
) -> Page[DocumentSummary]:
    """List the versions of all documents that the caller may read, without content."""
    extent = sight.may("documents")
    found = [
        one
        for one in await services.queries.documents(sight.address)
        if kind in {None, one.kind} and (extent == "all" or is_published(one))
    ]
    return paging.cut(found, lambda one: (one.kind, one.version), str, int)


@router.get(
    "/{kind}/versions/{version}",
    operation_id="show_document_version",
    summary="A version of a document",
)
async def version(
    kind: KindOf, version: VersionOf, sight: CooperationDep, services: ServicesDep
) -> DocumentDetail:
    """Return a version of a document with its content."""
    extent = sight.may("documents")
    found = await services.queries.document(sight.address, kind, version)
    if found is None or not (extent == "all" or is_published(found)):
        raise ProblemError("unknown_document")
    return found


@router.get(
    "/{kind}/differences",
    operation_id="compare_document_versions",
    summary="What differs between two versions",
)
async def difference(
    kind: KindOf,
    sight: CooperationDep,
    services: ServicesDep,
    earlier: Annotated[int, Query(ge=1, le=2**31 - 1, description="A version.", examples=[1])],
    later: Annotated[int, Query(ge=1, le=2**31 - 1, description="Another one.", examples=[2])],
) -> DocumentDifference:
    """Say part by part what the later version has that the earlier one has not.

    Items of lists are matched by what names them, wherever they stand.
    """
    extent = sight.may("documents")
    found = await services.queries.document_difference(sight.address, kind, earlier, later)
    readable = {
        one.version
        for one in await services.queries.documents(sight.address)
        if one.kind == kind and (extent == "all" or is_published(one))
    }
    if found is None or not {earlier, later} <= readable:
        raise ProblemError("unknown_document")
    return found


def is_published(one: DocumentSummary) -> bool:
    """Whether a version is, or was, what the collective stands by."""
    return one.approved_at is not None
