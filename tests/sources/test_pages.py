from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.sources import actions
from kith.sources.loading import Counts
from kith.sources.models import CleaningSettings, Import, SourceSystem
from kith.sources.trying import try_out
from tests.sources.conftest import Importer

SignIn = Callable[[User], Client]
CSV = "Client ID,First name,E-mail\n1,Ann,ann@example.org\n,Eve,=1+1\n"


def upload(client: Client, source: SourceSystem, text: str = CSV) -> Import:
    file = SimpleUploadedFile("clients.csv", text.encode())
    response = client.post(
        reverse("imports:add"), {"source": source.pk, "kind": "contacts", "file": file}, follow=True
    )
    assert response.status_code == 200, response.text
    return Import.objects.latest("pk")


VIEWS = [
    ("sources:list", "GET", False),
    ("sources:add", "GET", False),
    ("sources:edit", "GET", True),
    ("sources:cleaning", "GET", False),
    ("imports:list", "GET", False),
    ("imports:add", "GET", False),
    ("imports:detail", "GET", True),
    ("imports:mapping", "GET", True),
    ("imports:preview", "GET", True),
    ("imports:rejects", "GET", True),
]


@pytest.mark.parametrize(("name", "method", "has_id"), VIEWS)
def test_each_page_works_asks_for_sign_in_refuses_and_survives_nonsense(
    name: str,
    method: str,
    has_id: bool,
    source: SourceSystem,
    power_user: User,
    viewer: User,
    client: Client,
    client_of: SignIn,
) -> None:
    job = actions.add_import(
        actor=COMMAND_LINE, source=source, kind="contacts", file_name="c.csv", content=[CSV.encode()]
    )
    subject = source.pk if name.startswith("sources") else job.pk
    url = reverse(name, args=[subject] if has_id else [])
    colleague = client_of(power_user)
    assert colleague.get(url).status_code == 200
    assert client.get(url).status_code == 302
    refused = client_of(viewer).get(url).status_code
    assert refused == (200 if name == "sources:list" else 403)
    if has_id:
        assert colleague.get(url.replace(f"/{subject}/", "/999999999/")).status_code == 404
        assert colleague.get(url.replace(f"/{subject}/", "/nonsense/")).status_code == 404


@pytest.mark.parametrize("name", ["sources:pause", "sources:resume", "imports:start", "imports:cancel"])
def test_changes_are_refused_to_viewers_and_on_get(
    name: str, source: SourceSystem, viewer: User, power_user: User, client_of: SignIn
) -> None:
    url = reverse(name, args=[source.pk])
    assert client_of(viewer).post(url).status_code == 403
    assert client_of(power_user).get(url).status_code == 405


@pytest.mark.slow
def test_c32_a_steward_takes_a_file_from_upload_to_result(
    source: SourceSystem,
    steward: User,
    client_of: SignIn,
    transactional_db: None,
    run_jobs: Callable[[], None],
) -> None:
    browser = client_of(steward)
    job = upload(browser, source)
    mapped = browser.post(
        reverse("imports:mapping", args=[job.pk]),
        {"field-0": "system_ref", "field-1": "first_name", "field-2": ""},
    )
    assert mapped.url == reverse("imports:preview", args=[job.pk])
    assert "1 new" in browser.get(mapped.url).text
    started = browser.post(reverse("imports:start", args=[job.pk]))
    assert started.status_code == 302
    run_jobs()
    page = browser.get(reverse("imports:detail", args=[job.pk])).text
    assert "no System Ref" in page
    job.refresh_from_db()
    assert (job.state, job.new_count, job.rejected_count) == ("done", 1, 1)
    source.refresh_from_db()
    assert source.mappings["contacts"]["E-mail"] == ""


def test_c32_a_formula_comes_back_inert(take_in: Importer, steward: User, client_of: SignIn) -> None:
    job = take_in('Client ID,Note\n,=HYPERLINK("http://x")\n,+44 20 7946\n,@SUM(1)\n')
    text = client_of(steward).get(reverse("imports:rejects", args=[job.pk])).text
    assert "'=HYPERLINK" in text
    assert "'@SUM" in text
    assert ",+44 20 7946" in text
    assert text.startswith("Row,Column,Reason,Client ID,Note")


def test_a_mapping_without_a_system_ref_comes_back_with_the_reason(
    source: SourceSystem, steward: User, client_of: SignIn
) -> None:
    browser = client_of(steward)
    job = upload(browser, source)
    response = browser.post(reverse("imports:mapping", args=[job.pk]), {"field-1": "first_name"})
    assert response.status_code == 422
    assert "System Ref" in response.text


def test_an_upload_that_is_no_table_comes_back_with_the_reason(
    source: SourceSystem, steward: User, client_of: SignIn
) -> None:
    file = SimpleUploadedFile("clients.csv", b"%PDF-1.7")
    response = client_of(steward).post(
        reverse("imports:add"), {"source": source.pk, "kind": "contacts", "file": file}
    )
    assert response.status_code == 422
    assert "PDF" in response.text


def test_k13_a_code_with_a_space_is_refused(power_user: User, client_of: SignIn) -> None:
    given = {
        "code": "MY SHOP",
        "name": "Shop",
        "kind": "retail",
        "priority": 10,
        "colour": "#112233",
        "default_country": "gb",
        "date_order": "DMY",
    }
    browser = client_of(power_user)
    assert browser.post(reverse("sources:add"), given).status_code == 422
    assert browser.post(reverse("sources:add"), {**given, "code": "SHOP"}).status_code == 302
    added = SourceSystem.objects.get(code="SHOP")
    browser.post(reverse("sources:edit", args=[added.pk]), {**given, "code": "OTHER", "name": "New shop"})
    added.refresh_from_db()
    assert (added.code, added.name, added.default_country) == ("SHOP", "New shop", "GB")
    assert Entry.objects.filter(event__in=["SourceAdded", "SourceEdited"]).count() == 2


def test_k13_a_paused_source_takes_nothing_and_keeps_what_it_has(
    take_in: Importer, source: SourceSystem, power_user: User, client_of: SignIn
) -> None:
    take_in(CSV)
    browser = client_of(power_user)
    browser.post(reverse("sources:pause", args=[source.pk]))
    source.refresh_from_db()
    with pytest.raises(actions.Refused, match="paused"):
        take_in(CSV)
    assert source.records.count() == 1
    browser.post(reverse("sources:resume", args=[source.pk]))
    source.refresh_from_db()
    assert source.paused_at is None


@pytest.mark.parametrize("kind", ["person", "company"])
@pytest.mark.parametrize("form", ["csv", "xlsx", "xls"])
def test_a30_templates_download_in_three_formats_and_map_themselves(
    kind: str, form: str, source: SourceSystem, steward: User, client_of: SignIn
) -> None:
    response = client_of(steward).get(reverse("imports:template", args=[kind, form]))
    assert response.status_code == 200
    job = actions.add_import(
        actor=COMMAND_LINE, source=source, kind="contacts", file_name=f"t.{form}", content=[response.content]
    )
    assert "" not in job.mapping.values()
    assert try_out(job).counts == Counts()
    if form == "xlsx":
        assert openpyxl.load_workbook(BytesIO(response.content)).active is not None


def test_the_placeholder_list_is_edited_by_power_users(power_user: User, client_of: SignIn) -> None:
    browser = client_of(power_user)
    assert browser.post(reverse("sources:cleaning-save"), {"texts": "n/a\nBOX OFFICE"}).status_code == 302
    assert "box office" in CleaningSettings.objects.get().junk["texts"]
