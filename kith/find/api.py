"""The search for other systems: find contacts, and keep a search for exports and bulk changes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from ninja import Path, Router, Status

from kith.access.permissions import Permission
from kith.contacts.api import contact_lines
from kith.contacts.rights.sight import sight_of
from kith.find import actions, looking_up, noticing, stored
from kith.find.asked import asked_for
from kith.find.choosing import condition_of, describe
from kith.find.exporting.schemas import Token
from kith.find.listing import Place, listed
from kith.find.schemas import (
    ContactsFound,
    SearchCriteria,
    SearchIn,
    SearchKept,
    SearchOut,
    ViewOut,
    ViewsOut,
)
from kith.kernel import clock
from kith.kernel.errors import Refused
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_BODY, WITH_ID, ApiRequest, answers, behind, cursor_of, only_asks

contact_search: Final = Router(tags=["contacts"])
searches: Final = Router(tags=["contacts"])
_NOTHING: Final = "Give a criterion: a search that asks for nothing finds nobody."


@contact_search.post(
    "/search",
    summary="Find contacts",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(ContactsFound, *WITH_BODY),
)
@only_asks
def search_contacts(request: ApiRequest, asked: SearchIn) -> ContactsFound:
    """By every criterion of the search page, all of which must hold, in the order of `sort`.

    A POST, though it changes nothing: names and e-mails in an address would end up in logs.
    """
    search = asked_for(asked, sort=asked.sort)
    found = listed(
        search, sight=sight_of(request.auth), place=Place(after=behind(asked) or None), size=asked.size
    )
    looking_up.note(search, found.ids, by=request.auth, through="API")
    noticing.note_listed(search, found, by=request.auth, through="API")
    return ContactsFound(
        items=contact_lines(found.ids, actor=request.auth),
        next=cursor_of(found.after) if found.after else None,
        is_cut=found.is_cut,
        count=found.counted.number,
        is_more=found.counted.is_more,
    )


@searches.get(
    "",
    summary="List the saved views",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(ViewsOut),
)
def list_views(request: ApiRequest) -> ViewsOut:
    """Searches that people saved on the search page and share with everybody."""
    views = stored.views_of(request.auth)
    return ViewsOut(items=[ViewOut(search=one.token, name=one.name, owner=one.owner) for one in views])


@searches.post(
    "",
    summary="Keep a search",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(SearchKept, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def keep_search(request: ApiRequest, asked: SearchCriteria) -> Status[SearchKept]:
    """For an export or a bulk change of everybody it finds. It is kept sealed, for a month; whoever is given
    its token, and may see contacts, may use it.
    """
    search = asked_for(asked)
    if search.is_empty:
        raise Refused(_NOTHING)
    # What this key may not ask by is refused now, not when it is used.
    condition_of(search, sight=sight_of(request.auth))
    token = actions.keep_search(actor=request.auth, search=search)
    return Status(HTTPStatus.CREATED, SearchKept(search=token, kept_until=clock.now() + actions.KEPT))


@searches.get(
    "/{search}",
    summary="Say what a search asks for",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(SearchOut, *WITH_ID),
)
def open_search(request: ApiRequest, search: Path[Token]) -> SearchOut:
    """In words, without personal values. 404: it is no longer kept, or is somebody else's own view."""
    return SearchOut(search=search, words=describe(stored.search_of(search, actor=request.auth)))
