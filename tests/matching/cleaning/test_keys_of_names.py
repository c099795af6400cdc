from __future__ import annotations

import pytest

from kith.matching.cleaning import fold
from kith.matching.cleaning.emails import mailbox
from kith.matching.cleaning.name_keys import company_key, first_name_key, last_name_key
from kith.matching.nickname_groups import gender_of, same_person_name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Γιώργος", "giorgos"),
        ("Ευάγγελος", "evangelos"),
        ("Μπακογιάννης", "bakogiannis"),
        ("Фёдор", "fedor"),
        ("Федор", "fedor"),
        ("Щербаков", "shcherbakov"),
        ("Олексій", "oleksii"),
        ("Сергій", "serhii"),
        ("Юлія", "yuliia"),
        ("Върбанов", "varbanov"),
        ("Петър", "petar"),
        ("Щърбов", "shtarbov"),
        ("محمد", "mohammed"),
        ("مُحَمَّد", "mohammed"),
        ("على", "ali"),
        ("علی", "ali"),
        ("احمد", "ahmed"),
        ("القحطاني", "alqahtani"),
        ("عبد الله", "abdullah"),
        ("كريم", "karim"),
        ("سلطانوف", "sltanuf"),
        ("אברהם", "avraham"),
        ("שָׂרָה", "sara"),
        ("כהן", "cohen"),
        ("ברקאי", "brkai"),
        ("राहुल", "rahul"),
        ("शर्मा", "sharma"),
        ("सिंह", "singh"),
        ("लक्ष्मी", "lakshmi"),
        ("कुमार", "kumar"),
        ("さとう", "sato"),
        ("タロウ", "taro"),
        ("やまだ", "yamada"),
        ("田中", "tanaka"),
        ("佐々木", "sasaki"),
        ("გიორგი", "giorgi"),
        ("Արամ", "aram"),
        ("Nguyễn", "nguyen"),
        ("Größe", "grosse"),
        ("IŞIK", "isik"),
    ],
)
def test_a_name_of_another_script_has_the_key_of_its_usual_spelling(name: str, key: str) -> None:
    assert fold(name) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Smith-Jones", "smith jones"),
        ("Smith Jones", "smith jones"),
        ("García Márquez", "garcia marquez"),
        ("van der Berg", "vanderberg"),
        ("Berg van der", "vanderberg"),
        ("v.d. Berg", "vanderberg"),
        ("O'Connor", "oconnor"),
        ("O Connor", "oconnor"),
        ("de La Tour", "delatour"),
        ("Al-Hassan", "alhassan"),
        ("Hadji-Ioannou", "hadjiioannou"),
        ("Mac Mathúna", "macmathuna"),
        ("D'Angelo", "dangelo"),
        ("de", "de"),
        ("Van", "van"),
        ("🌸", ""),
    ],
)
def test_the_words_of_a_last_name_stay_apart_and_its_particles_do_not(name: str, key: str) -> None:
    assert last_name_key(name) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Hans-Peter", "hans peter"),
        ("María del Carmen", "maria carmen"),
        ("عبد الله", "abdullah"),
        ("J.", "j"),
        ("de", "de"),
    ],
)
def test_first_names_stay_apart_too(name: str, key: str) -> None:
    assert first_name_key(name) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Ltd.", "ACME Limited"),
        ("Bergmann GmbH & Co. KG", "Bergmann"),
        ("Scena Sp. z o.o.", "SCENA"),
        ("Teatro Nuovo S.p.A.", "Teatro Nuovo SPA"),
        ("Nordlys A/S", "Nordlys AS"),
        ("ООО «Северный Ветер»", "Северный Ветер"),
        ("株式会社 桜舞台", "桜舞台株式会社"),
        ("Hobbs & Daughters", "Hobbs and Daughters Ltd"),
        ("The Lantern Playhouse", "Lantern Playhouse"),
        ("Meridian Intl. Freight", "Meridian International Freight Inc"),
        ("Castelli Bros.", "Castelli Brothers"),
        ("Εκδόσεις Κέδρος Α.Ε.", "Ekdoseis Kedros AE"),
    ],
)
def test_a_company_has_one_key_under_any_legal_form(one: str, other: str) -> None:
    assert company_key(one) == company_key(other) != ""


@pytest.mark.parametrize("name", ["The", "AND", "Co", "A.E.", "Limited", "株式会社", "i"])
def test_a_company_named_by_a_legal_form_alone_still_has_a_key(name: str) -> None:
    assert company_key(name)


@pytest.mark.parametrize(
    ("email", "box"),
    [
        ("ann.lee+shop@gmail.com", "annlee@gmail.com"),
        ("ann.lee@googlemail.com", "annlee@gmail.com"),
        ("ann.lee+shop@work.example", "ann.lee@work.example"),
        ("+@work.example", "+@work.example"),
        ("ann@work.example", "ann@work.example"),
    ],
)
def test_a_mailbox_has_neither_tag_nor_google_s_dots(email: str, box: str) -> None:
    assert mailbox(email) == box


@pytest.mark.parametrize(
    "names",
    [
        "giorgos yiorgos", "giorgos george", "georgi giorgos", "katya ekaterina", "oleksii alexey",
        "serhii sergey",
        "volodymyr vladimir", "wladimir vladimir", "iuliia yuliya", "eugenia evgeniya",
        "litsa evangelia",
        "gus konstantinos", "lupita guadalupe", "abraham avraham", "joseph yosef", "mohd mohammad",
        "fatma fatima",
        "laxmi lakshmi", "sean john", "honza jan", "kees cornelis", "memo mehmet", "beppe giuseppe",
        "ze jose",
        "jiyeong jiyoung", "gosia malgorzata", "ganna anna", "djordje george",
    ],
)  # fmt: skip
def test_variants_of_one_first_name_agree(names: str) -> None:
    assert same_person_name(*names.split())


@pytest.mark.parametrize(
    "names",
    [
        "maria mario", "alexander alexandra", "evgeniy evgeniya", "giannis gianna", "pavel pavla",
        "james jacob", "isabella elizabeth", "robert william", "daniel david", "ana maria", "joseph joshua",
    ],
)  # fmt: skip
def test_brothers_and_sisters_do_not(names: str) -> None:
    assert not same_person_name(*names.split())


@pytest.mark.parametrize(
    ("name", "gender"),
    [
        ("giannis", "male"),
        ("gianna", "female"),
        ("maria", "female"),
        ("maria elena", "female"),
        ("marios", "male"),
        ("sasha", ""),
        ("alex", ""),
        ("jean", ""),
        ("nobody", ""),
        ("", ""),
    ],
)
def test_the_list_knows_whose_name_it_is_where_only_one_gender_bears_it(name: str, gender: str) -> None:
    assert gender_of(name) == gender
