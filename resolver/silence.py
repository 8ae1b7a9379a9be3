"""Whether a project is given up by its makers, as far as its releases tell."""

from __future__ import annotations

import re
from datetime import date

from resolver.context import Context
from resolver.states.stack import Member

_GIVEN_UP = (
    r"\b(?:deprecated|unmaintained|abandoned|discontinued|no longer (?:maintained|supported|developed)|"
    r"superseded by|has moved to|renamed to)\b"
)
_INACTIVE = "Development Status :: 7 - Inactive"


def given_up(member: Member, context: Context, silent_years: float) -> str | None:
    """Why a member of a stack should be replaced, in words; None where nothing says so.

    Args:
        silent_years: without a release for so long, a project counts as given up.
    """
    project = member.project
    assert project.listing is not None
    if member.position in project.listing.yanked:
        return f"{member.version} was yanked"
    if project.listing.status is not None:
        return f"is {project.listing.status[0]}, as its index says"
    document = context.topics.document(project.name) if context.topics else None
    if document is not None:
        if _INACTIVE in document.classifiers:
            return "calls itself inactive"
        if found := re.search(_GIVEN_UP, document.summary, re.IGNORECASE):
            return f"says of itself: {found[0].lower()}"
    known = [moment for moment in project.listing.uploaded if moment is not None]
    if known and context.today is not None:
        last = max(known)[:10]
        if (date.fromisoformat(context.today) - date.fromisoformat(last)).days > silent_years * 365.25:
            return f"has had no release since {last}"
    return None
