"""Surnames by culture, commonest first: some everyday ones by hand, the rest composed as each language does.

Each is (native man's form, native woman's form, latin man's form, latin woman's form).
"""

from __future__ import annotations

from itertools import product
from typing import Final

from kith.demo import scripts

Forms = tuple[str, str, str, str]


def _words(text: str) -> list[str]:
    return text.split()


GREEK_COMMON: Final = _words("""Γεωργίου Ιωάννου Χριστοδούλου Χαραλάμπους Δημητρίου Κωνσταντίνου
Ανδρέου Νικολάου Παναγιώτου Χριστοφόρου Αντωνίου Μιχαήλ Θεοδώρου Στυλιανού Σάββα Κυριάκου Παύλου Πέτρου
Στεφάνου Αλεξάνδρου Φιλίππου Νεοφύτου Λοΐζου Ευαγγέλου Κλεάνθους Αριστείδου Σωτηρίου Θεοφάνους
Ξενοφώντος Ηρακλέους Περικλέους Αγαθοκλέους Ζήνωνος Αθανασίου Σπύρου Γρηγορίου Μάρκου Λουκά Ηλία
Αποστόλου Βασιλείου Ευσταθίου Οικονόμου Τσαγκάρη Μαυρομμάτη""")
GREEK_STEMS: Final = _words("""Γεωργ Νικολ Δημητρ Κωνσταντιν Ιωανν Βασιλ Χριστ Θεοδωρ Αντων Αθανασ
Σταυρ Μιχαλ Παναγιωτ Ανδρε Χαραλαμπ Στεφαν Αλεξανδρ Φιλιππ Πετρ Παυλ Σωτηρ Γρηγορ Σπυρ Μαρκ Ηλι Αποστολ
Ευαγγελ Λαμπρ Αναστασ Αγγελ Κυριακ Παρασκευ Σαββ Λουκ Ραφτ Καλογερ Μαυρ Ξανθ Μακρ Καρα""")
GREEK_ENDINGS: Final = (
    ("όπουλος", "οπούλου"),
    ("ίδης", "ίδου"),
    ("άκης", "άκη"),
    ("άδης", "άδου"),
    ("άτος", "άτου"),
)

ENGLISH_COMMON: Final = _words("""Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel
Robinson Wright Thompson Evans Walker White Roberts Green Hall Thomas Clarke Jackson Wood Harris Edwards
Turner Martin Cooper Hill Ward Hughes Moore Clark King Harrison Lewis Baker Lee Allen Morris Khan Scott
Watson Davis Parker James Bennett Young Phillips Richardson Mitchell Bailey Carter Cook Singh Shaw Bell
Collins Morgan Kelly Begum Miller Cox Hussain Marshall Simpson Price Anderson Adams Wilkinson Foster
Ellis Murphy Chapman Mason Gray Richards Webb Palmer Holmes Mills Hunt Rogers Stevens Fisher Fox""")
ENGLISH_START: Final = _words("""Ash Brad Black Bar Bent Brook Burn Cald Carl Clay Crow Dun East
Fair Gold Green Hart Hather Holl Kirk Lang Long Mar Nor Oak Pem Red Rams Shel Stan Thorn Under Wake Wal
West Whit Win Wood""")
ENGLISH_END: Final = _words("ford ton ley well wood field worth bury by stead combe son")

GERMAN_COMMON: Final = _words("""Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz
Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann
Hartmann Lange Schmitt Krause Lehmann Köhler Jäger Möller Weiß Vogel Günther Groß""")
GERMAN_START: Final = _words("""Stein Rosen Berg Linden Eichen Wald Kirch Neu Alt Ober Unter Grün
Schwarz König Bach Feld Birken Buchen Hohen Blumen""")
GERMAN_END: Final = _words("mann bach meyer berg feld huber hof dorf müller thal")

DUTCH_CORE: Final = _words("""Jong Vries Boer Groot Wit Haan Bruin Graaf Leeuw Koning Jonge Ruiter""")
DUTCH_PLACE: Final = _words("""Berg Dijk Beek Meer Veen Linden Heuvel Horst Velde Wal Broek Laan
Poel Ven Hoek Brink Bosch Donk Kolk Molen Steen Wiel Zande""")
DUTCH_PLAIN: Final = _words("""Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks
Dekker Brouwer Dijkstra Smits Postma Hoekstra Prins Kuiper Veenstra Kramer""")

