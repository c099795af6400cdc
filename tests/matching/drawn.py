"""Records for property tests, from few values each, so that many of them nearly match."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from kith.matching.comparable import Comparable

_first = st.sampled_from(
    ["", "anna", "ann", "hanna", "bob", "robert", "william", "kostas", "konstantinos", "a"]
)
_last = st.sampled_from(["", "smith", "smyth", "schmidt", "smith jones", "papadopoulos", "papadopulos"])
_mail = st.lists(
    st.sampled_from(["", "a@x.example", "ab@x.example", "b@y.example", "ab@y.example"]), max_size=2
)
_street = st.sampled_from(["", "12 high street", "12 high stret", "1 low lane"])
_postcode = st.sampled_from(["", "n16xy", "n16xz", "10552"])
_day = st.one_of(st.none(), st.integers(0, 40).map(lambda n: date(1980, 1, 1) + timedelta(days=n)))
_number = st.sampled_from(["", "", "1", "2", "77120", "77121"])
_addresses = st.lists(st.tuples(_street, _postcode), max_size=2)


@st.composite
def drawn_records(draw: st.DrawFn) -> Comparable:
    addresses = draw(_addresses)
    return Comparable(
        record_id=0,
        kind=draw(st.sampled_from(["person", "person", "person", "company"])),
        gender=draw(st.sampled_from(["", "female", "male"])),
        first_key=draw(_first),
        middle_key=draw(_first),
        last_key=draw(_last),
        company_key=draw(_last),
        emails=tuple(draw(_mail)),
        phones=tuple(draw(st.lists(st.sampled_from(["", "+1", "+2"]), max_size=2))),
        birth_date=draw(_day),
        id_number=draw(_number),
        passport_number=draw(_number),
        vat_number=draw(_number),
        street_keys=tuple(street for street, _ in addresses),
        postcode_keys=tuple(postcode for _, postcode in addresses),
    )
