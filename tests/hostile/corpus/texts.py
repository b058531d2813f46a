"""Texts of every kind that people (and others) type: what must come back, and what must be refused."""

LOSSLESS: dict[str, str] = {
    "Slovenian": "Čiščenje žlebov ob šoli, prosimo.",
    "Hungarian": "Árvíztűrő tükörfúrógép",
    "Romanian": "Șase saltimbanci înțeleg țara",
    "Polish": "Zażółć gęślą jaźń",
    "German": "Größe, Straße, Übermut",
    "Serbian": "Љубазни фењерџија чађавог лица",
    "Bulgarian": "Щастливият ъгъл на площада",
    "Ukrainian": "Ґанок, їжак, єдність, п’ять",
    "Greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
    "Arabic": "مكتبة المدينة مفتوحة كلَّ يومٍ",
    "Hebrew": "הספרייה פתוחה בכל יום",
    "Persian": "می‌خواهم کتاب بخوانم",
    "Hindi": "क्षत्रिय पुस्तकालय",
    "Thai": "ห้องสมุดประชาชน",
    "Chinese": "市立图书馆每天开放",
    "Korean": "도서관은 매일 엽니다",
    "family": "👩‍👩‍👧‍👦 in the park",
    "skin": "👍🏽 yes",
    "keycap": "1️⃣ first",
    "flags": "🇸🇮 🇭🇺 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "beyond the first plane": "𠜎 𝄞 𐍈",
    "signs": "5 < 6 & 7 > 6 \" ' ` \\ / % _ ; --",
    "template": "{{7*7}} {% x %} {0.__class__} %(x)s ${x}",
    "one letter": "a",
    "accents": "x\u0323\u0301",
}
"""Kept character by character (all are in NFC)."""

BROKEN: dict[str, str] = {
    "first half": "half \ud83d of one",
    "second half": "half \ude00 of one",
    "halves swapped": "\ude00\ud83d",
    "heap of accents": "e" + "\u0301" * 31,
    "heap that is slow to order": "a" + "\u0300\u0327" * 20_000,
}
"""Refused with a reason."""

DISGUISED_NAMES: tuple[str, ...] = (
    "\u0410dministrator",  # Cyrillic А
    "Town H\u0430ll",  # Cyrillic а
    "\u039cayor of Velenje",  # Greek Μ
    "\u0421\u043e\u0441\u043e Admin",  # a Cyrillic word that looks Latin
    "\U0001d5d4dmin",  # mathematical
    "\uff21dmin",  # full width
    "Ad\u200bmin",
    "Ad\u00admin",
    "Admin\u202etxt.exe",
    "\u2066Admin\u2069",
    "Admin\ufeff",
    "Admin\u3164",
    "A\u034fdmin",
    "Ad\u200dmin",
    "M" + "\u0301" * 40 + "ayor",
)

HONEST_NAMES: tuple[str, ...] = (
    "Ana Novak",
    "Jean-Luc O'Neill",
    "Đorđe Petrović",
    "Ђорђе Петровић",
    "Олена Ковальчук",
    "Иван Petrov",
    "Κώστας Παπαδόπουλος",
    "Szűcs Győző",
    "محمد الأحمد",
    "李小龍",
    "क्षत्रिय",
    "Maria 🌻",
    "Група 2Б",
    "X",
)

HOSTILE_TEXTS: dict[str, str] = {
    "angle brackets": "<",
    "closing": ">",
    "ampersands": "&",
    "entities": "&#x",
    "brackets": "[",
    "links": "[](",
    "open links": "[a](<",
    "stars": "*a ",
    "emphasis": "**a_",
    "struck": "~~a",
    "backticks": "`",
    "quotes": "> ",
    "lists": "- ",
    "numbers": "1. ",
    "cells": "|a",
    "hashes": "#",
    "addresses": "http://a.b",
    "www": "www.",
    "mails": "a@",
    "long mail": "a.",
    "tags": '<a href="',
    "spaces": " ",
    "tabs": "\t ",
    "line ends": "\n",
    "backslashes": "\\",
    "underscores": "_",
    "dashes": "-",
    "formula": ";=",
    "marks": "e\u0301",
    "joiners": "\u200d",
    "flag begun": "\U0001f3f4\U000e0067",
    "cyrillic": "а",
    "expanding": "\ufdfa",
    "semicolons": "; ; =",
    "apostrophes": "'",
}
"""What to repeat to 100 kB and more."""


def repeated(piece: str, length: int) -> str:
    """``piece`` again and again, ``length`` characters."""
    return (piece * (length // len(piece) + 1))[:length]
