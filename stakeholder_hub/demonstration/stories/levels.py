"""One question asked in eighteen towns, and one proposal that goes up to a state and comes back as something to do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CommonItem:
    """Something every town is asked alike: ``kind`` is ``statement`` or ``options``; texts by language."""

    key: str
    kind: str
    title: dict[str, str]
    question: dict[str, str]
    options: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class LocalPart:
    """What a town adds: its language, when it began (days before today), how many take part, and some ideas."""

    town: str
    language: str
    began: int
    voters: int
    ideas: tuple[tuple[str, str, int], ...]


TITLE = {
    "en": "What makes young people stay?",
    "sl": "Zakaj mladi ostanejo?",
    "de": "Was hält junge Menschen hier?",
    "hu": "Mi tartja itt a fiatalokat?",
    "hr": "Što mlade zadržava ovdje?",
    "ro": "Ce îi face pe tineri să rămână?",
    "bg": "Какво задържа младите хора?",
}
QUESTION = {
    "en": "What would make you stay in your town, or come back to it?",
    "sl": "Zaradi česa bi ostali v svojem mestu ali se vanj vrnili?",
    "de": "Was würde Sie dazu bringen, in Ihrer Stadt zu bleiben oder zurückzukommen?",
    "hu": "Mi kellene ahhoz, hogy a városában maradjon, vagy visszatérjen oda?",
    "hr": "Zbog čega biste ostali u svom gradu ili se u njega vratili?",
    "ro": "Ce v-ar face să rămâneți în orașul dumneavoastră sau să vă întoarceți?",
    "bg": "Какво би Ви накарало да останете в своя град или да се върнете в него?",
}
BACKGROUND = {
    "en": "Eighteen towns on the Danube ask the same question at the same time. What is common is asked everywhere in the same words; "
    "each town adds what matters to it alone.",
    "sl": "Osemnajst mest ob Donavi hkrati postavlja isto vprašanje. Skupni del je povsod enak, vsako mesto pa doda, kar je pomembno samo zanj.",
    "de": "Achtzehn Städte an der Donau stellen gleichzeitig dieselbe Frage. Der gemeinsame Teil lautet überall gleich; jede Stadt ergänzt, was nur sie betrifft.",
    "hu": "Tizennyolc Duna menti város egyszerre teszi fel ugyanazt a kérdést. A közös rész mindenütt azonos, és minden város hozzáteszi, ami csak őt érinti.",
    "hr": "Osamnaest gradova uz Dunav istodobno postavlja isto pitanje. Zajednički dio svugdje je jednak, a svaki grad dodaje ono što je važno samo njemu.",
    "ro": "Optsprezece orașe de la Dunăre pun aceeași întrebare în același timp. Partea comună este aceeași peste tot; fiecare oraș adaugă ce contează doar pentru el.",
    "bg": "Осемнадесет града по Дунав задават един и същ въпрос едновременно. Общата част е еднаква навсякъде, а всеки град добавя това, което е важно само за него.",
}

ITEMS: tuple[CommonItem, ...] = (
    CommonItem(
        "flat",
        "statement",
        {
            "en": "A flat before a wage",
            "sl": "Stanovanje pred plačo",
            "de": "Wohnung vor Lohn",
            "hu": "Lakás a bér előtt",
            "hr": "Stan prije plaće",
            "ro": "Locuința înaintea salariului",
            "bg": "Жилище преди заплата",
        },
        {
            "en": "An affordable flat matters more to me than a higher wage.",
            "sl": "Dostopno stanovanje mi pomeni več kot višja plača.",
            "de": "Eine bezahlbare Wohnung ist mir wichtiger als ein höherer Lohn.",
            "hu": "Egy megfizethető lakás fontosabb nekem, mint a magasabb bér.",
            "hr": "Priuštiv stan važniji mi je od više plaće.",
            "ro": "O locuință accesibilă contează mai mult pentru mine decât un salariu mai mare.",
            "bg": "Достъпното жилище е по-важно за мен от по-високата заплата.",
        },
    ),
    CommonItem(
        "remote",
        "statement",
        {
            "en": "Work from here",
            "sl": "Delo od tu",
            "de": "Arbeiten von hier",
            "hu": "Munka innen",
            "hr": "Rad odavde",
            "ro": "Muncă de aici",
            "bg": "Работа оттук",
        },
        {
            "en": "I would stay if I could work from here for an employer elsewhere.",
            "sl": "Ostal bi, če bi od tu lahko delal za delodajalca drugje.",
            "de": "Ich würde bleiben, wenn ich von hier für einen Arbeitgeber anderswo arbeiten könnte.",
            "hu": "Maradnék, ha innen dolgozhatnék egy máshol működő munkáltatónak.",
            "hr": "Ostao bih kad bih odavde mogao raditi za poslodavca drugdje.",
            "ro": "Aș rămâne dacă aș putea lucra de aici pentru un angajator din altă parte.",
            "bg": "Бих останал, ако можех да работя оттук за работодател другаде.",
        },
    ),
    CommonItem(
        "office",
        "statement",
        {
            "en": "One office for newcomers",
            "sl": "Ena pisarna za novince",
            "de": "Eine Stelle für Neue",
            "hu": "Egy iroda az újaknak",
            "hr": "Jedan ured za pridošlice",
            "ro": "Un birou pentru nou-veniți",
            "bg": "Едно гише за новодошли",
        },
        {
            "en": "Whoever comes or comes back should find one office for everything.",
            "sl": "Kdor pride ali se vrne, naj vse uredi v eni pisarni.",
            "de": "Wer kommt oder zurückkommt, soll eine Stelle für alles finden.",
            "hu": "Aki jön vagy visszajön, mindent egyetlen irodában intézhessen.",
            "hr": "Tko dođe ili se vrati, neka sve riješi u jednom uredu.",
            "ro": "Cine vine sau se întoarce ar trebui să găsească un singur birou pentru toate.",
            "bg": "Който идва или се връща, трябва да намери едно гише за всичко.",
        },
    ),
    CommonItem(
        "first",
        "options",
        {
            "en": "What to begin with",
            "sl": "S čim začeti",
            "de": "Womit anfangen",
            "hu": "Mivel kezdjük",
            "hr": "Čime početi",
            "ro": "Cu ce să începem",
            "bg": "С какво да започнем",
        },
        {
            "en": "What should all towns begin with?",
            "sl": "S čim naj začnejo vsa mesta?",
            "de": "Womit sollten alle Städte anfangen?",
            "hu": "Mivel kezdjen minden város?",
            "hr": "Čime bi svi gradovi trebali početi?",
            "ro": "Cu ce ar trebui să înceapă toate orașele?",
            "bg": "С какво трябва да започнат всички градове?",
        },
        (
            {
                "en": "Affordable flats",
                "sl": "Dostopna stanovanja",
                "de": "Bezahlbare Wohnungen",
                "hu": "Megfizethető lakások",
                "hr": "Priuštivi stanovi",
                "ro": "Locuințe accesibile",
                "bg": "Достъпни жилища",
            },
            {
                "en": "Better trains and buses",
                "sl": "Boljši vlaki in avtobusi",
                "de": "Bessere Züge und Busse",
                "hu": "Jobb vonatok és buszok",
                "hr": "Bolji vlakovi i autobusi",
                "ro": "Trenuri și autobuze mai bune",
                "bg": "По-добри влакове и автобуси",
            },
            {
                "en": "Internships and mentoring",
                "sl": "Prakse in mentorstvo",
                "de": "Praktika und Mentoring",
                "hu": "Gyakornoki helyek és mentorálás",
                "hr": "Prakse i mentorstvo",
                "ro": "Stagii și mentorat",
                "bg": "Стажове и наставничество",
            },
            {
                "en": "Places to meet in the evening",
                "sl": "Prostori za večerna srečanja",
                "de": "Treffpunkte am Abend",
                "hu": "Esti találkozóhelyek",
                "hr": "Mjesta za večernja druženja",
                "ro": "Locuri de întâlnire seara",
                "bg": "Места за срещи вечер",
            },
        ),
    ),
)

LOCAL: tuple[LocalPart, ...] = (
    LocalPart(
        "velenje",
        "sl",
        40,
        36,
        (
            (
                "Prazna stanovanja v centru",
                "V centru je več kot šestdeset praznih stanovanj. Naj jih občina popiše in lastnikom pomaga pri oddaji mladim.",
                21,
            ),
            (
                "Nočni avtobus do Celja",
                "Zadnji avtobus odpelje ob osmih. Kdor dela popoldne, domov ne pride.",
                14,
            ),
        ),
    ),
    LocalPart(
        "regensburg",
        "de",
        38,
        38,
        (
            (
                "Ein Zimmer für den ersten Monat",
                "Wer neu ankommt, braucht vier Wochen ein möbliertes Zimmer, bis eine Wohnung gefunden ist.",
                17,
            ),
        ),
    ),
    LocalPart(
        "veszprem",
        "hu",
        42,
        40,
        (
            (
                "Nyissuk meg nyáron a kollégiumokat a gyakornokoknak",
                "A kollégiumok júniustól augusztusig üresen állnak, közben a gyakornokok nem találnak szállást. A kollégiumok az államé, a város egyedül nem nyithatja meg őket.",
                26,
            ),
            (
                "Esti vonat Székesfehérvárról",
                "Aki Székesfehérváron dolgozik délutáni műszakban, nem tud hazajönni.",
                12,
            ),
        ),
    ),
    LocalPart(
        "osijek",
        "hr",
        35,
        34,
        (
            (
                "Radionica u staroj tvornici",
                "Prazna tvornica ima struju i krov. Neka mladi ondje popravljaju i grade.",
                15,
            ),
        ),
    ),
    LocalPart(
        "drobeta-turnu-severin",
        "ro",
        33,
        32,
        (
            (
                "Stagii plătite la primărie",
                "Zece stagii plătite pe vară, ca studenții să vadă că au un loc aici.",
                13,
            ),
        ),
    ),
    LocalPart(
        "ruse",
        "bg",
        31,
        35,
        (
            (
                "Жилища за млади лекари",
                "Болницата търси лекари, но няма къде да живеят. Общината има празни апартаменти.",
                18,
            ),
        ),
    ),
)
"""The towns that run their edition, each in its language: its own ideas with how many support them."""

INVITATION = (
    "Dear partners, we would like to ask the same four questions everywhere this autumn. "
    "Add what matters to your town, and choose your own dates."
)
DECLINED = ("liberec", "cs", "Letos už vedeme dvě konzultace a na třetí nemáme lidi. Rádi se přidáme příště.")
READY: tuple[str, ...] = ("weiz", "kosice", "nyiregyhaza")
"""They have accepted and prepare their edition."""

REQUEST = "Kérjük, hogy az állami kollégiumok nyáron gyakornokokat fogadhassanak."
WHY_NOT_HERE = "A kollégiumok fenntartója az állam: a város nem adhatja ki őket, és nem módosíthatja a használatuk rendjét."
EVIDENCE = "A megyében tavaly nyáron 340 férőhely állt üresen, miközben 120 gyakornok keresett szállást."
ACKNOWLEDGED = "Megkaptuk, az illetékes főosztály foglalkozik vele."
ANSWER = (
    "Részben elfogadjuk. A következő nyáron két városban, kísérletként megnyitjuk a kollégiumokat a gyakornokoknak. "
    "Országosan még nem tudjuk: az épületek felét nyáron újítják fel. A kísérlet után beszámolunk, és újra döntünk."
)
ANSWER_IN = {
    "en": "We accept it in part. Next summer the dormitories of two towns will be opened to interns as a trial. "
    "Not yet everywhere: half of the buildings are being renovated in summer. After the trial we will report and decide again.",
    "de": "Wir nehmen den Antrag teilweise an. Im nächsten Sommer öffnen wir versuchsweise die Wohnheime zweier Städte für Praktikanten. "
    "Noch nicht überall: die Hälfte der Gebäude wird im Sommer renoviert. Nach dem Versuch berichten und entscheiden wir neu.",
}
STATE_TASK = (
    "Kísérlet: két kollégium nyári megnyitása",
    "Szabályok, biztosítás, felelős személy; június 15-ig.",
)
TOWN_TASKS: tuple[tuple[str, str, int], ...] = (
    (
        "Gyakornokok névsora és igényei",
        "A cégek és az egyetem jelzik, ki mikor jön és mire van szüksége.",
        45,
    ),
    ("Nyári kollégium: átadás és felügyelet", "Átadás-átvétel, portaszolgálat, házirend két nyelven.", 150),
)
NOTE_OF_THE_TOWN = "Veszprém az egyik kísérleti város: a jelentkezés áprilisban nyílik."
VERDICT = "Köszönöm, erre vártunk. A többi városnak is jó lenne."
