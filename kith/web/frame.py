"""What every page's frame needs. The items themselves are declared by the composition (`KITH_NAVIGATION`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from kith.access.actors import NOBODY, Actor
from kith.access.models import User
from kith.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url_name: str
    permission: Permission | None = None
    """None: for everybody who is signed in."""
    count: str = ""
    """Which of the navigation's figures stands beside it."""
    waits: bool = False
    """The figure waits for a person: shown in gold, and only when it is not zero."""


@dataclass(frozen=True, slots=True)
class NavGroup:
    label: str
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """One line about the last run."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Navigation:
    groups: tuple[NavGroup, ...]
    figures: Callable[[], Mapping[str, int]]
    """A fixed number of queries, whatever the number of items."""
    status: Callable[[Actor], Status | None]
    search_url_name: str = ""
    suggest_url_name: str = ""


@dataclass(frozen=True, slots=True)
class ShownItem:
    label: str
    url: str
    count: int | None
    waits: bool
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class ShownGroup:
    label: str
    items: list[ShownItem] = field(default_factory=list)


class Frame:
    """Computed on first use, so that fragments and error pages pay nothing for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.path = request.path
        self.actor: Actor = getattr(request, "actor", NOBODY)
        user = getattr(request, "user", None)
        self.user = user if isinstance(user, User) else None
        self.home_url = _url("home") or "/"

    @cached_property
    def navigation(self) -> Navigation:
        found = import_string(settings.KITH_NAVIGATION)
        assert isinstance(found, Navigation)
        return found

    @cached_property
    def groups(self) -> list[ShownGroup]:
        if self.user is None:
            return []
        figures = self.navigation.figures()
        shown = [ShownGroup(g.label, self._items(g, figures)) for g in self.navigation.groups]
        return _with_active([group for group in shown if group.items], self.path)

    def _items(self, group: NavGroup, figures: Mapping[str, int]) -> list[ShownItem]:
        allowed = [i for i in group.items if i.permission is None or self.actor.may(i.permission)]
        return [_shown(item, url, figures) for item in allowed if (url := _url(item.url_name))]

    @cached_property
    def status(self) -> Status | None:
        return self.navigation.status(self.actor) if self.user else None

    @property
    def search_url(self) -> str:
        return _url(self.navigation.search_url_name) if self.actor.may(Permission.CONTACT_VIEW) else ""

    @property
    def suggest_url(self) -> str:
        return _url(self.navigation.suggest_url_name) if self.actor.may(Permission.CONTACT_VIEW) else ""

    @property
    def user_name(self) -> str:
        return self.user.name if self.user else ""

    @property
    def user_roles(self) -> str:
        return self.user.role_labels if self.user else ""

    @property
    def password_url(self) -> str:
        return _url("users:password")

    @property
    def sign_out_url(self) -> str:
        return _url("users:sign-out")


def frame(request: HttpRequest) -> dict[str, object]:
    return {"frame": SimpleLazyObject(lambda: Frame(request))}


def _url(name: str) -> str:
    return _url_in(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=256)
def _url_in(name: str, urlconf: str, _prefix: str) -> str:
    """Empty while the room that owns the address is not there. Every page names thirty."""
    if not name:
        return ""
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return ""


def _shown(item: NavItem, url: str, figures: Mapping[str, int]) -> ShownItem:
    number = figures.get(item.count)
    return ShownItem(item.label, url, None if item.waits and not number else number, item.waits)


def _with_active(groups: list[ShownGroup], path: str) -> list[ShownGroup]:
    """Marks the item whose address is the longest beginning of the path."""
    urls = [item.url for group in groups for item in group.items]
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    active = max(fitting, key=len, default=None)
    return [
        ShownGroup(group.label, [replace(item, is_active=item.url == active) for item in group.items])
        for group in groups
    ]
