"""Given names by culture and gender, commonest first: `native=latin:other spellings and pet names`.

Where `=latin` is missing, `scripts.latin` makes it. The lists are our own choice of everyday names.
"""

from __future__ import annotations

from typing import Final

MALE: Final = {
    "el": """Γιώργος:George,Georgios,Yiorgos Ανδρέας:Andreas,Andrew
    Κώστας:Konstantinos,Costas,Kostis,Costa Νίκος:Nikolaos,Nicos,Nick Γιάννης:Ioannis,Yiannis,John
    Δημήτρης:Dimitrios,Demetris,Jimmy Χρίστος:Christos,Chris Μιχάλης:Michael,Michalis,Mike
    Παναγιώτης:Panayiotis,Panos,Takis Χρήστος:Christos,Chris Μάριος:Marios Αντώνης:Antonis,Anthony,Tony
    Πέτρος:Petros,Peter Στέλιος:Stylianos,Stelios Θεόδωρος:Theo,Theodoros,Doros Λουκάς:Loucas,Luke
    Παύλος:Pavlos,Paul Σάββας:Savvas Κυριάκος:Kyriacos,Kikis Χαράλαμπος:Charalambos,Harris,Pambos
    Αλέξανδρος:Alex,Alexandros,Alekos Στέφανος:Stephanos,Steven Βασίλης:Vasilis,Vassilios,Bill
    Σωτήρης:Sotiris Γρηγόρης:Gregory,Grigoris Ευάγγελος:Vangelis,Evangelos Σπύρος:Spyridon,Spiros
    Ηλίας:Elias Θανάσης:Athanasios,Nasos Φίλιππος:Philip,Philippos Λευτέρης:Eleftherios,Lefteris
    Σταύρος:Stavros,Steve Άγγελος:Angelos Μάρκος:Marcos,Mark Νεόφυτος:Neophytos Ξένιος:Xenios
    Ορέστης:Orestis Ραφαήλ:Raphael Τάσος:Anastasios,Tassos Φώτης:Fotis,Photios Χριστόφορος:Christoforos
    Απόστολος:Apostolos,Tolis Αριστείδης:Aristides,Aris Ζήνωνας:Zenon Ιάκωβος:Iacovos,James
    Κλεάνθης:Cleanthis Λάμπρος:Lambros Μενέλαος:Menelaos Οδυσσέας:Odysseas Περικλής:Pericles
    Προκόπης:Procopis""",
    "en": """James:Jim,Jamie,Jimmy David:Dave John:Jack,Johnny Michael:Mike,Mick Paul
    Andrew:Andy,Drew Robert:Rob,Bob,Bobby William:Will,Bill,Billy Richard:Rick,Dick,Rich
    Thomas:Tom,Tommy Daniel:Dan,Danny Christopher:Chris Matthew:Matt Stephen:Steve,Steven Anthony:Tony
    Mark:Marc Peter:Pete Simon Benjamin:Ben Joseph:Joe,Joey Edward:Ed,Ted,Eddie Samuel:Sam
    Alexander:Alex,Sandy George Charles:Charlie,Chuck Oliver:Ollie Jonathan:Jon,Jonny
    Philip:Phil,Phillip Nicholas:Nick,Nicky Timothy:Tim Kenneth:Ken Gregory:Greg Patrick:Pat,Paddy
    Harry:Harold Jack Luke Adam Ryan Lee Gary Kevin:Kev Ian:Iain Graham:Graeme Alan:Allan,Alun Colin
    Martin:Marty Stuart:Stewart Neil Frederick:Fred,Freddie Arthur:Art Leonard:Len Walter:Walt Henry:Hal
    Jacob:Jake Joshua:Josh Nathan:Nate Lewis:Louis Callum Dylan Ethan Geoffrey:Geoff,Jeff Lawrence:Larry
    Raymond:Ray Ronald:Ron,Ronnie Douglas:Doug Vincent:Vince Gerald:Gerry""",
    "de": """Thomas:Tom Michael:Michi Andreas:Andi Stefan:Stephan Christian:Chris Markus:Marcus
    Jürgen Wolfgang:Wolf Klaus:Claus Hans:Johann,Johannes Peter Bernd:Bernhard Uwe Frank
    Matthias:Mathias Jörg Günter:Günther Dieter Sebastian:Basti Tobias:Tobi Florian:Flo Alexander:Alex
    Daniel Martin Björn Lukas:Lucas Maximilian:Max Jan Felix Jonas Karl:Carl Friedrich:Fritz
    Heinrich:Heinz Joachim:Achim Götz Rüdiger Sören Detlef Kurt:Curt""",
    "nl": """Jan:Johannes Pieter:Piet,Peter Cornelis:Kees,Cor Hendrik:Henk Willem:Wim Gerrit:Gert
    Jeroen Bas:Sebastiaan Daan:Daniël Sander:Alexander Maarten:Martijn Joost Ruben Thijs:Matthijs
    Bram:Abraham Koen Lars Niels Stijn Wouter Joris Rutger Sjoerd Tjeerd Dirk Frans Hans Johan""",
    "fr": """Jean Pierre Michel:Michael Philippe Nicolas:Nico Julien Frédéric:Fred François:Franck
    Stéphane Éric:Erik Sébastien:Seb Christophe:Chris Laurent Thierry Olivier Jérôme Guillaume
    Mathieu:Matthieu Antoine:Tony Benoît Cédric Rémi:Rémy Loïc Gaëtan Théo:Théodore Hugo Lucas
    Maxime:Max Étienne Gérard Yves André""",
    "es": """José:Pepe Antonio:Toni,Toño Manuel:Manolo Francisco:Paco,Fran Juan Javier:Javi
    Jesús:Chus Daniel:Dani Carlos Miguel Alejandro:Álex Rafael:Rafa Pedro Ángel Pablo Sergio
    Fernando:Nando Jorge Alberto Luis:Lucho Álvaro Adrián Raúl Iván Rubén Óscar Andrés Joaquín:Quino
    Ignacio:Nacho Enrique:Quique Víctor Ramón Germán""",
    "ga": """Seán:Shaun,John Pádraig:Patrick,Pat,Paddy Conor:Connor Cian:Kian Liam:William Eoin:Owen
    Aidan Brendan Declan Ciarán:Kieran Colm Cormac Darragh:Dara Diarmuid:Dermot Donal Eamon:Eamonn
    Fergus Finbar Fionn Gearóid:Gerard Niall Oisín Rory:Ruairí Séamus:James,Shay Tadhg:Tim Michael:Mick""",
    "pl": """Piotr:Piotrek Krzysztof:Krzysiek Andrzej:Jędrek Tomasz:Tomek Paweł Jan:Janek Michał
    Marcin Jakub:Kuba Stanisław:Staszek Łukasz Grzegorz:Grzesiek Adam Mateusz Wojciech:Wojtek
    Zbigniew:Zbyszek Rafał Marek Dariusz:Darek Mariusz Jerzy:Jurek Maciej:Maciek Kamil Jacek
    Sławomir:Sławek Bartosz:Bartek Józef Władysław Bogusław""",
    "uk": """Олександр:Alexander,Sasha,Oleksandr Сергій:Sergey,Sergii Володимир:Vladimir,Volodymyr
    Андрій:Andrey,Andrii Микола:Nikolay,Mykola Іван:Ivan Василь:Vasyl Дмитро:Dmitry,Dima Юрій:Yuri
    Олексій:Alexey,Oleksii Михайло:Mykhailo Петро:Petro Віктор:Victor Богдан:Bohdan Тарас:Taras
    Ігор:Igor Олег:Oleh Роман:Roman Максим:Maxim Євген:Eugene,Yevhen Павло:Pavel Ярослав:Yaroslav
    Віталій:Vitaly Руслан Артем:Artyom""",
    "ar": """محمد=Mohammed:Muhammad,Mohamed أحمد=Ahmed:Ahmad علي=Ali عمر=Omar:Umar
    خالد=Khalid:Khaled يوسف=Yousef:Youssef,Yusuf حسن=Hassan:Hasan حسين=Hussein:Hussain إبراهيم=Ibrahim
    محمود=Mahmoud عبدالله=Abdullah سعيد=Saeed:Said طارق=Tariq:Tarek كريم=Karim:Kareem سامي=Sami
    وليد=Walid:Waleed رامي=Rami ناصر=Nasser:Nasir فيصل=Faisal:Faysal زياد=Ziad""",
    "ja": """大翔=Hiroto 蓮=Ren 健太=Kenta:Ken 拓海=Takumi 翔太=Shota:Shouta 大輔=Daisuke
    健一=Kenichi:Ken'ichi 浩=Hiroshi 誠=Makoto 隆=Takashi 直樹=Naoki 和也=Kazuya 雄一=Yuichi:Yuuichi
    太郎=Taro:Tarou 剛=Tsuyoshi 修=Osamu 学=Manabu 豊=Yutaka""",
}

