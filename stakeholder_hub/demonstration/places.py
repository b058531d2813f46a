"""The Danube tree: twelve countries, eighteen towns. Figures are rounded and only meant to look real."""

from dataclasses import dataclass, field

from stakeholder_hub.kernel.multilingual import Multilingual


@dataclass(frozen=True)
class Town:
    """A town of the demonstration. ``language`` is its own; ``name_in`` holds names that differ elsewhere."""

    name: str
    slug: str
    code: str
    latitude: float
    longitude: float
    population: int
    name_in: dict[str, str] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True)
class Country:
    """A country with its towns."""

    code: str
    names: dict[str, str]
    language: str
    timezone: str
    currency: str
    latitude: float
    longitude: float
    towns: tuple[Town, ...]

    @property
    def name(self) -> Multilingual:
        """Its name, the original in its own language."""
        return Multilingual.of(self.names[self.language], self.language, **_others(self.names, self.language))

    def town_name(self, town: Town) -> Multilingual:
        """A town's name, the original in the town's own language."""
        own = town.language or self.language
        return Multilingual.of(town.name, own, **_others({"en": town.name, **town.name_in}, own))


def _others(names: dict[str, str], own: str) -> dict[str, str]:
    return {code: name for code, name in names.items() if code != own}


COUNTRIES: tuple[Country, ...] = (
    Country(
        "SI",
        {"sl": "Slovenija", "en": "Slovenia", "de": "Slowenien", "hu": "Szlovénia", "hr": "Slovenija"},
        "sl",
        "Europe/Ljubljana",
        "EUR",
        46.12,
        14.82,
        (
            Town("Velenje", "velenje", "VEL", 46.3622, 15.1144, 33_500),
            Town("Ptuj", "ptuj", "PTU", 46.4203, 15.8697, 23_700, {"de": "Ptuj (Pettau)"}),
        ),
    ),
    Country(
        "HU",
        {"hu": "Magyarország", "en": "Hungary", "sl": "Madžarska", "de": "Ungarn", "hr": "Mađarska"},
        "hu",
        "Europe/Budapest",
        "HUF",
        47.16,
        19.50,
        (
            Town("Nyíregyháza", "nyiregyhaza", "NYI", 47.9554, 21.7167, 116_000),
            Town("Veszprém", "veszprem", "VSZ", 47.0933, 17.9115, 56_000),
        ),
    ),
    Country(
        "RO",
        {
            "ro": "România",
            "en": "Romania",
            "sl": "Romunija",
            "de": "Rumänien",
            "hu": "Románia",
            "hr": "Rumunjska",
        },
        "ro",
        "Europe/Bucharest",
        "RON",
        45.94,
        24.97,
        (
            Town(
                "Miercurea Ciuc",
                "miercurea-ciuc",
                "MCI",
                46.3606,
                25.8047,
                34_000,
                {"hu": "Csíkszereda", "de": "Szeklerburg"},
            ),
            Town("Drobeta-Turnu Severin", "drobeta-turnu-severin", "DTS", 44.6319, 22.6561, 79_000),
        ),
    ),
    Country(
        "SK",
        {
            "sk": "Slovensko",
            "en": "Slovakia",
            "sl": "Slovaška",
            "de": "Slowakei",
            "hu": "Szlovákia",
            "hr": "Slovačka",
        },
        "sk",
        "Europe/Bratislava",
        "EUR",
        48.67,
        19.70,
        (
            Town("Košice", "kosice", "KOS", 48.7164, 21.2611, 229_000, {"hu": "Kassa", "de": "Kaschau"}),
            Town("Komárno", "komarno", "KOM", 47.7636, 18.1228, 32_000, {"hu": "Komárom"}),
        ),
    ),
    Country(
        "HR",
        {"hr": "Hrvatska", "en": "Croatia", "sl": "Hrvaška", "de": "Kroatien", "hu": "Horvátország"},
        "hr",
        "Europe/Zagreb",
        "EUR",
        45.10,
        15.98,
        (
            Town("Varaždin", "varazdin", "VAR", 46.3057, 16.3366, 43_800, {"hu": "Varasd", "de": "Warasdin"}),
            Town("Osijek", "osijek", "OSI", 45.5550, 18.6955, 96_800, {"hu": "Eszék", "de": "Esseg"}),
        ),
    ),
    Country(
        "DE",
        {"de": "Deutschland", "en": "Germany", "sl": "Nemčija", "hu": "Németország", "hr": "Njemačka"},
        "de",
        "Europe/Berlin",
        "EUR",
        51.16,
        10.45,
        (Town("Regensburg", "regensburg", "REG", 49.0134, 12.1016, 157_000),),
    ),
    Country(
        "CZ",
        {
            "cs": "Česko",
            "en": "Czechia",
            "sl": "Češka",
            "de": "Tschechien",
            "hu": "Csehország",
            "hr": "Češka",
        },
        "cs",
        "Europe/Prague",
        "CZK",
        49.82,
        15.47,
        (Town("Liberec", "liberec", "LIB", 50.7663, 15.0543, 107_000, {"de": "Reichenberg"}),),
    ),
    Country(
        "AT",
        {"de": "Österreich", "en": "Austria", "sl": "Avstrija", "hu": "Ausztria", "hr": "Austrija"},
        "de",
        "Europe/Vienna",
        "EUR",
        47.52,
        14.55,
        (Town("Weiz", "weiz", "WEI", 47.2189, 15.6253, 11_900),),
    ),
    Country(
        "BA",
        {
            "bs": "Bosna i Hercegovina",
            "en": "Bosnia and Herzegovina",
            "sl": "Bosna in Hercegovina",
            "de": "Bosnien und Herzegowina",
            "hu": "Bosznia-Hercegovina",
            "hr": "Bosna i Hercegovina",
        },
        "bs",
        "Europe/Sarajevo",
        "BAM",
        43.92,
        17.68,
        (
            Town("Zenica", "zenica", "ZEN", 44.2034, 17.9077, 110_000),
            Town("Bihać", "bihac", "BIH", 44.8169, 15.8708, 56_000),
        ),
    ),
    Country(
        "RS",
        {"sr": "Србија", "en": "Serbia", "sl": "Srbija", "de": "Serbien", "hu": "Szerbia", "hr": "Srbija"},
        "sr",
        "Europe/Belgrade",
        "RSD",
        44.02,
        21.01,
        (
            Town(
                "Апатин",
                "apatin",
                "APA",
                45.6711,
                18.9847,
                17_000,
                {"en": "Apatin", "sl": "Apatin", "de": "Apatin (Abthausen)", "hu": "Apatin", "hr": "Apatin"},
            ),
        ),
    ),
    Country(
        "BG",
        {
            "bg": "България",
            "en": "Bulgaria",
            "sl": "Bolgarija",
            "de": "Bulgarien",
            "hu": "Bulgária",
            "hr": "Bugarska",
        },
        "bg",
        "Europe/Sofia",
        "EUR",
        42.73,
        25.49,
        (
            Town(
                "Русе",
                "ruse",
                "RUS",
                43.8356,
                25.9657,
                123_000,
                {"en": "Ruse", "sl": "Ruse", "de": "Russe", "hu": "Rusze", "hr": "Ruse"},
            ),
        ),
    ),
    Country(
        "UA",
        {
            "uk": "Україна",
            "en": "Ukraine",
            "sl": "Ukrajina",
            "de": "Ukraine",
            "hu": "Ukrajna",
            "hr": "Ukrajina",
        },
        "uk",
        "Europe/Kyiv",
        "UAH",
        48.38,
        31.17,
        (
            Town(
                "Чернівці",
                "chernivtsi",
                "CHE",
                48.2921,
                25.9358,
                264_000,
                {
                    "en": "Chernivtsi",
                    "sl": "Černivci",
                    "de": "Czernowitz",
                    "hu": "Csernyivci",
                    "hr": "Černivci",
                },
            ),
        ),
    ),
)

REGION_NAME = Multilingual.of(
    "Danube Region",
    "en",
    sl="Podonavje",
    de="Donauraum",
    hu="Duna régió",
    hr="Podunavlje",
    bg="Дунавски регион",
    uk="Дунайський регіон",
)
