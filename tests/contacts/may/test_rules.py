from __future__ import annotations

import itertools
from datetime import date

import pytest

from kith.contacts.may.rules import ALL, Act, Ask, Channel, Facts, Message, may_we

ORDER = ("anonymised", "deceased", "suppressed", "restricted", "consent", "marketing")
DAY = date(2026, 5, 3)


def facts(
    *,
    anonymised: bool,
    deceased: bool,
    suppressed: bool,
    consent: bool,
    opted_out: bool,
    restricted: bool = False,
) -> Facts:
    return Facts(
        is_active=not anonymised,
        is_anonymised=anonymised,
        is_deceased=deceased,
        suppressed=frozenset({ALL} if suppressed else ()),
        restricted_since=DAY if restricted else None,
        consent_forbids=consent,
        opted_out=frozenset({Message.MARKETING, Message.AFFILIATE} if opted_out else ()),
    )


@pytest.mark.parametrize("message", Message)
@pytest.mark.parametrize("said", list(itertools.product([False, True], repeat=6)))
def test_x5_all_64_combinations(said: tuple[bool, ...], message: Message) -> None:
    """Anonymised? deceased? suppressed? restricted (not what the law demands)? consent? opted out (marketing
    only)? All must pass.
    """
    anonymised, deceased, suppressed, restricted, consent, opted_out = said
    known = facts(
        anonymised=anonymised,
        deceased=deceased,
        suppressed=suppressed,
        restricted=restricted,
        consent=consent,
        opted_out=opted_out,
    )
    decision = may_we(known, Ask(act=Act.CONTACT, channel=Channel.EMAIL, message=message))
    counts_opt_out = message in {Message.MARKETING, Message.AFFILIATE}
    counts_restriction = message is not Message.CRITICAL
    forbids = (
        anonymised,
        deceased,
        suppressed,
        restricted and counts_restriction,
        consent,
        opted_out and counts_opt_out,
    )
    assert bool(decision) is not any(forbids)
    named = [next(word for word in ORDER if word in reason) for reason in decision.reasons]
    assert named == [word for word, forbidden in zip(ORDER, forbids, strict=True) if forbidden]


def test_a_critical_message_skips_the_opt_out_and_never_the_suppression() -> None:
    ask = Ask(act=Act.CONTACT, channel=Channel.POST, message=Message.CRITICAL)
    plain = {"anonymised": False, "deceased": False, "consent": False}
    assert may_we(facts(**plain, suppressed=False, opted_out=True), ask)
    assert not may_we(facts(**plain, suppressed=True, opted_out=False), ask)


def test_what_is_suppressed_by_e_mail_may_be_called_but_is_in_no_audience() -> None:
    known = Facts(
        is_active=True,
        is_anonymised=False,
        is_deceased=False,
        suppressed=frozenset({"email"}),
        restricted_since=None,
        consent_forbids=False,
        opted_out=frozenset(),
    )
    assert not may_we(known, Ask(act=Act.CONTACT, channel=Channel.EMAIL, message=Message.SERVICE))
    assert may_we(known, Ask(act=Act.CONTACT, channel=Channel.PHONE, message=Message.SERVICE))
    assert not may_we(known, Ask(act=Act.SELECT))


def test_a11_the_deceased_trade_no_more_and_may_be_changed_and_grouped() -> None:
    known = facts(anonymised=False, deceased=True, suppressed=True, consent=False, opted_out=False)
    assert not may_we(known, Ask(act=Act.TRADE))
    assert may_we(known, Ask(act=Act.CHANGE))
    assert may_we(known, Ask(act=Act.GROUP))


@pytest.mark.parametrize(
    ("act", "is_allowed"),
    [(Act.SELECT, False), (Act.CHANGE, False), (Act.TRADE, False), (Act.GROUP, True)],
)
def test_x5_who_is_restricted_is_neither_selected_nor_changed_nor_traded_with(
    act: Act, is_allowed: bool
) -> None:
    plain = {"anonymised": False, "deceased": False, "suppressed": False, "consent": False}
    decision = may_we(facts(**plain, opted_out=False, restricted=True), Ask(act=act))
    assert bool(decision) is is_allowed
    if not is_allowed:
        assert decision.reasons == (
            "its processing has been restricted since 3 May 2026: "
            "a privacy officer lifts it under Suppressions",
        )


@pytest.mark.parametrize("channel", Channel)
def test_x5_who_is_restricted_hears_what_the_law_demands_unless_suppressed_too(channel: Channel) -> None:
    plain = {"anonymised": False, "deceased": False, "consent": False, "opted_out": True, "restricted": True}
    for message in Message:
        ask = Ask(act=Act.CONTACT, channel=channel, message=message)
        assert bool(may_we(facts(**plain, suppressed=False), ask)) is (message is Message.CRITICAL)
        assert not may_we(facts(**plain, suppressed=True), ask)


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.CONTACT])
def test_x9_with_whoever_was_anonymised_nothing_is_done(act: Act) -> None:
    known = facts(anonymised=True, deceased=False, suppressed=False, consent=False, opted_out=False)
    assert may_we(known, Ask(act=act)).reasons == ("it was anonymised",)


def test_to_contact_without_a_channel_or_a_purpose_is_no_question() -> None:
    with pytest.raises(ValueError, match="by a channel"):
        Ask(act=Act.CONTACT, channel=Channel.EMAIL)
