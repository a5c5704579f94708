"""Policies: read as people read them, compared, tried on, and proposed to cooperations."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final, get_args

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from coopflow.application.adopting import Proposal, Terms, propose
from coopflow.application.engine import Address
from coopflow.definitions.diff import Difference, Direction, differences
from coopflow.domain.base import Label, Slug
from coopflow.domain.rulebook import Rulebook
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.filled import Filled, filled
from coopflow.entrypoints.web.going import go_to
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.impacts import AT_ONCE, Impacts, begin, impacts
from coopflow.entrypoints.web.listing import After, Listed, Sought, next_page
from coopflow.entrypoints.web.policies import known_policies, rules_named
from coopflow.entrypoints.web.policy_words import read
from coopflow.entrypoints.web.programme import ManagedPageDep, ProgrammePage, ProgrammePageDep
from coopflow.entrypoints.web.rendering import translator
from coopflow.pictures.lifecycle import lifecycle_picture
from coopflow.pictures.picture import wide_and_narrow
from coopflow.wording.naming import Names

DIRECTIONS: Final[tuple[Direction, ...]] = get_args(Direction)
_PAGE: Final = 50
_LONGEST: Final = 365  # days
_TOGETHER: Final = 8
_QUESTION: Final = Label(
    en="Shall we follow “{label}”, version {version}, from now on?",
    fr="Suivons-nous désormais « {label} », version {version} ?",
)

router = APIRouter(prefix="/p/{programme}/policies", dependencies=MEMBERS)


@router.get("")
async def show_all(page: ProgrammePageDep) -> Response:
    """List the policies that there are to read."""
    return page.render("policies/list.html", policies=await known_policies(page))


@router.get("/impact/{operation}")
async def show_impact(page: ManagedPageDep, operation: Slug) -> Response:
    """Show how far the impact of a policy is worked out, or what it is."""
    found = await page.services.operations.find(
        page.visitor.caller.name, operation, datetime.now(UTC)
    )
    if found is None:
        raise ProblemError("not_found")
    result = Impacts.model_validate(found.result) if found.result is not None else None
    rules = None
    if result is not None:
        try:
            rules = await rules_named(page, result.policy)
        except ProblemError:  # it was a file
            rules = None
    return page.render(
        "policies/impact.html",
        operation=found,
        found=result,
        progress=page.request.app.state.progress.get(operation),
        names=Names(rules, page.say),
        rules=rules,
    )


# --- one policy -----------------------------------------------------------------------------------


@router.get("/{policy}")
async def show(page: ProgrammePageDep, policy: Slug) -> Response:
    """Show what a policy asks for and sets, in words."""
    rules = await rules_named(page, policy)
    say = page.say
    picture = wide_and_narrow(
        lambda frame: lifecycle_picture(rules.lifecycle, say, frame), "lifecycle"
    )
    return page.render(
        "policies/policy.html",
        rules=rules,
        read=read(rules, say),
        picture=Markup(picture),  # noqa: S704 - drawn here, and its texts are escaped
    )


@router.get("/{policy}/differences")
async def compare(page: ProgrammePageDep, policy: Slug, other: Sought = "") -> Response:
    """Show what differs from one policy to another."""
    rules = await rules_named(page, policy)
    against = await rules_named(page, other) if other else None
    return page.render(
        "policies/differences.html",
        rules=rules,
        against=against,
        known=await known_policies(page),
        groups=grouped(rules, against) if against else (),
    )


def grouped(old: Rulebook, new: Rulebook) -> tuple[tuple[Direction, list[Difference]], ...]:
    """Return what differs from one policy to another, by which way it goes."""
    found = differences(old, new)
    groups = ((way, [one for one in found if one.direction == way]) for way in DIRECTIONS)
    return tuple((way, those) for way, those in groups if those)


@router.get("/{policy}/impact")
async def ask_for_impact(page: ManagedPageDep, policy: Slug) -> Response:
    """Show what a policy would change; where there are many cooperations, offer to work it out."""
    rules = await rules_named(page, policy)
    total = await page.services.history.count_live(page.id)
    found = None
    if total <= AT_ONCE:
        found = await impacts(page.services, page.id, rules.definition)
    return page.render(
        "policies/impact.html",
        rules=rules,
        operation=None,
        found=found,
        progress=None,
        total=total,
        names=Names(rules, page.say),
    )


@router.post("/{policy}/impact")
async def work_out(page: ManagedPageDep, policy: Slug) -> Response:
    """Begin to work out what a policy would change."""
    rules = await rules_named(page, policy)
    caller = page.visitor.caller
    operation = await begin(page.request, page.services, caller, page.id, rules.definition)
    return go_to(page.request, f"{page.path}/policies/impact/{operation}")


# --- proposing it ---------------------------------------------------------------------------------


@router.get("/{policy}/proposal")
async def ask_to_propose(page: ManagedPageDep, policy: Slug, after: After = None) -> Response:
    """Ask to which cooperations a policy is proposed, with which question."""
    rules = await rules_named(page, policy)
    return await proposal(page, rules, Filled.of(question=question_about(page, rules)), after)


@router.post("/{policy}/proposal")
async def propose_it(page: ManagedPageDep, policy: Slug) -> Response:
    """Let cooperations know a policy, and open the decision about it where the reader may."""
    return await put(page, await rules_named(page, policy), await filled(page.request))


def question_about(page: ProgrammePage, rules: Rulebook) -> str:
    """Return the question by which a policy is put to members unless another one is written."""
    label, version = page.say.label(rules.policy.label), rules.definition.policy["version"]
    return page.say.label(_QUESTION).format(label=label, version=version)


async def put(page: ProgrammePage, rules: Rulebook, form: Filled, *, content: str = "") -> Response:
    """Put a policy to the cooperations that a form names, and say what came of it.

    Args:
        page: of the programme.
        rules: the policy.
        form: says to which ones, with which question, for how many days.
        content: the file that it is in, for one that is known nowhere yet.
    """
    chosen, errors = form.all("cooperations")[:_PAGE], {}
    t, name = translator(page.say.language), rules.definition.policy_name
    question, days = form.text("question").strip(), form.number("days")
    if not chosen:
        errors["cooperations"] = t("Choose at least one.", "Choisissez-en au moins une.")
    if not question:
        errors["question"] = t("Fill this in.", "À remplir.")
    if form.text("days").strip() and not 1 <= (days or 0) <= _LONGEST:
        errors["days"] = t(
            "Write how many days as a whole number from 1 to {most}, or leave it blank.",
            "Écrivez le nombre de jours en chiffres, de 1 à {most}, ou laissez vide.",
            most=_LONGEST,
        )
    if await _is_another(page, rules):
        errors[""] = t(
            "Other content is registered as {policy}: this one needs a new version.",
            "Un autre contenu est enregistré sous {policy} : il faut une nouvelle version.",
            policy=name,
        )
    if errors:
        return await proposal(page, rules, form.wrong(errors), None, status=422, content=content)
    titles = {
        slug: (await page.services.queries.cooperation(Address(page.id, slug))).title
        for slug in chosen
    }
    closes_at = datetime.now(UTC) + timedelta(days=days) if days else None
    terms = Terms(page.visitor.person, question, closes_at)
    room = asyncio.Semaphore(_TOGETHER)

    async def one(slug: str) -> Proposal:
        async with room:
            address = Address(page.id, slug)
            return await propose(page.services.engine, address, rules.definition, terms)

    proposals = await asyncio.gather(*(one(slug) for slug in chosen))
    return page.render(
        "policies/proposed.html",
        rules=rules,
        proposals=proposals,
        titles=titles,
        content=content,
    )


async def _is_another(page: ProgrammePage, rules: Rulebook) -> bool:
    """Whether other content is registered by this name and version."""
    contents = await page.services.registry.contents("policy", rules.definition.policy_name)
    return any(one != rules.definition.policy for one in contents)


async def proposal(  # noqa: PLR0913 - what is shown, and how it came to that
    page: ProgrammePage,
    rules: Rulebook,
    form: Filled,
    after: str | None,
    *,
    status: int = 200,
    content: str = "",
    impact: Impacts | None = None,
) -> Response:
    """Ask to which cooperations a policy is put.

    Args:
        page: of the programme.
        rules: the policy.
        form: what is filled in.
        after: the cooperation after which the list goes on.
        status: of the answer.
        content: the file that the policy is in, for one that is known nowhere yet.
        impact: what it would change, where that is worked out.
    """
    last = Address(page.id, after) if after else None
    found = await page.services.queries.cooperations(
        programme=page.id, status="active", after=last, limit=_PAGE + 1
    )
    more = found[_PAGE - 1].slug if len(found) > _PAGE else None
    suited = tuple(one for one in found[:_PAGE] if one.lifecycle == rules.definition.lifecycle_name)
    return page.render(
        "policies/proposal.html",
        status=status,
        rules=rules,
        form=form,
        cooperations=Listed(suited, None if content else next_page(page.request, more)),
        more=more,
        content=content,
        impact=impact,
        names=Names(rules, page.say),
    )
