"""Towns on the upper rivers: Velenje, Varaždin, Regensburg."""

from stakeholder_hub.consultations.models import Activity, Template
from stakeholder_hub.demonstration.stories import polls
from stakeholder_hub.demonstration.stories.shape import OPEN, Idea, Remark, Story, Stretch, Task

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
        Stretch("Zbiranje predlogov", -10, 18, OPEN),
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
        Stretch("Rasprava o nacrtu", -14, 9, OPEN),
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
        Stretch("Ideen sammeln", -190, -150, OPEN),
        Stretch("Prüfung", -150, -110, (Activity.REVIEW, Activity.DISCUSSION)),
        Stretch("Abstimmung", -110, -90, (Activity.BALLOT, Activity.DISCUSSION)),
        Stretch("Umsetzung", -90, 120, (Activity.RESULTS, Activity.DISCUSSION)),
    ),
    categories=("Wohnen", "Ankommen", "Familie", "Arbeit"),
    polls=polls.REGENSBURG,
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