FRENCH_COMMON: Final = _words("""Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy
Moreau Simon Laurent Lefèvre Michel García David Bertrand Roux Vincent Fournier Morel Girard André
Mercier Dupont Lambert Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Müller Henry
Roussel Perrin Gauthier Chevalier Besnard Lévêque""")
FRENCH_START: Final = _words(
    "Mont Beau Grand Ville Cour Champ Roche Bois Font Val Haute Belle Clair Mar Chau"
)
FRENCH_END: Final = _words("mont fort pré court val bert lain tier neuf ville")

SPANISH: Final = _words("""García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez
Martín Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez
Vázquez Ramos Gil Ramírez Serrano Blanco Molina Morales Suárez Ortega Delgado Castro Ortiz Rubio Marín
Sanz Núñez Iglesias Medina Garrido Cortés Ibáñez""")

IRISH_PLAIN: Final = _words(
    "Murphy Kelly Walsh Byrne Ryan Doyle Kennedy Lynch Murray Quinn Moore Nolan Power Daly"
)
IRISH_CORE: Final = _words("""Brien Connor Sullivan Neill Reilly Carroll Farrell Gorman Hara Keeffe
Leary Mahony Shea Toole Rourke Donnell Callaghan Dwyer Grady Flynn Driscoll Malley Hanlon Riordan""")
SCOTS_CORE: Final = _words("""Carthy Donagh Mahon Kenna Grath Namara Guire Loughlin Cabe Evoy Gee
Nally Govern Dermott Cormack Donald Keown Hugh""")

POLISH_PLAIN: Final = _words("""Nowak Wójcik Kowalczyk Woźniak Mazur Krawczyk Kaczmarek Zając Król
Wieczorek Wróbel Stępień Dudek Pawlak Sikora Walczak Baran Szewczyk Pietrzak Duda""")
POLISH_STEMS: Final = _words("""Kowal Wiśniew Lewandow Kamiń Zieliń Szymań Dąbrow Kozłow Jankow
Wojciechow Kwiatkow Kaczmar Piotrow Grabow Pawłow Michal Nowakow Adamczew Jabłoń Maj Olszew Jasiń
Malinow Ostrow Sadow Zawadz Wierzb Górn Borkow Czarnec Laskow Makow Urbań Witkow Tomaszew""")
POLISH_PATRON: Final = _words("""Adam Jan Jaku Mar Kuba Wojcie Stankie Sienkie Mickie Rafało
Bartosze Grzegorze Józefo Klimo Łukasze Makare""")

UKRAINIAN_STEMS: Final = _words("""Шевч Ковал Бондар Ткач Кравч Олій Поліщ Савч Мельнич Руд Марч
Мороз Лис Петр Павл Іван Романч Гавриль Кузьм Тимош Захар Яким Данил Левч Василь Юрч Климч Степан Федор
Гриц""")
UKRAINIAN_ENDINGS: Final = (("енко", "енко"), ("ук", "ук"), ("івський", "івська"), ("чак", "чак"))
UKRAINIAN_COMMON: Final = _words(
    "Мельник Шевченко Бойко Коваленко Бондаренко Ткаченко Кравченко Коваль Олійник"
)

ARABIC: Final = _words("""حداد=Haddad خوري=Khoury منصور=Mansour ناصر=Nasser صالح=Saleh حسن=Hassan
علي=Ali إبراهيم=Ibrahim عثمان=Othman فارس=Fares سليمان=Suleiman خليل=Khalil جابر=Jaber عباس=Abbas
رشيد=Rashid حمدان=Hamdan شاهين=Shaheen قاسم=Qasim يوسف=Yousef نجار=Najjar بكر=Bakr زيدان=Zidan
مراد=Murad درويش=Darwish عيسى=Issa كنعان=Kanaan حجازي=Hijazi مصري=Masri شامي=Shami بغدادي=Baghdadi
هاشمي=Hashimi قرشي=Qureshi""")

