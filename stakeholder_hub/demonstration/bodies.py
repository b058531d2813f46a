"""Organisations of the four sectors and names of fictional people, in the towns' own languages."""

from stakeholder_hub.kernel.sectors import Sector

ORGANISATIONS: dict[str, dict[Sector, str]] = {
    "sl": {
        Sector.ACADEMIA: "Višja strokovna šola {town}",
        Sector.ADMINISTRATION: "Občinska uprava {town}",
        Sector.BUSINESS: "Podjetniški krog {town}",
        Sector.CIVIL_SOCIETY: "Mladinsko društvo {town}",
    },
    "hu": {
        Sector.ACADEMIA: "{town}i Főiskolai Kör",
        Sector.ADMINISTRATION: "{town}i Polgármesteri Iroda",
        Sector.BUSINESS: "{town}i Vállalkozók Egyesülete",
        Sector.CIVIL_SOCIETY: "{town}i Ifjúsági Egyesület",
    },
    "ro": {
        Sector.ACADEMIA: "Colegiul Universitar {town}",
        Sector.ADMINISTRATION: "Biroul de dezvoltare {town}",
        Sector.BUSINESS: "Clubul antreprenorilor {town}",
        Sector.CIVIL_SOCIETY: "Asociația tinerilor {town}",
    },
    "sk": {
        Sector.ACADEMIA: "Vysokoškolské centrum {town}",
        Sector.ADMINISTRATION: "Kancelária rozvoja mesta {town}",
        Sector.BUSINESS: "Klub podnikateľov {town}",
        Sector.CIVIL_SOCIETY: "Združenie mladých {town}",
    },
    "hr": {
        Sector.ACADEMIA: "Visoka škola {town}",
        Sector.ADMINISTRATION: "Gradski ured za razvoj {town}",
        Sector.BUSINESS: "Udruženje poduzetnika {town}",
        Sector.CIVIL_SOCIETY: "Udruga mladih {town}",
    },
    "de": {
        Sector.ACADEMIA: "Hochschulverbund {town}",
        Sector.ADMINISTRATION: "Amt für Stadtentwicklung {town}",
        Sector.BUSINESS: "Wirtschaftsforum {town}",
        Sector.CIVIL_SOCIETY: "Stadtjugendring {town}",
    },
    "cs": {
        Sector.ACADEMIA: "Vysokoškolské centrum {town}",
        Sector.ADMINISTRATION: "Odbor rozvoje města {town}",
        Sector.BUSINESS: "Klub podnikatelů {town}",
        Sector.CIVIL_SOCIETY: "Spolek mladých {town}",
    },
    "bs": {
        Sector.ACADEMIA: "Visoka škola {town}",
        Sector.ADMINISTRATION: "Gradska služba za razvoj {town}",
        Sector.BUSINESS: "Udruženje poduzetnika {town}",
        Sector.CIVIL_SOCIETY: "Omladinski centar {town}",
    },
    "sr": {
        Sector.ACADEMIA: "Висока школа {town}",
        Sector.ADMINISTRATION: "Канцеларија за развој {town}",
        Sector.BUSINESS: "Удружење предузетника {town}",
        Sector.CIVIL_SOCIETY: "Омладински савет {town}",
    },
    "bg": {
        Sector.ACADEMIA: "Висше училище {town}",
        Sector.ADMINISTRATION: "Дирекция за развитие {town}",
        Sector.BUSINESS: "Клуб на предприемачите {town}",
        Sector.CIVIL_SOCIETY: "Младежки форум {town}",
    },
    "uk": {
        Sector.ACADEMIA: "Університетський центр {town}",
        Sector.ADMINISTRATION: "Управління розвитку міста {town}",
        Sector.BUSINESS: "Клуб підприємців {town}",
        Sector.CIVIL_SOCIETY: "Молодіжна рада {town}",
    },
}

