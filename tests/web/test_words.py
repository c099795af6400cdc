"""Formats, charts and the template words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from kith.web import charts, formats
from kith.web.paging import page_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context, RequestFactory().get("/?q=a%26b"))


def _plain(text: str) -> str:
    return text.replace(formats.NBSP, " ")


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=1, hours=3), "yesterday"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=122), "4 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(days=-3), "25 Nov 2026"),
    ],
)
def test_an_age_is_said_in_the_largest_unit_that_says_enough(gone: timedelta, words: str) -> None:
    assert _plain(formats.age(NOW - gone, now=NOW)) == words


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=300_000)))
def test_no_age_is_zero_of_a_unit(gone: timedelta) -> None:
    assert not formats.age(NOW - gone, now=NOW).startswith("0")


@pytest.mark.parametrize(
    ("template", "value", "words"),
    [
        ("{{ v|groupid }}", 1_048_576, "1 048 576"),
        ("{{ v|groupid }}", None, "—"),
        ("{{ v|count }}", 184_302, "184,302"),
        ("{{ v|count }}", 0, "0"),
        ("{{ v|count }}", None, "—"),
        ("{{ v|day }}", date(1987, 3, 14), "14 Mar 1987"),
        ("{{ v|day }}", None, "—"),
        ("{{ v|phone }}", "+447700900412", "+44 7700 900412"),
        ("{{ v|phone }}", "not a phone", "not a phone"),
        ('{{ v|money:"EUR" }}', Decimal("1284"), "€ 1,284.00"),
        ('{{ v|money:"GBP" }}', Decimal("-3.5"), "-£ 3.50"),
        ('{{ v|money:"EUR" }}', None, "—"),
        ("{{ v|duration }}", timedelta(seconds=4805), "1 h 20 min"),
        ("{{ v|duration }}", timedelta(minutes=15), "15 min"),
    ],
)
def test_values_read_as_people_write_them(template: str, value: object, words: str) -> None:
    assert _plain(_render(template, v=value)) == words


def test_ago_carries_the_exact_time() -> None:
    html = _plain(_render("{{ v|ago }}", v=NOW))
    assert 'title="22 Nov 2026, 12:00:00 UTC"' in html
    assert 'datetime="2026-11-22T12:00:00+00:00"' in html


def test_a_dot_takes_a_colour_and_nothing_else() -> None:
    assert 'fill="#3b6fb6"' in _render('{% dot "#3b6fb6" %}')
    assert "script" not in _render("{% dot v %}", v='"><script>')


def test_an_icon_is_silent() -> None:
    assert 'aria-hidden="true"' in _render('{% icon "inbox" %}')


class Example(forms.Form):
    name = forms.CharField(help_text="As in the passport")
    may = forms.BooleanField(required=False)
    which = forms.MultipleChoiceField(choices=[("1", "One")], widget=forms.CheckboxSelectMultiple)


def test_a_field_has_its_label_help_and_error_tied_to_it() -> None:
    html = _render("{% formfield f.name %}", f=Example({}))
    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_a_group_of_boxes_is_a_fieldset_with_a_legend() -> None:
    html = _render("{% formfield f.which %}", f=Example())
    assert "<fieldset" in html
    assert "<legend>Which" in html


def test_progress_is_said_in_words_too() -> None:
    assert "5 of 10 rows · 50 %" in _render('{% progressbar 5 10 "rows" %}')
    assert "max" not in _render('{% progressbar 5 None "rows" %}')


def test_the_pager_keeps_the_rest_of_the_address() -> None:
    page = page_of(list(range(120)), RequestFactory().get("/?page=2"))
    html = _render("{% pager page %}", page=page)
    assert "?q=a%26b&amp;page=1" in html
    assert "?q=a%26b&amp;page=3" in html


def test_one_page_needs_no_pager() -> None:
    assert _render("{% pager page %}", page=page_of([1], RequestFactory().get("/"))).strip() == ""


@pytest.mark.parametrize("asked", ["", "0", "-4", "x", "²", "9" * 40])
def test_any_page_number_is_harmless(asked: str) -> None:
    page = page_of(list(range(10)), RequestFactory().get("/", {"page": asked}), size=4)
    assert page.number >= 1
    assert not page.has_next or page.rows


@given(st.lists(st.integers(), max_size=40), st.integers(1, 7))
def test_the_pages_together_are_the_list(rows: list[int], size: int) -> None:
    seen: list[int] = []
    for number in range(1, 60):
        page = page_of(rows, RequestFactory().get("/", {"page": str(number)}), size=size)
        seen += page.rows
        if not page.has_next:
            break
    assert seen == rows


def test_a_sparkline_has_a_text_equivalent() -> None:
    html = _render('{% sparkline v "Three days" %}', v=[1, 5, 2])
    assert 'role="img"' in html
    assert 'aria-label="Three days"' in html


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60))
def test_a_sparkline_stays_in_its_box(values: list[int]) -> None:
    chart = charts.sparkline(values, width=160, height=36)
    assert chart is not None
    for point in chart.line.split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= 160
        assert 0 <= y <= 36


def test_a_sparkline_of_nothing_says_so() -> None:
    assert "No figures yet" in _render("{% sparkline v 'x' %}", v=[])


def test_a_waterfall_stands_left_of_the_middle_for_what_speaks_against() -> None:
    bars = charts.waterfall([("Name", 4.0, "same"), ("Birth", -2.0, "differs"), ("Phone", 0, "no evidence")])
    assert [(bar.x, bar.width, bar.tone) for bar in bars] == [
        (100, 100, "for"),
        (50, 50, "against"),
        (100, 0, "none"),
    ]
    assert "no evidence" in _render("{% waterfall s %}", s=[("Phone", 0, "no evidence")])