FEMALE: Final = {
    "el": """Μαρία:Maria,Mary,Maroulla Ελένη:Helen,Eleni,Lenia
    Κατερίνα:Katerina,Catherine,Aikaterini,Kate Γεωργία:Georgia,Gina Άννα:Anna,Anne Σοφία:Sophia,Sofia
    Χριστίνα:Christina,Chris Δέσποινα:Despina,Despo Ανδρούλα:Androulla,Andri Παναγιώτα:Panayiota,Yiota
    Ειρήνη:Irini,Irene Βασιλική:Vasiliki,Vicky Αγγελική:Angeliki,Kiki Κωνσταντίνα:Constantina,Dina
    Στέλλα:Stella Μαρίνα:Marina Νίκη:Niki,Nicki Ευαγγελία:Evangelia,Litsa Χρυσούλα:Chrysoulla
    Δήμητρα:Demetra,Dimitra Παρασκευή:Paraskevi,Voula Φωτεινή:Photini,Foteini Θεοδώρα:Theodora,Dora
    Ιωάννα:Joanna,Ioanna Αλεξάνδρα:Alexandra,Alexia Αναστασία:Anastasia,Natasa Ελευθερία:Eleftheria
    Ελισάβετ:Elisavet,Elizabeth Ζωή:Zoe Θεοδοσία:Theodosia,Sia Καλλιόπη:Kalliopi,Popi Λουκία:Loukia,Lucy
    Μαργαρίτα:Margarita,Margaret Νατάσα:Natasha Ξένια:Xenia,Polyxeni Ουρανία:Rania,Ourania
    Πηνελόπη:Penelope,Popi Ραφαέλα:Raphaela Σταυρούλα:Stavroulla,Voula Στυλιανή:Styliani,Stella
    Τασούλα:Tasoula Φανή:Fani Χαρά:Hara Αφροδίτη:Aphrodite Άντρη:Andri Έλενα:Elena Εύα:Eva
    Ευγενία:Eugenia,Jenny Κυριακή:Kyriaki,Koulla Λένια:Lenia Μυροφόρα:Myrofora Ρένα:Irene
    Σωτηρούλα:Sotiroulla""",
    "en": """Elizabeth:Liz,Beth,Betty,Lizzie Margaret:Maggie,Peggy,Meg Susan:Sue,Suzie
    Sarah:Sara,Sally Catherine:Kate,Cathy,Katherine,Cath Jennifer:Jen,Jenny Patricia:Pat,Trish Emma:Em
    Charlotte:Lottie,Charlie Rebecca:Becky Victoria:Vicky,Tori Alexandra:Alex,Sandra Samantha:Sam
    Jessica:Jess Laura Helen:Nell Rachel:Rach Amy Lucy Hannah Olivia:Liv,Livvy Sophie:Sophia
    Emily:Em,Millie Grace Chloe Jane:Janie Julie:Julia Karen Linda:Lin Christine:Chris,Chrissie
    Deborah:Debbie,Deb Jacqueline:Jackie Angela:Angie Amanda:Mandy Nicola:Nicky Michelle:Shell
    Caroline:Carrie Barbara:Barb Dorothy:Dot,Dolly Eleanor:Ellie,Nell Isabella:Bella,Izzy Abigail:Abby
    Gillian:Jill,Gill Josephine:Jo,Josie Kimberley:Kim Lorraine Natalie:Nat Pamela:Pam Philippa:Pippa
    Rosemary:Rose,Rosie Theresa:Tess,Terry Valerie:Val Wendy Yvonne Zoe Alison:Ali Anne:Ann,Annie
    Bridget:Bridie Claire:Clare Frances:Fran Georgina:Georgie Harriet:Hattie Imogen Kathleen:Kath Lauren
    Mary:Molly Molly Naomi Paula Ruth Sheila Stephanie:Steph Tracey:Tracy""",
    "de": """Sabine:Bine Petra Monika:Moni Ursula:Uschi Claudia Susanne:Susi Andrea Birgit
    Katharina:Kathi,Kathrin Anna Julia Christina:Tina Elisabeth:Lisa,Elli Ingrid Renate Karin Heike
    Nicole:Niki Stefanie:Steffi Ulrike:Uli Käthe Bärbel:Barbara Gabriele:Gabi Johanna:Hanna Lena Laura
    Jana Franziska:Franzi Brigitte:Gitte Jördis Anke Silke Frauke""",
    "nl": """Johanna:Hanneke,Jo Maria:Marijke,Ria Cornelia:Corrie Anna:Anneke Elisabeth:Els,Liesbeth
    Wilhelmina:Willy Saskia Femke Sanne Lotte:Charlotte Fleur Anouk Marieke Eline Daphne Iris Noor Roos
    Tess Maaike Esther Ingeborg Renée Chloë Margriet Sofie""",
    "fr": """Marie Nathalie:Nath Isabelle:Isa Catherine:Cathy Françoise Sylvie Valérie:Val Céline
    Aurélie Émilie Hélène Élodie Stéphanie:Steph Chloé Camille Léa Manon Anaïs Zoé Élise:Elisabeth
    Brigitte Monique Véronique:Véro Sandrine Delphine Béatrice:Béa Amélie Inès Océane Noémie""",
    "es": """María:Mari Carmen:Carmela Ana:Anita Isabel:Isa Dolores:Lola Pilar:Pili Teresa:Tere Rosa
    Cristina:Cris Laura Marta Lucía Elena Paula Raquel Mercedes:Merche Rocío Beatriz:Bea Inés
    Verónica:Vero Sofía Julia Irene Nuria:Núria Concepción:Concha Begoña Ángela Mónica Belén Ainhoa
    Yolanda:Yoli""",
    "ga": """Aoife:Eva Caoimhe:Keeva Sinéad Siobhán:Shivaun Niamh:Neve Ciara:Keira Orla:Órla
    Róisín:Rosie Gráinne:Grace Deirdre:Dee Máire:Mary Bríd:Brigid,Bridget Eimear:Emer Fionnuala:Nuala
    Clodagh Éabha Sorcha:Sarah Úna:Oona Maeve:Méabh Saoirse Nora:Noreen Áine:Anya Kathleen:Kath""",
    "pl": """Anna:Ania Maria:Marysia Katarzyna:Kasia Małgorzata:Gosia Agnieszka:Aga Barbara:Basia
    Ewa:Ewka Krystyna:Krysia Magdalena:Magda Elżbieta:Ela Joanna:Asia Aleksandra:Ola Zofia:Zosia Monika
    Teresa Natalia Danuta:Danka Julia Karolina:Karola Marta Beata Dorota Halina Iwona Alicja Łucja
    Stanisława Wiesława Bożena""",
    "uk": """Олена:Elena,Helen,Olena Наталія:Natalia,Natasha Тетяна:Tatiana,Tanya Ірина:Irina,Iryna
    Оксана:Oksana Людмила:Ludmila Світлана:Svetlana Галина:Galina,Halyna Юлія:Julia,Yulia
    Катерина:Kateryna,Katya Марія:Maria Ольга:Olga,Olha Анна:Anna,Hanna Вікторія:Victoria Надія:Nadia
    Любов:Lyubov Софія:Sofia Дарина:Daryna Соломія:Solomia Ярослава Анастасія:Anastasia,Nastya
    Валентина:Valya Лариса:Larysa Христина:Khrystyna""",
    "ar": """فاطمة=Fatima:Fatma عائشة=Aisha:Aysha مريم=Mariam:Maryam زينب=Zainab:Zeinab
    نور=Noor:Nour ليلى=Layla:Leila سارة=Sara:Sarah هدى=Huda:Hoda أمينة=Amina:Ameena سلمى=Salma
    رانيا=Rania دينا=Dina منى=Mona:Muna هالة=Hala ريم=Reem:Rim ياسمين=Yasmin:Yasmine سميرة=Samira
    نادية=Nadia لينا=Lina خديجة=Khadija""",
    "ja": """陽菜=Hina 結衣=Yui 美咲=Misaki 葵=Aoi 恵子=Keiko 由美=Yumi 洋子=Yoko:Youko 幸子=Sachiko
    直美=Naomi 智子=Tomoko 久美子=Kumiko 明美=Akemi 真由美=Mayumi 裕子=Yuko:Yuuko 愛=Ai 優子=Yuuko
    和子=Kazuko 京子=Kyoko""",
}
