"""Policies that are nowhere yet: a file or a text that is tried, and proposed once it is right."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from coopflow.definitions.compile import compile_definition
from coopflow.definitions.faults import Fault, FaultsError
from coopflow.definitions.library import documents_in, read_definition
from coopflow.definitions.lint import lint
from coopflow.entrypoints.web.filled import Filled, filled
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.impacts import AT_ONCE, begin, impacts
from coopflow.entrypoints.web.pages.policies import grouped, proposal, put, question_about
from coopflow.entrypoints.web.policies import known_policies, rules_named
from coopflow.entrypoints.web.programme import ManagedPageDep, ProgrammePage
from coopflow.wording.faults import fault_in
from coopflow.wording.naming import Names

_LARGEST: Final = 250_000
"""Bytes of the largest file: with the rest of the form it fits into a request."""

_FILE: Final = "policy.yaml"

router = APIRouter(prefix="/p/{programme}/policies/check", dependencies=MEMBERS)


@router.get("")
async def ask_for_file(page: ManagedPageDep) -> Response:
    """Ask for a policy that is nowhere yet."""
    return await _checked(page, Filled())


@router.post("")
async def check(page: ManagedPageDep) -> Response:
    """Say what is wrong with a policy, how it differs, and what it would change.

    Nothing of it is kept, and no cooperation is told of it.
    """
    async with page.request.form(max_files=1, max_fields=10) as posted:
        file = posted.get("file")
        text = str(posted.get("content") or "")
        if isinstance(file, UploadFile) and file.filename:
            read = await file.read(_LARGEST + 1)
            text = read.decode("utf-8", "replace")
            if len(read) > _LARGEST:
                fault = _too_large(file.size or len(read))
                return await _faulty(page, Filled.of(other=posted.get("other") or ""), [fault])
        other, wants_impact = posted.get("other"), posted.get("do") == "impact"
    form = Filled.of(content=text.replace("\r\n", "\n"), other=other or "")
    return await _checked(page, form, wants_impact=wants_impact)


@router.post("/proposal")
async def propose_file(page: ManagedPageDep) -> Response:
    """Ask to which cooperations a policy is proposed, or propose it, as the button says."""
    form = await filled(page.request)
    content = form.text("content").replace("\r\n", "\n")
    try:
        documents = await asyncio.to_thread(documents_in, content, _FILE)
        definition = await asyncio.to_thread(read_definition, *documents)
    except FaultsError as error:
        return await _faulty(page, Filled.of(content=content, other=""), error.faults)
    rules = compile_definition(definition)
    if form.text("do") == "propose":
        return await put(page, rules, form, content=content)
    found = None
    if await page.services.history.count_live(page.id) <= AT_ONCE:
        found = await impacts(page.services, page.id, definition)
    asked = Filled.of(question=form.text("question") or question_about(page, rules))
    after = form.text("after").replace("\0", "") or None
    return await proposal(page, rules, asked, after, content=content, impact=found)


async def _checked(page: ProgrammePage, form: Filled, *, wants_impact: bool = False) -> Response:
    known, text = await known_policies(page), form.text("content")
    values: dict[str, Any] = {"faults": (), "findings": (), "rules": None, "found": None}
    values["lines"] = text.splitlines()
    if len(text.encode("utf-8", "replace")) > _LARGEST:
        return await _faulty(page, form, [_too_large(len(text.encode("utf-8", "replace")))])
    if text.strip():
        try:
            documents = await asyncio.to_thread(documents_in, text, _FILE)
            definition = await asyncio.to_thread(read_definition, *documents)
        except FaultsError as error:
            return await _faulty(page, form, error.faults)
        if wants_impact and await page.services.history.count_live(page.id) > AT_ONCE:
            caller = page.visitor.caller
            operation = await begin(page.request, page.services, caller, page.id, definition)
            return go_to(page.request, f"{page.path}/policies/impact/{operation}")
        values["rules"] = rules = compile_definition(definition)
        values["findings"] = _told(page, await asyncio.to_thread(_findings, documents))
        other = form.text("other")
        groups = grouped(await rules_named(page, other), rules) if other else ()
        if wants_impact:
            values["found"] = await impacts(page.services, page.id, definition)
            values["names"] = Names(rules, page.say)
        return page.render("policies/check.html", form=form, known=known, groups=groups, **values)
    return page.render("policies/check.html", form=form, known=known, groups=(), **values)


async def _faulty(page: ProgrammePage, form: Filled, faults: Iterable[Fault]) -> Response:
    """Show the form again with what is wrong."""
    return page.render(
        "policies/check.html",
        status=422,
        form=form,
        known=await known_policies(page),
        groups=(),
        faults=_told(page, faults),
        findings=(),
        rules=None,
        found=None,
        lines=form.text("content").splitlines(),
    )


def _too_large(size: int) -> Fault:
    return Fault(_FILE, 1, 1, "", f"the file has {size} bytes, at most {_LARGEST} are read")


def _told(page: ProgrammePage, faults: Iterable[Fault]) -> list[Fault]:
    return [fault_in(one, page.say.language) for one in faults]


def _findings(documents: tuple[object, object]) -> tuple[Fault, ...]:
    # Which checks there are is for workers to know: a check that is named here may be theirs.
    return lint(*documents, ())  # type: ignore[arg-type]
