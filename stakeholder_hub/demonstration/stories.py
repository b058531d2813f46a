"""What the towns of the demonstration talk about: consultations with proposals and comments, in their languages.

Days are relative to the day of loading: ``-20`` is twenty days ago.
"""

from dataclasses import dataclass, field

from stakeholder_hub.consultations.models import Activity, Template


@dataclass(frozen=True)
class Remark:
    """A comment: its stance (``for``, ``against``, ``neutral``), text, and the answers to it."""

    stance: str
    text: str
    answers: tuple["Remark", ...] = ()


@dataclass(frozen=True)
class Idea:
    """A proposal. ``cost`` is in whole units of the currency, ``support`` how many support it."""

    title: str
    text: str
    support: int = 0
    category: int | None = None
    cost: int | None = None
    place: tuple[float, float, str] | None = None
    remarks: tuple[Remark, ...] = ()
    answer: str | None = None


@dataclass(frozen=True)
class Stretch:
    """A phase: its title, first and last day, and what can be done in it."""

    title: str
    first: int
    last: int
    activities: tuple[Activity, ...]


@dataclass(frozen=True)
class Task:
    """An action item: which proposal it carries out (by position), who, when, how far."""

    title: str
    text: str
    idea: int
    due: int
    status: str = "planned"
    sector: str = "administration"
    note: str | None = None


