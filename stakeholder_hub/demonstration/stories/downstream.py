"""Towns on the middle and lower rivers: Nyíregyháza, Veszprém, Košice, Ruse, Chernivtsi."""

from stakeholder_hub.consultations.models import Activity, Template
from stakeholder_hub.demonstration.stories.shape import OPEN, Idea, Remark, Story, Stretch, Task

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
        Stretch("Javaslatok benyújtása", -60, -35, OPEN),
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

VESZPREM = Story(
    town="veszprem",
    language="hu",
    slug="veszprem-kozossegi-koltsegvetes",
    title="Veszprém: közösségi költségvetés",
    question="Mely ötletek valósuljanak meg a város 60 millió forintos keretéből?",
    background="A szavazás lezárult. Itt látható, mely ötletek nyertek, és mi lett belőlük.",
    template=Template.BUDGET,
    phases=(
        Stretch("Ötletek", -150, -120, OPEN),
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

KOSICE = Story(
    town="kosice",
    language="sk",
    slug="kosice-kreativne-mesto",
    title="Kreatívne mesto Košice",
    question="Aké priestory potrebujú mladí tvorcovia?",
    background="Návrh konzultácie pripravuje pracovná skupina.",
    template=Template.IDEAS,
    phases=(Stretch("Zber nápadov", 20, 50, OPEN),),
    categories=("Priestory", "Podpora", "Vzdelávanie"),
    is_published=False,
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
        Stretch("Събиране на предложения", -5, 24, OPEN),
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
        Stretch("Пропозиції", -3, 30, OPEN),
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
