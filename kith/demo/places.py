"""Countries of the demo: where people live, what their streets, postcodes and telephones look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """`towns`: `name=latin:postcode prefixes`; the postcode goes on with `digits` random digits and a `tail`.

    `mobile`, `landline`: national prefixes (as dialled from abroad) with the number of digits that follow.
    `street`: how a street is written, in full and short, with `{}` for its own name.
    """

    code: str
    name: str
    culture: str
    share: float
    calling: str
    mobile: tuple[tuple[str, int], ...]
    landline: tuple[tuple[str, int], ...]
    towns: str
    digits: int
    tail: str = ""
    street: tuple[tuple[str, str], ...]
    streets: str
    number_first: bool = False
    language: str = "en"
    legal_forms: tuple[tuple[str, ...], ...] = (("Ltd", "Limited", "LTD", "Ltd."),)


IN_ENGLISH: Final = {
    "Οδός {}": "{} Street",
    "Λεωφόρος {}": "{} Avenue",
    "شارع {}": "{} St",
    "{}通り": "{}-dori",
}
"""Street words that an English-speaking clerk translates."""

BRITISH_FICTION: Final = (
    "207946", "161496", "121496", "131496", "141496", "151496", "113496", "114496", "116496", "117496",
)  # fmt: skip
"""Area codes and exchanges whose last four digits Ofcom keeps for drama."""

COUNTRIES: Final = (
    Country(
        code="CY", name="Cyprus", culture="el", share=0.42, calling="357",
        mobile=(("99", 6), ("97", 6), ("96", 6), ("95", 6)), landline=(("22", 6), ("25", 6), ("24", 6)),
        towns="""Λευκωσία=Nicosia:10,20,11,21 Λεμεσός=Limassol:30,31,40,41 Λάρνακα=Larnaca:60,70
        Πάφος=Paphos:80,82 Στρόβολος=Strovolos:20 Αγλαντζιά=Aglandjia:21 Λακατάμεια=Lakatamia:23
        Παραλίμνι=Paralimni:52 Γερμασόγεια=Germasogeia:40 Αραδίππου=Aradippou:71 Έγκωμη=Engomi:24
        Λατσιά=Latsia:22""",
        digits=2, street=(("Οδός {}", "{} Str."), ("Λεωφόρος {}", "{} Ave"), ("{}", "{}")),
        streets="""Μακαρίου=Makariou Γρίβα=Griva Ελευθερίας=Eleftherias Κένεντι=Kennedy
        Αθηνών=Athinon Λήδρας=Ledras Ερμού=Ermou Σολωμού=Solomou Παλαμά=Palama Ανεξαρτησίας=Anexartisias
        Δημοκρατίας=Dimokratias Ομήρου=Omirou Σταδίου=Stadiou Κερύνειας=Kyrenias Αμμοχώστου=Ammochostou
        Λεωνίδου=Leonidou Αφροδίτης=Aphroditis Ευαγόρου=Evagorou Γλάδστωνος=Gladstonos Βύρωνος=Vyronos
        Φανερωμένης=Faneromenis Ζήνωνος=Zinonos""",
        language="el",
    ),
    Country(
        code="GR", name="Greece", culture="el", share=0.14, calling="30",
        mobile=(("694", 7), ("697", 7), ("698", 7)), landline=(("210", 7), ("2310", 6)),
        towns="""Αθήνα=Athens:105_,106_,115_,117_ Θεσσαλονίκη=Thessaloniki:546_,542_
        Πάτρα=Patras:262_ Πειραιάς=Piraeus:185_ Ηράκλειο=Heraklion:712_ Λάρισα=Larissa:412_
        Βόλος=Volos:382_ Ιωάννινα=Ioannina:452_ Χανιά=Chania:731_ Γλυφάδα=Glyfada:166_
        Μαρούσι=Marousi:151_""",
        digits=2, street=(("{}", "{}"), ("Λεωφόρος {}", "Leof. {}"), ("Οδός {}", "{}")),
        streets="""Πανεπιστημίου=Panepistimiou Ακαδημίας=Akadimias Σόλωνος=Solonos Ερμού=Ermou
        Τσιμισκή=Tsimiski Εγνατία=Egnatia Βενιζέλου=Venizelou Καποδιστρίου=Kapodistriou
        Κολοκοτρώνη=Kolokotroni Πατησίων=Patision Κηφισίας=Kifisias Αλεξάνδρας=Alexandras
        Βουλιαγμένης=Vouliagmenis Μπουμπουλίνας=Bouboulinas Φιλελλήνων=Filellinon""",
        language="el", legal_forms=(("AE", "S.A.", "Α.Ε."), ("EPE", "E.P.E.", "ΕΠΕ")),
    ),
    Country(
        code="GB", name="United Kingdom", culture="en", share=0.17, calling="44",
        mobile=(("7400", 6), ("7787", 6)), landline=tuple((area, 4) for area in BRITISH_FICTION),
        towns="""London:SW4_,N12_,E17_,W5_,SE22_ Manchester:M14_,M20_ Birmingham:B13_,B29_
        Leeds:LS6_,LS17_ Bristol:BS6_ Liverpool:L18_ Sheffield:S10_ Edinburgh:EH9_ Glasgow:G12_
        Cardiff:CF23_ Nottingham:NG5_ Brighton:BN3_ Oxford:OX4_ York:YO24_ Norwich:NR2_ Newcastle:NE3_
        Southampton:SO15_""",
        digits=1, tail="@@",
        street=(("{} Road", "{} Rd"), ("{} Street", "{} St"), ("{} Avenue", "{} Ave"), ("{} Close", "{} Cl")),
        streets="""Church Station Victoria Park Queen's Mill Manor King's Green Chapel Grange London
        Springfield Albert Windsor Highfield School York Alexandra Broadway Northfield Elm Cedar Maple
        Orchard""",
        number_first=True,
    ),
    Country(
        code="DE", name="Germany", culture="de", share=0.05, calling="49",
        mobile=(("151", 8), ("160", 7), ("171", 7)), landline=(("30", 8), ("89", 8)),
        towns="""Berlin:101,104,120 München=Munich:803,815 Hamburg:202,223 Köln=Cologne:506,509
        Frankfurt:603,605 Stuttgart:701 Düsseldorf:402 Leipzig:041 Nürnberg=Nuremberg:904 Dresden:010""",
        digits=2, street=(("{}straße", "{}str."), ("{}weg", "{}weg"), ("{}allee", "{}allee")),
        streets="""Haupt Schiller Goethe Bahnhof Garten Linden Berg Kirch Wald Mozart Schul Rosen
        Ring Eichen Birken König Markt Mühlen""",
        language="de", legal_forms=(("GmbH", "G.m.b.H.", "gmbh"), ("AG", "Aktiengesellschaft")),
    ),
    Country(
        code="NL", name="Netherlands", culture="nl", share=0.03, calling="31",
        mobile=(("612", 6), ("653", 6), ("624", 6)), landline=(("20", 7), ("10", 7)),
        towns="""Amsterdam:101,107,109 Rotterdam:301,303 Utrecht:351,358 Eindhoven:561 Groningen:971
        Haarlem:201 Leiden:231""",
        digits=1, tail=" @@", street=(("{}straat", "{}str."), ("{}laan", "{}ln"), ("{}weg", "{}weg")),
        streets="""Dorps Kerk Molen School Wilhelmina Juliana Beatrix Nieuw Kastanje Linden Beuken
        Eiken Stations Haven""",
        language="nl", legal_forms=(("B.V.", "BV", "bv"), ("N.V.", "NV")),
    ),
    Country(
        code="FR", name="France", culture="fr", share=0.03, calling="33",
        mobile=(("612", 6), ("670", 6)), landline=(("14", 7), ("47", 7)),
        towns="""Paris:750 Lyon:690 Marseille:130 Toulouse:310 Nice:060 Nantes:440 Bordeaux:330
        Lille:590 Besançon:250""",
        digits=2, street=(("Rue {}", "R. {}"), ("Avenue {}", "Av. {}"), ("Boulevard {}", "Bd {}")),
        streets="""Pasteur Hugo Gambetta Foch République Molière Voltaire Carnot Ferry Verdun Zola
        Rivoli Moulin Liberté""",
        number_first=True, language="fr", legal_forms=(("SARL", "S.A.R.L."), ("SAS", "S.A.S.")),
    ),
    Country(
        code="ES", name="Spain", culture="es", share=0.03, calling="34",
        mobile=(("612", 6), ("654", 6), ("679", 6)), landline=(("91", 7), ("93", 7)),
        towns="""Madrid:280 Barcelona:080 Valencia:460 Sevilla=Seville:410 Málaga:290 Bilbao:480
        Zaragoza:500 Cádiz:110""",
        digits=2, street=(("Calle {}", "C/ {}"), ("Avenida {}", "Avda. {}"), ("Plaza {}", "Pza. {}")),
        streets="""Mayor Real Cervantes Goya Velázquez Colón Serrano Constitución Alcalá Picasso
        Lepanto Sevilla Bailén""",
        language="es", legal_forms=(("S.L.", "SL", "Sociedad Limitada"), ("S.A.", "SA")),
    ),
    Country(
        code="IE", name="Ireland", culture="ga", share=0.035, calling="353",
        mobile=(("85", 7), ("86", 7), ("87", 7)), landline=(("16", 6), ("214", 6)),
        towns="""Dublin:D02_,D06_,D14_ Cork:T12_,T23_ Galway:H91_ Limerick:V94_ Waterford:X91_
        Sligo:F91_ Kilkenny:R95_""",
        digits=0, tail="@#@#", street=(("{} Road", "{} Rd"), ("{} Street", "{} St"), ("{} Park", "{} Pk")),
        streets="""O'Connell Pearse Parnell Patrick Clontarf Griffith Collins Shandon Emmet Davitt
        Abbey Castle Strand""",
        number_first=True,
        legal_forms=(("Ltd", "Limited", "Teoranta"), ("DAC", "Designated Activity Company")),
    ),
    Country(
        code="PL", name="Poland", culture="pl", share=0.03, calling="48",
        mobile=(("501", 6), ("602", 6), ("691", 6)), landline=(("22", 7), ("12", 7)),
        towns="""Warszawa=Warsaw:00-,02- Kraków=Krakow:30-,31- Łódź=Lodz:90- Wrocław:50- Poznań:60-
        Gdańsk:80- Lublin:20-""",
        digits=3, street=(("ul. {}", "{}"), ("al. {}", "al. {}")),
        streets="""Polna Leśna Słoneczna Krótka Szkolna Ogrodowa Lipowa Łąkowa Brzozowa Kwiatowa
        Kościelna Sosnowa Zielona Mickiewicza Kościuszki""",
        language="pl", legal_forms=(("Sp. z o.o.", "sp. z o. o.", "Spółka z o.o."),),
    ),
    Country(
        code="UA", name="Ukraine", culture="uk", share=0.03, calling="380",
        mobile=(("50", 7), ("67", 7), ("93", 7)), landline=(("44", 7), ("32", 7)),
        towns="""Київ=Kyiv:010,020,031 Львів=Lviv:790 Одеса=Odesa:650 Харків=Kharkiv:610
        Дніпро=Dnipro:490 Полтава=Poltava:360""",
        digits=2, street=(("вул. {}", "vul. {}"), ("просп. {}", "prosp. {}")),
        streets="""Шевченка Франка Хрещатик Садова Соборна Лісова Миру Незалежності Грушевського
        Зелена Паркова Київська""",
        language="uk", legal_forms=(("LLC", "TOV", "ТОВ"),),
    ),
    Country(
        code="AE", name="United Arab Emirates", culture="ar", share=0.025, calling="971",
        mobile=(("50", 7), ("55", 7), ("52", 7)), landline=(("42", 6), ("26", 6)),
        towns="دبي=Dubai: الشارقة=Sharjah: عجمان=Ajman: العين=Al-Ain:", digits=0,
        street=(("شارع {}", "{} St"), ("{} Road", "{} Rd")),
        streets="""الوصل=Al-Wasl الخليج=Al-Khaleej الاتحاد=Al-Ittihad النهضة=Al-Nahda
        الجميرا=Jumeirah المرقبات=Muraqqabat""",
        language="ar", legal_forms=(("LLC", "L.L.C."), ("FZE", "F.Z.E.")),
    ),
    Country(
        code="JP", name="Japan", culture="ja", share=0.01, calling="81",
        mobile=(("9012", 6), ("8034", 6)), landline=(("33", 7),),
        towns="""東京=Tokyo:150-00,160-00 大阪=Osaka:530-00 京都=Kyoto:600-81 横浜=Yokohama:220-00
        札幌=Sapporo:060-00""",
        digits=2, street=(("{}", "{}"), ("{}通り", "{}-dori")),
        streets="""本町=Honcho 中央=Chuo 青葉=Aoba 桜木=Sakuragi 緑=Midori 旭=Asahi 栄=Sakae
        若葉=Wakaba""",
        language="ja", legal_forms=(("K.K.", "KK", "Co., Ltd."),),
    ),
)  # fmt: skip