@dataclass(frozen=True)
class Story:
    """One consultation of the demonstration."""

    town: str
    language: str
    slug: str
    title: str
    question: str
    background: str
    template: Template
    phases: tuple[Stretch, ...]
    categories: tuple[str, ...] = ()
    ideas: tuple[Idea, ...] = ()
    tasks: tuple[Task, ...] = ()
    budget: int | None = None
    method: str | None = None
    winners: int | None = None
    voters: int = 0
    translations: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Title and question in other languages."""
    is_published: bool = True


_OPEN = (Activity.PROPOSALS, Activity.SUPPORT, Activity.DISCUSSION)

VELENJE = Story(
    town="velenje",
    language="sl",
    slug="velenje-ostanem",
    title="Ostanem v Velenju",
    question="Kaj bi vas prepričalo, da po študiju ostanete v Velenju ali se vanj vrnete?",
    background=(
        "Vsako leto mesto zapusti več mladih, kot se jih vrne. Delovna skupina iz štirih sektorjev pripravlja načrt za "
        "**stanovanja, službe, storitve, izobraževanje ter kulturo**.\n\nPovejte nam, kaj pogrešate in kaj bi "
        "naredili vi. Vsak predlog dobi odgovor."
    ),
    template=Template.IDEAS,
    phases=(
        Stretch("Zbiranje predlogov", -10, 18, _OPEN),
        Stretch("Pregled in odgovori", 18, 32, (Activity.REVIEW, Activity.DISCUSSION)),
        Stretch("Glasovanje", 32, 46, (Activity.BALLOT,)),
    ),
    categories=("Stanovanja", "Javne storitve", "Izobraževanje", "Kultura in prosti čas", "Delovna mesta"),
    translations={
        "en": (
            "I am staying in Velenje",
            "What would convince you to stay in Velenje after your studies, or to come back?",
        ),
        "de": (
            "Ich bleibe in Velenje",
            "Was würde Sie überzeugen, nach dem Studium in Velenje zu bleiben oder zurückzukehren?",
        ),
        "hu": (
            "Velenjében maradok",
            "Mi győzné meg Önt arról, hogy tanulmányai után Velenjében maradjon vagy visszatérjen?",
        ),
        "hr": (
            "Ostajem u Velenju",
            "Što bi vas uvjerilo da nakon studija ostanete u Velenju ili se vratite?",
        ),
    },
    ideas=(
        Idea(
            "Prvo najemniško stanovanje za mlade",
            "Občina naj vsako leto **deset stanovanj** ponudi mladim do 30 let za tri leta po stroškovni najemnini. V tem času "
            "lahko prihranimo za polog.",
            34,
            0,
            None,
            (46.3639, 15.1102, "Šalek"),
            (
                Remark(
                    "for",
                    "Ravno to je razlog, da sem se preselila v Ljubljano. S takim stanovanjem bi se vrnila.",
                    (
                        Remark(
                            "neutral", "Tri leta so kratka doba. Bi bilo mogoče podaljšanje za mlade družine?"
                        ),
                    ),
                ),
                Remark(
                    "against",
                    "Deset stanovanj na leto je premalo, raje prenovimo prazna stanovanja v središču.",
                ),
            ),
            "Predlog podpiramo. Prvih šest stanovanj v Šaleku bo na voljo jeseni; pravila za razpis objavimo do konca "
            "meseca.",
        ),
        Idea(
            "Nočni avtobus ob petkih in sobotah",
            "Zadnji avtobus iz Celja odpelje ob 20.30. Če bi vozil še ob 23.30, bi lahko študentje in delavci v izmenah "
            "živeli tukaj in se vozili.",
            27,
            1,
            None,
            None,
            (Remark("for", "Delam v popoldanski izmeni. Brez avta ne gre."),),
        ),
        Idea(
            "Poletna praksa v velenjskih podjetjih z mentorjem",
            "Podjetja naj skupaj razpišejo 40 plačanih poletnih praks. Vsak praktikant dobi mentorja in na koncu pogovor "
            "o zaposlitvi.",
            22,
            4,
            None,
            None,
            (Remark("for", "Naše podjetje sodeluje z najmanj štirimi mesti."),),
        ),
        Idea(
            "Odprta delavnica v nekdanji tovarni",
            "Tridimenzionalni tiskalniki, les, kovina, šivalni stroji: prostor, kjer lahko vsak kaj naredi in se od drugih "
            "uči.",
            18,
            3,
            None,
            (46.3574, 15.1189, "Stara Velenje"),
        ),
        Idea(
            "Vpis v vrtec po spletu v desetih minutah",
            "Danes je treba na občino trikrat. Naj bo vse na enem obrazcu v več jezikih.",
            15,
            1,
            None,
            None,
            (Remark("neutral", "Dodajte še albanščino in bosanščino, prosim."),),
        ),
        Idea(
            "Štipendija z vrnitvijo",
            "Kdor se po študiju za tri leta zaposli v dolini, mu mesto odplača del študentskega posojila.",
            12,
            2,
            None,
            None,
        ),
        Idea(
            "Koncerti na jezeru vsak drugi četrtek",
            "Mladi glasbeniki iz regije, brez vstopnine, od junija do septembra.",
            9,
            3,
            None,
            (46.3781, 15.0960, "Velenjsko jezero"),
        ),
    ),
)

NYIREGYHAZA = Story(
    town="nyiregyhaza",
    language="hu",
    slug="nyiregyhaza-kozossegi-koltsegvetes",
    title="Nyíregyháza: közösségi költségvetés",
    question="Mire költsön a város 150 millió forintot, hogy a fiatalok szívesen éljenek itt?",
    background=(
        "A javaslatokat a lakosok adták be, a szakmai bizottság megvizsgálta őket. Most Önök döntenek: **válassza ki azokat, "
        "amelyek beleférnek a keretbe.** A szavazat a zárásig módosítható."
    ),
    template=Template.BUDGET,
    phases=(
        Stretch("Javaslatok benyújtása", -60, -35, _OPEN),
        Stretch("Szakmai vizsgálat", -35, -9, (Activity.REVIEW, Activity.DISCUSSION)),
        Stretch("Szavazás", -9, 6, (Activity.BALLOT, Activity.DISCUSSION)),
        Stretch("Megvalósítás", 6, 200, (Activity.RESULTS, Activity.DISCUSSION)),
    ),
    categories=("Zöldfelület", "Közlekedés", "Közösségi tér", "Kultúra"),
    budget=150_000_000,
    method="budget",
    voters=46,
    translations={
        "en": (
            "Nyíregyháza: participatory budget",
            "What should the town spend 150 million forints on, so that young people like living here?",
        ),
        "sl": (
            "Nyíregyháza: participativni proračun",
            "Za kaj naj mesto nameni 150 milijonov forintov, da bodo mladi radi živeli tukaj?",
        ),
        "de": (
            "Nyíregyháza: Bürgerhaushalt",
            "Wofür soll die Stadt 150 Millionen Forint ausgeben, damit junge Menschen gern hier leben?",
        ),
        "hr": (
            "Nyíregyháza: participativni proračun",
            "Na što grad treba potrošiti 150 milijuna forinti kako bi mladi rado živjeli ovdje?",
        ),
    },
    ideas=(
        Idea(
            "Árnyékos játszótér az Örökösföldön",
            "Fák, ivókút, padok a nagyszülőknek is.",
            31,
            0,
            28_000_000,
            (47.9470, 21.7390, "Örökösföld"),
        ),
        Idea(
            "Biztonságos kerékpárút az egyetemig",
            "A hiányzó 900 méter megépítése elválasztott sávval.",
            44,
            1,
            62_000_000,
            (47.9700, 21.7130, "Sóstói út"),
            (Remark("for", "Minden nap erre járok. Kettőből egy baleset itt történik."),),
        ),
        Idea(
            "Éjszakai tanulószoba a könyvtárban",
            "Vizsgaidőszakban éjfélig nyitva, ingyenes wifivel.",
            38,
            2,
            9_500_000,
        ),
        Idea(
            "Szabadtéri edzőpark a Bujtosi-tónál",
            "Eszközök kerekesszékkel is használhatóan.",
            25,
            0,
            21_000_000,
            (47.9560, 21.7270, "Bujtosi-tó"),
        ),
        Idea(
            "Próbaterem fiatal zenekaroknak",
            "Két hangszigetelt terem a régi mozi épületében.",
            29,
            3,
            34_000_000,
        ),
        Idea(
            "Közösségi kert a Jósavárosban",
            "Negyven parcella, közös szerszámok, komposzt.",
            17,
            0,
            12_000_000,
        ),
        Idea(
            "Digitális buszmegálló-táblák",
            "Tizenöt megállóban valós idejű indulások, felolvasóval.",
            21,
            1,
            45_000_000,
            None,
            (Remark("against", "Telefonon már most is látszik, fontosabb a járatok sűrítése."),),
        ),
        Idea("Nyári színház a Kossuth téren", "Hat este, helyi társulatokkal.", 14, 3, 18_000_000),
    ),
)

VARAZDIN = Story(
    town="varazdin",
    language="hr",
    slug="varazdin-nacrt-strategije",
    title="Nacrt strategije za mlade talente",
    question="Što u nacrtu strategije treba promijeniti prije nego što ga Gradsko vijeće usvoji?",
    background=(
        "Nacrt ima četiri dijela:\n\n1. Stanovanje: sto stanova za najam do 2030.\n2. Posao: zajednički ured za karijere "
        "sveučilišta i poduzeća.\n3. Usluge: sve gradske usluge dostupne mobitelom.\n4. Kultura: kvartovski domovi otvoreni do "
        "23 sata.\n\nPredložite izmjene i raspravite ih."
    ),
    template=Template.DRAFT_REVIEW,
    phases=(
        Stretch("Rasprava o nacrtu", -14, 9, _OPEN),
        Stretch("Odgovori radne skupine", 9, 25, (Activity.REVIEW, Activity.DISCUSSION)),
    ),
    categories=("Stanovanje", "Posao", "Usluge", "Kultura"),
    translations={
        "en": (
            "Draft strategy for young talents",
            "What should be changed in the draft before the town council adopts it?",
        ),
        "de": (
            "Entwurf der Strategie für junge Talente",
            "Was soll am Entwurf geändert werden, bevor ihn der Stadtrat beschließt?",
        ),
    },
    ideas=(
        Idea(
            "Dodati mjeru za povratnike iz inozemstva",
            "Jedinstvena kontakt-točka za priznavanje diploma i upis djece.",
            19,
            2,
            None,
            None,
            (
                Remark("for", "Vratili smo se iz Münchena; na papire smo čekali pet mjeseci."),
                Remark("neutral", "Tko bi vodio tu točku, grad ili županija?"),
            ),
        ),
        Idea(
            "Sto stanova je premalo",
            "U nacrtu treba stajati 250 stanova i rok 2028.",
            23,
            0,
            None,
            None,
            (Remark("against", "Bez novca iz državnog programa to je neostvarivo."),),
        ),
        Idea(
            "Ured za karijere i za strukovne škole",
            "Ne samo za studente: polovica mladih ide ravno na posao.",
            16,
            1,
        ),
        Idea(
            "Domovi kulture: program neka biraju mladi", "Vijeće mladih odlučuje o trećini programa.", 11, 3
        ),
    ),
)

REGENSBURG = Story(
    town="regensburg",
    language="de",
    slug="regensburg-ankommen",
    title="Ankommen und bleiben in Regensburg",
    question="Welche drei Vorhaben sollen wir zuerst umsetzen, damit Fachkräfte gut ankommen?",
    background=(
        "Im Frühjahr wurden Ideen gesammelt, im Sommer geprüft. Die Abstimmung ist beendet: hier steht, **was gewonnen hat "
        "und was daraus geworden ist**."
    ),
    template=Template.IDEAS,
    phases=(
        Stretch("Ideen sammeln", -190, -150, _OPEN),
        Stretch("Prüfung", -150, -110, (Activity.REVIEW, Activity.DISCUSSION)),
        Stretch("Abstimmung", -110, -90, (Activity.BALLOT, Activity.DISCUSSION)),
        Stretch("Umsetzung", -90, 120, (Activity.RESULTS, Activity.DISCUSSION)),
    ),
    categories=("Wohnen", "Ankommen", "Familie", "Arbeit"),
    method="approval",
    winners=3,
    voters=64,
    translations={
        "en": (
            "Arriving and staying in Regensburg",
            "Which three projects should we carry out first so that skilled people arrive well?",
        ),
        "sl": (
            "Priti in ostati v Regensburgu",
            "Katere tri projekte naj izvedemo najprej, da se bodo strokovnjaki dobro vživeli?",
        ),
        "hu": (
            "Megérkezni és maradni Regensburgban",
            "Melyik három tervet valósítsuk meg elsőként, hogy a szakemberek jól érkezzenek meg?",
        ),
        "hr": (
            "Doći i ostati u Regensburgu",
            "Koja tri projekta trebamo prvo provesti kako bi se stručnjaci dobro snašli?",
        ),
    },
    ideas=(
        Idea(
            "Willkommensbüro mit einem Schalter für alles",
            "Anmeldung, Aufenthalt, Kita, Sprachkurs: **eine Tür, ein Termin**, in acht Sprachen.",
            58,
            1,
            None,
            (49.0190, 12.0975, "Altstadt"),
            (
                Remark("for", "Bei mir waren es sieben Ämter in vier Monaten."),
                Remark("for", "Unser Betrieb würde eine halbe Stelle mitfinanzieren."),
            ),
            "Angenommen. Das Büro öffnet im Erdgeschoss des Neuen Rathauses.",
        ),
        Idea(
            "Wohnungstausch-Börse der Stadtbau",
            "Wer verkleinern will, tauscht mit wachsenden Familien.",
            33,
            0,
        ),
        Idea(
            "Patenschaften für neue Kolleginnen und Kollegen",
            "Zwei Personen begleiten jede neue Fachkraft ein halbes Jahr.",
            47,
            1,
            None,
            None,
            (Remark("for", "In Weiz gibt es das schon, und es funktioniert."),),
            "Angenommen. Der Stadtjugendring koordiniert.",
        ),
        Idea(
            "Kita-Plätze mit verlängerten Öffnungszeiten",
            "Bis 20 Uhr in vier Stadtteilen.",
            52,
            2,
            None,
            None,
            (),
            "Angenommen, wir beginnen mit zwei Häusern.",
        ),
        Idea("Coworking im ländlichen Umland", "Drei Bahnhofsgebäude werden zu Arbeitsorten.", 21, 3),
        Idea("Deutschkurs im Museum", "Sprache lernen vor Bildern, samstags.", 26, 1),
    ),
    tasks=(
        Task(
            "Willkommensbüro eröffnen",
            "Räume, zwei Stellen, Terminbuchung in acht Sprachen.",
            0,
            -12,
            "done",
            "administration",
            "Das Büro ist offen. In den ersten zwei Wochen kamen **143 Menschen**, die mittlere Wartezeit war elf Minuten.",
        ),
        Task(
            "Patenschaften: erste dreißig Paare",
            "Ausschreibung, Schulung, Begleitung.",
            2,
            40,
            "in_progress",
            "civil_society",
            "Achtzehn Paare haben begonnen, zwölf Patinnen und Paten werden noch gesucht.",
        ),
        Task(
            "Verlängerte Öffnung in zwei Kitas",
            "Personalplan und Vereinbarung mit den Trägern.",
            3,
            -5,
            "blocked",
            "administration",
            "Eine Stelle konnte nicht besetzt werden; wir schreiben sie neu aus.",
        ),
        Task(
            "Lotsen-App für Fachkräfte testen",
            "Gemeinsam mit der Hochschule: Test mit 50 Studierenden.",
            0,
            75,
            "planned",
            "academia",
        ),
    ),
)

RUSE = Story(
    town="ruse",
    language="bg",
    slug="ruse-gradat-kraj-rekata",
    title="Градът край реката",
    question="Какво липсва на младите хора в Русе и какво можем да направим заедно още тази година?",
    background="Работна група от четирите сектора събира предложения за **жилища, работа, култура и услуги**. Всяко предложение получава отговор.",
    template=Template.IDEAS,
    phases=(
        Stretch("Събиране на предложения", -5, 24, _OPEN),
        Stretch("Отговори", 24, 40, (Activity.REVIEW, Activity.DISCUSSION)),
    ),
    categories=("Жилища", "Работа", "Култура", "Услуги"),
    translations={
        "en": (
            "The town on the river",
            "What do young people in Ruse miss, and what can we do together this very year?",
        )
    },
    ideas=(
        Idea(
            "Общежитие за млади специалисти",
            "Да се обнови празната сграда до университета: 60 стаи с обща кухня и работно място.",
            24,
            0,
            None,
            (43.8540, 25.9710, "Студентски град"),
            (Remark("for", "Точно от това имам нужда, за да остана след стажа."),),
        ),
        Idea(
            "Велоалея по кея",
            "Три километра от пристанището до парка, с осветление.",
            31,
            3,
            None,
            (43.8530, 25.9480, "Крайбрежна улица"),
        ),
        Idea("Отворена сцена за млади артисти", "Всяка последна събота на площада.", 13, 2),
        Idea(
            "Стажове с гарантирано интервю",
            "Фирмите обявяват стажовете на едно място, всеки стажант получава обратна връзка.",
            18,
            1,
        ),
    ),
)

CHERNIVTSI = Story(
    town="chernivtsi",
    language="uk",
    slug="chernivtsi-misto-dlia-molodi",
    title="Місто, в яке повертаються",
    question="Що допоможе молоді залишитися в Чернівцях або повернутися сюди?",
    background="Запрошуємо мешканців, університет, бізнес і громадські організації подати свої пропозиції.",
    template=Template.IDEAS,
    phases=(
        Stretch("Пропозиції", -3, 30, _OPEN),
        Stretch("Відповіді", 30, 50, (Activity.REVIEW, Activity.DISCUSSION)),
    ),
    categories=("Житло", "Робота", "Освіта", "Культура"),
    translations={
        "en": (
            "A town people come back to",
            "What will help young people stay in Chernivtsi or return to it?",
        )
    },
    ideas=(
        Idea(
            "Центр кар’єри в університеті", "Поради, стажування та зустрічі з роботодавцями щомісяця.", 14, 2
        ),
        Idea(
            "Гранти для перших власних справ",
            "Десять грантів на рік і наставник на перші шість місяців.",
            19,
            1,
        ),
    ),
)

KOSICE = Story(
    town="kosice",
    language="sk",
    slug="kosice-kreativne-mesto",
    title="Kreatívne mesto Košice",
    question="Aké priestory potrebujú mladí tvorcovia?",
    background="Návrh konzultácie pripravuje pracovná skupina.",
    template=Template.IDEAS,
    phases=(Stretch("Zber nápadov", 20, 50, _OPEN),),
    categories=("Priestory", "Podpora", "Vzdelávanie"),
    is_published=False,
)

VESZPREM = Story(
    town="veszprem",
    language="hu",
    slug="veszprem-kozossegi-koltsegvetes",
    title="Veszprém: közösségi költségvetés",
    question="Mely ötletek valósuljanak meg a város 60 millió forintos keretéből?",
    background="A szavazás lezárult. Itt látható, mely ötletek nyertek, és mi lett belőlük.",
    template=Template.BUDGET,
    phases=(
        Stretch("Ötletek", -150, -120, _OPEN),
        Stretch("Vizsgálat", -120, -95, (Activity.REVIEW, Activity.DISCUSSION)),
        Stretch("Szavazás", -95, -75, (Activity.BALLOT,)),
        Stretch("Megvalósítás", -75, 150, (Activity.RESULTS, Activity.DISCUSSION)),
    ),
    categories=("Zöld", "Közlekedés", "Közösség"),
    budget=60_000_000,
    method="budget",
    voters=58,
    translations={
        "en": (
            "Veszprém: participatory budget",
            "Which ideas should come true from the town's 60 million forints?",
        )
    },
    ideas=(
        Idea("Ivókutak a belvárosban", "Öt új kút, kulacstöltővel.", 33, 2, 7_500_000),
        Idea("Fásítás a Jutasi úton", "Száz fa, öntözéssel három évig.", 41, 0, 24_000_000),
        Idea("Akadálymentes járda az egyetemnél", "Süllyesztett szegélyek, vezetősáv.", 29, 1, 19_000_000),
        Idea("Könyvmegállók", "Tíz kis könyvszekrény a buszmegállókban.", 22, 2, 3_200_000),
        Idea("Kerékpártárolók az iskoláknál", "Hat iskola, fedett tárolók.", 27, 1, 16_500_000),
    ),
    tasks=(
        Task(
            "Százfás ültetés a Jutasi úton",
            "Az ültetés ősszel kezdődik.",
            1,
            20,
            "in_progress",
            "administration",
            "Az első negyven fa a helyén van.",
        ),
        Task(
            "Öt ivókút felszerelése",
            "A helyszínek kijelölése után közbeszerzés.",
            0,
            -20,
            "planned",
            "administration",
        ),
    ),
)

STORIES: tuple[Story, ...] = (REGENSBURG, NYIREGYHAZA, VELENJE, VARAZDIN, RUSE, CHERNIVTSI, KOSICE)
"""In the order they are loaded; Veszprém's own small one only where no real file is given."""
