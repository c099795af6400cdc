import pytest

from kith.matching.surname_forms import last_name_stem

ONE_FAMILY = (
    ("novak", "novakova"),
    ("hajek", "hajkova"),
    ("svoboda", "svobodova"),
    ("novotny", "novotna"),
    ("nemec", "nemcova"),
    ("cerny", "cerna"),
    ("papadopoulos", "papadopoulou"),
    ("nikolaidis", "nikolaidou"),
    ("mitsotakis", "mitsotaki"),
    ("makris", "makri"),
    ("pappas", "pappa"),
    ("ivanov", "ivanova"),
    ("ivanov", "ivanoff"),
    ("gorbachev", "gorbacheva"),
    ("solovyov", "solovieva"),
    ("dostoevskiy", "dostoyevskaya"),
    ("chaykovskiy", "tschaikowski"),
    ("kowalski", "kowalska"),
    ("pushkin", "pushkina"),
    ("kazlauskas", "kazlauskiene"),
    ("kazlauskas", "kazlauskaite"),
    ("petraitis", "petraityte"),
    ("berzins", "berzina"),
    ("muller", "mueller"),
    ("sorlie", "soerlie"),
    ("norgard", "norgaard"),
    ("macdonald", "mcdonald"),
    ("dijkstra", "dykstra"),
    ("vonhagenau", "hagenau"),
    ("omahoney", "mahoney"),
    ("oikonomou", "economou"),
    ("chatzigeorgiou", "hadjigeorgiou"),
    ("gim", "kim"),
    ("yi", "lee"),
)
TWO_FAMILIES = (
    ("martin", "martini"),
    ("rossi", "ross"),
    ("costa", "cost"),
    ("garcia", "garza"),
    ("jones", "jonas"),
    ("kelly", "kell"),
    ("murphy", "murray"),
    ("hansen", "hanson"),
    ("georgiou", "george"),
    ("davis", "davies"),
    ("kim", "lee"),
    ("li", "lee"),
)


@pytest.mark.parametrize(("one", "other"), ONE_FAMILY)
def test_two_forms_of_one_family_name_have_one_stem(one: str, other: str) -> None:
    assert last_name_stem(one) == last_name_stem(other) != ""


@pytest.mark.parametrize(("one", "other"), TWO_FAMILIES)
def test_two_family_names_have_two_stems(one: str, other: str) -> None:
    assert last_name_stem(one) != last_name_stem(other)


@pytest.mark.parametrize("name", ["", "o", "ng", "xu", "van", "de la"])
def test_what_is_short_keeps_a_stem(name: str) -> None:
    assert bool(last_name_stem(name)) == bool(name)
