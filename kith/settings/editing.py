"""The page on which one section is edited: single fields, lists of rows, or both.

A room declares an `Editor` and takes its addresses from `pages_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel.errors import Conflict, Refused
from kith.settings import actions
from kith.settings.in_force import look_again, newest, readable
from kith.settings.models import SettingsVersion
from kith.settings.rows import List, Rows, Values
from kith.settings.sections import Section
from kith.web.rendering import UNPROCESSABLE, render_page

Value = TypeVar("Value")
_BIGGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form of a section says: single fields by name, rows by list."""

    single: Values = field(default_factory=dict)
    rows: Mapping[str, Sequence[Values]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor(Generic[Value]):
    section: Section[Value]
    shown: Callable[[Value], Typed]
    read: Callable[[Typed], Value]
    form: type[forms.Form] | None = None
    lists: tuple[List, ...] = ()
    prepare: Callable[[Draft], None] | None = None
    """Fills in what can be chosen: of other rows, or of other lists."""
    check: Callable[[Draft], None] | None = None
    """Puts what is wrong between rows at its row; called when each row by itself is fine."""
    before: str = ""
    """Template of what stands above the fields."""
    after: str = ""
    """Below them, in the same form."""
    more: Callable[[KithRequest, Draft], Mapping[str, object]] | None = None
    """What these templates need besides."""
    saved: str = "Saved. It counts from now on."


class Draft:
    """The form of a section as it is drawn or read."""

    def __init__(
        self, editor: Editor[Value], before: Typed, *, data: QueryDict | None = None, order: str = ""
    ) -> None:
        self.lists = tuple(
            Rows(spec, saved=before.rows.get(spec.name, ()), data=data, order=order) for spec in editor.lists
        )
        bound = data if not order else None
        self.form = None
        if editor.form is not None:
            initial = before.single if data is None else _as_typed(editor.form, data)
            self.form = editor.form(bound, initial=dict(initial))
        self.problems: list[str] = []
        if editor.prepare is not None:
            editor.prepare(self)

    def rows_of(self, name: str) -> Rows:
        return next(rows for rows in self.lists if rows.spec.name == name)

    def is_valid(self) -> bool:
        single = self.form is None or self.form.is_valid()
        return all([single, *(rows.is_valid() for rows in self.lists)])

    def has_errors(self) -> bool:
        rows = any(row.form.errors for rows in self.lists for row in rows.rows)
        return rows or bool(self.form is not None and self.form.errors)

    def typed(self) -> Typed:
        single = self.form.cleaned_data if self.form is not None else {}
        return Typed(single, {rows.spec.name: rows.cleaned() for rows in self.lists})


def _as_typed(form: type[forms.Form], data: QueryDict) -> Values:
    return {name: one.widget.value_from_datadict(data, {}, name) for name, one in form.base_fields.items()}


def pages_of(editor: Editor[Value], *, place: str, name: str) -> list[URLPattern]:
    """`place`: `types/`. Names: `types` shows, `save-types` saves, or changes the draft."""

    @needs(Permission.SETTINGS_VIEW)
    @require_GET
    def show(request: KithRequest) -> HttpResponse:
        version = newest(editor.section.key)
        before = editor.shown(readable(editor.section, version))
        return _page(request, editor, Draft(editor, before), version=version)

    @needs(Permission.SETTINGS_EDIT)
    @require_POST
    def save(request: KithRequest) -> HttpResponse:
        return _saved(request, editor)

    return [path(place, show, name=name), path(f"{place}save/", save, name=f"save-{name}")]


def _saved(request: KithRequest, editor: Editor[Value]) -> HttpResponse:
    version = newest(editor.section.key)
    before = editor.shown(readable(editor.section, version))
    order = request.POST.get("do", "")
    draft = Draft(editor, before, data=request.POST, order=order)
    if order:
        return _page(request, editor, draft, version=version)
    if draft.is_valid():
        if editor.check is not None:
            editor.check(draft)
        if not draft.has_errors() and _is_saved(request, editor, draft):
            url = reverse(editor.section.url_name)
            return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    return _page(request, editor, draft, version=version, status=UNPROCESSABLE)


def _is_saved(request: KithRequest, editor: Editor[Value], draft: Draft) -> bool:
    try:
        made = actions.save_section(
            actor=request.actor,
            section=editor.section,
            value=editor.read(draft.typed()),
            note=request.POST.get("note", ""),
            based_on=_version(request.POST.get("based_on", "")),
        )
    except (Refused, Conflict) as refused:
        look_again()
        draft.problems.append(refused.message)
        return False
    messages.success(request, editor.saved if made else "Nothing was changed: it said so already.")
    return True


def _version(text: str) -> int | None:
    """None: what Kith came with."""
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if is_number and int(text) <= _BIGGEST else None


def _page(
    request: KithRequest,
    editor: Editor[Value],
    draft: Draft,
    *,
    version: SettingsVersion | None,
    status: int = 200,
) -> HttpResponse:
    may_edit = request.actor.may(Permission.SETTINGS_EDIT)
    if not may_edit:
        _only_shown(draft)
    context = {
        "section": editor.section,
        "editor": editor,
        "draft": draft,
        "version": version,
        "based_on": request.POST.get("based_on", version.pk if version else ""),
        "note": request.POST.get("note", ""),
        "may_edit": may_edit,
        "save_url": f"{request.path.removesuffix('save/')}save/",
        **(editor.more(request, draft) if editor.more else {}),
    }
    return render_page(request, "settings/section_form.html", context, region="editor", status=status)


def _only_shown(draft: Draft) -> None:
    singles = [draft.form] if draft.form is not None else []
    for form in [*singles, *(row.form for rows in draft.lists for row in rows.rows)]:
        for one in form.fields.values():
            one.disabled = True
