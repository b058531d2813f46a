"""The accounts a visitor of the demonstration can sign in with: one for each role."""

PASSWORD = "danube-demo-2026"  # noqa: S105 - printed at every start, for fictional people only

DEMO_ACCOUNTS: list[tuple[str, str, str]] = [
    ("Administrator", "admin@demo.example", PASSWORD),
    ("Consortium coordinator", "consortium@demo.example", PASSWORD),
    ("Town coordinator (Velenje)", "velenje@demo.example", PASSWORD),
    ("Town coordinator (Veszprém)", "veszprem@demo.example", PASSWORD),
    ("Moderator (Regensburg)", "moderator@demo.example", PASSWORD),
    ("Member, academia (Velenje)", "academia@demo.example", PASSWORD),
    ("Member, business (Velenje)", "business@demo.example", PASSWORD),
    ("Observer (Slovenia)", "observer@demo.example", PASSWORD),
    ("Citizen (Nyíregyháza)", "citizen@demo.example", PASSWORD),
    ("Author of a proposal (Veszprém)", "author@demo.example", PASSWORD),
    ("Citizen (Ruse)", "ruse@demo.example", PASSWORD),
]
"""Label, address and password of each, as ``run`` prints them."""
