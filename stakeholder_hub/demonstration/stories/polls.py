"""Further votes of the demonstration: a ranking, grades, a question that needs more than one majority, and consent."""

from stakeholder_hub.demonstration.stories.shape import Poll

REGENSBURG = (
    Poll(
        title="Wie es weitergeht",
        question="Welche zwei Vorhaben sollen im nächsten Jahr folgen?",
        method="stv",
        first=-40,
        last=-20,
        winners=2,
        voters=58,
        answers=(
            "Wohnungstausch-Börse der Stadtbau",
            "Coworking in drei Bahnhofsgebäuden",
            "Deutschkurs im Museum",
            "Nachtbus ins Umland",
            "Sprechstunde für Gründerinnen und Gründer",
        ),
        translations={
            "en": ("What comes next", "Which two projects should follow next year?"),
            "sl": ("Kako naprej", "Katera dva projekta naj sledita prihodnje leto?"),
            "hu": ("Hogyan tovább?", "Melyik két terv következzen jövőre?"),
            "hr": ("Kako dalje", "Koja dva projekta trebaju uslijediti sljedeće godine?"),
        },
    ),
    Poll(
        title="Patenschaften nach dem Modell aus Weiz",
        question="Übernimmt Regensburg das Patenschafts-Modell aus Weiz?",
        method="yes_no",
        first=-30,
        last=-12,
        voters=60,
        conditions={"quorum_votes": 30, "threshold": "2/3", "threshold_base": "valid", "sectors": 3},
        translations={
            "en": ("Mentoring as in Weiz", "Shall Regensburg take over the mentoring model from Weiz?"),
            "sl": ("Mentorstvo po vzoru Weiza", "Ali naj Regensburg prevzame model mentorstva iz Weiza?"),
            "hu": ("Mentorálás weizi mintára", "Átvegye-e Regensburg a weizi mentorprogramot?"),
            "hr": ("Mentorstvo po uzoru na Weiz", "Treba li Regensburg preuzeti model mentorstva iz Weiza?"),
        },
    ),
    Poll(
        title="Ein Name für das Willkommensbüro",
        question="Wie gut gefällt Ihnen jeder dieser Namen?",
        method="majority_judgment",
        first=-4,
        last=10,
        voters=34,
        answers=("Regensburg Point", "Offene Tür", "Ankommen", "Steinerne Brücke"),
        translations={
            "en": ("A name for the welcome office", "How much do you like each of these names?"),
            "sl": ("Ime za pisarno dobrodošlice", "Kako vam je všeč vsako od teh imen?"),
            "hu": ("Nevet a fogadóirodának", "Mennyire tetszenek Önnek ezek a nevek?"),
            "hr": ("Ime za ured dobrodošlice", "Koliko vam se sviđa svako od ovih imena?"),
        },
    ),
    Poll(
        title="Jeden zweiten Dienstag",
        question="Die Gruppe trifft sich jeden zweiten Dienstag um 17 Uhr, reihum bei ihren Mitgliedern.",
        method="consent",
        first=-3,
        last=8,
        voters=5,
        members=True,
        conditions={"overrule": "3/4"},
        objection="Dienstags um 17 Uhr haben die Betriebe Schichtwechsel: aus der Wirtschaft kann dann niemand kommen.",
        translations={
            "en": (
                "Every second Tuesday",
                "The group meets every second Tuesday at 5 p.m., in turn at its members.",
            ),
            "sl": (
                "Vsak drugi torek",
                "Skupina se sestaja vsak drugi torek ob 17. uri, izmenično pri svojih članih.",
            ),
            "hu": (
                "Minden második kedden",
                "A csoport minden második kedden 17 órakor ülésezik, felváltva tagjainál.",
            ),
            "hr": (
                "Svaki drugi utorak",
                "Skupina se sastaje svaki drugi utorak u 17 sati, naizmjence kod svojih članova.",
            ),
        },
    ),
)
