"""Reading real participatory budgets in Pabulib's ``.pb`` format, and counting them again.

``parser.parse`` reads a file into a :class:`file.PabulibFile` or refuses it with line and reason;
``tally.tally`` recounts it by the rule it states and compares the winners with the official ones;
``rendering.render_text`` shows that as a table. The format is described by Faliszewski et al.,
"Participatory Budgeting: Data, Tools, and Analysis" (IJCAI 2023). Nothing here touches the database:
bringing a file into a consultation is the business of ``consultations`` and ``decisions`` operations.
"""