JAPANESE_START: Final = _words("""山=Yama 田=Ta 川=Kawa 中=Naka 小=Ko 高=Taka 松=Matsu 竹=Take 木=Ki
石=Ishi 村=Mura 森=Mori 西=Nishi 東=Higashi 北=Kita 吉=Yoshi 藤=Fuji 岡=Oka 上=Ue 林=Hayashi""")
JAPANESE_END: Final = _words(
    "田=da 川=kawa 山=yama 村=mura 本=moto 野=no 原=hara 島=shima 崎=saki 井=i 沢=zawa 口=guchi"
)
JAPANESE_COMMON: Final = _words(
    "佐藤=Sato 鈴木=Suzuki 高橋=Takahashi 田中=Tanaka 伊藤=Ito 渡辺=Watanabe 中村=Nakamura"
)


def by_culture() -> dict[str, list[Forms]]:
    return {
        "el": _greek(),
        "en": _same(ENGLISH_COMMON + _joined(ENGLISH_START, ENGLISH_END)),
        "de": _same(GERMAN_COMMON + _joined(GERMAN_START, GERMAN_END)),
        "nl": _same(
            DUTCH_PLAIN
            + [f"de {core}" for core in DUTCH_CORE]
            + _joined(("van den ", "van der ", "van "), DUTCH_PLACE)
        ),
        "fr": _same(FRENCH_COMMON + _joined(FRENCH_START, FRENCH_END)),
        "es": _same(_spanish()),
        "ga": _same(IRISH_PLAIN + _joined(("O'", "Mc"), IRISH_CORE) + _joined(("Mc", "Mac"), SCOTS_CORE)),
        "pl": _polish(),
        "uk": _ukrainian(),
        "ar": _arabic(),
        "ja": _pairs(JAPANESE_COMMON) + _japanese(),
    }


def _forms(man: str, woman: str) -> Forms:
    return man, woman, scripts.latin(man), scripts.latin(woman)


def _same(names: list[str]) -> list[Forms]:
    return [_forms(name, name) for name in dict.fromkeys(names)]


def _joined(starts: tuple[str, ...] | list[str], ends: tuple[str, ...] | list[str]) -> list[str]:
    """Ends vary fastest over a stride, so that the common head of the list is not one stem."""
    names = [start + end for start, end in product(starts, ends)]
    return [names[place * 7 % len(names)] for place in range(len(names))] if len(names) % 7 else names


def _greek() -> list[Forms]:
    common = [_forms(name, name) for name in GREEK_COMMON]
    prefixed = [
        _forms(prefix + name.lower(), prefix + name.lower())
        for prefix, name in product(("Παπα", "Χατζη"), GREEK_COMMON)
    ]
    composed = [
        _forms(stem + man, stem + woman) for (man, woman), stem in product(GREEK_ENDINGS, GREEK_STEMS)
    ]
    return common + composed + prefixed


def _spanish() -> list[str]:
    pairs = [f"{one} {two}" for one, two in product(SPANISH[:24], SPANISH) if one != two]
    return SPANISH + [pairs[place * 89 % len(pairs)] for place in range(420)]


def _polish() -> list[Forms]:
    noble = [_forms(f"{stem}ski", f"{stem}ska") for stem in POLISH_STEMS]
    patron = _same([f"{stem}wicz" for stem in POLISH_PATRON] + [f"{stem}czyk" for stem in POLISH_PATRON])
    return noble[:12] + _same(POLISH_PLAIN) + noble[12:] + patron


def _ukrainian() -> list[Forms]:
    composed = [
        _forms(stem + man, stem + woman) for (man, woman), stem in product(UKRAINIAN_ENDINGS, UKRAINIAN_STEMS)
    ]
    return [_forms(name, name) for name in UKRAINIAN_COMMON] + composed


def _pairs(words: list[str]) -> list[Forms]:
    halves = [word.partition("=") for word in words]
    return [(native, native, spelt, spelt) for native, _, spelt in halves]


def _arabic() -> list[Forms]:
    plain = _pairs(ARABIC)
    return plain + [(f"ال{form[0]}", f"ال{form[0]}", f"Al-{form[2]}", f"Al-{form[2]}") for form in plain]


def _japanese() -> list[Forms]:
    both = [(a.partition("="), b.partition("=")) for a, b in product(JAPANESE_START, JAPANESE_END)]
    made = [(a[0] + b[0], a[2] + b[2]) for a, b in both if a[0] != b[0]]
    return [(native, native, spelt, spelt) for native, spelt in made]