FIRST_NAMES: dict[str, tuple[str, ...]] = {
    "sl": ("Ana", "Maja", "Nika", "Eva", "Zala", "Luka", "Jan", "Matej", "Rok", "Žiga", "Tjaša", "Urban"),
    "hu": (
        "Anna",
        "Eszter",
        "Zsófia",
        "Réka",
        "Bence",
        "Máté",
        "Dániel",
        "Gergő",
        "Lilla",
        "Ádám",
        "Tünde",
        "Ákos",
    ),
    "ro": ("Ioana", "Andreea", "Maria", "Elena", "Andrei", "Mihai", "Radu", "Vlad", "Ștefan", "Oana"),
    "sk": ("Zuzana", "Katarína", "Lucia", "Martin", "Tomáš", "Peter", "Jana", "Ľubica", "Marek", "Dušan"),
    "hr": ("Ivana", "Petra", "Lucija", "Ivan", "Marko", "Josip", "Ana", "Tin", "Đurđica", "Filip"),
    "de": (
        "Anna",
        "Lena",
        "Sophie",
        "Miriam",
        "Lukas",
        "Jonas",
        "Felix",
        "Paul",
        "Jürgen",
        "Käthe",
        "Emre",
        "Leyla",
    ),
    "cs": ("Tereza", "Kateřina", "Eliška", "Jakub", "Ondřej", "Jiří", "Barbora", "Vojtěch", "Řehoř", "Alena"),
    "bs": ("Amina", "Lejla", "Emina", "Tarik", "Haris", "Adnan", "Selma", "Dženana", "Nedim", "Goran"),
    "sr": ("Јована", "Милица", "Ана", "Никола", "Лазар", "Стефан", "Тијана", "Ђорђе", "Вук", "Љиљана"),
    "bg": ("Мария", "Елена", "Десислава", "Иван", "Георги", "Петър", "Яна", "Калоян", "Цветелина", "Стоян"),
    "uk": ("Оксана", "Марія", "Ірина", "Андрій", "Тарас", "Богдан", "Софія", "Юрій", "Леся", "Ївга"),
}

# Where family names have a form for men and one for women, both stand here.
LAST_NAMES: dict[str, tuple[str, ...]] = {
    "sl": ("Novak", "Kovač", "Hribar", "Zupan", "Kos", "Oblak", "Vidmar", "Šuštar", "Pečnik", "Žagar"),
    "hu": ("Kovács", "Szabó", "Tóth", "Nagy", "Varga", "Fehér", "Őri", "Bíró", "Szűcs", "Kiss"),
    "ro": ("Popescu", "Ionescu", "Munteanu", "Dobre", "Rusu", "Țăranu", "Stanciu", "Șerban"),
    "sk": (
        "Horváth/Horváthová",
        "Kováč/Kováčová",
        "Novotný/Novotná",
        "Baláž/Balážová",
        "Hudák/Hudáková",
        "Čierny/Čierna",
    ),
    "hr": ("Horvat", "Babić", "Marić", "Jurić", "Novosel", "Kovačić", "Šimić", "Božić"),
    "de": ("Huber", "Wagner", "Bauer", "Schäfer", "Groß", "Yılmaz", "Köhler", "Müller", "Weiß", "Lang"),
    "cs": (
        "Novák/Nováková",
        "Svoboda/Svobodová",
        "Dvořák/Dvořáková",
        "Černý/Černá",
        "Říha/Říhová",
        "Šťastný/Šťastná",
    ),
    "bs": ("Hodžić", "Kovačević", "Begić", "Delić", "Marić", "Čaušević", "Đulić", "Šarić"),
    "sr": ("Јовановић", "Петровић", "Николић", "Ђорђевић", "Стојановић", "Љубић", "Шкорић", "Чолић"),
    "bg": (
        "Иванов/Иванова",
        "Петров/Петрова",
        "Димитров/Димитрова",
        "Стоянов/Стоянова",
        "Желязков/Желязкова",
        "Тодоров/Тодорова",
    ),
    "uk": ("Шевчук", "Коваленко", "Бондар", "Мельник", "Ткач", "Гнатюк", "Щербак", "Ляшенко"),
}

POSITIONS: dict[Sector, str] = {
    Sector.ACADEMIA: "Career centre",
    Sector.ADMINISTRATION: "Town development",
    Sector.BUSINESS: "Board member",
    Sector.CIVIL_SOCIETY: "Spokesperson",
}


def full_name(language: str, number: int) -> str:
    """The ``number``-th fictional name of a language; family names come first in Hungarian."""
    first, last = FIRST_NAMES[language], LAST_NAMES[language]
    given = first[number % len(first)]
    family = last[(number * 3 + number // len(first)) % len(last)]
    man, _, woman = family.partition("/")
    family = woman if woman and given[-1] in "aая" else man
    return f"{family} {given}" if language == "hu" else f"{given} {family}"
