"""How votes are counted: pure functions from ballots to a result with every round.

Nothing here knows a database, a request or a language. Counting is exact: scores, costs and budgets are
integers (or fractions where a rule divides), so the same ballots give the same winners on every machine.
A tie is never settled silently: it stands in the result, with the rule that broke it.

``ballots``       what voters said, compact and checked
``ties``          the stated order that breaks ties, or a lot anyone can draw again
``approval``      one or several winners by number of approvals
``greedy``        a budget spent from the most supported option down
``equal_shares``  a budget spent so that every voter commands an equal part of it
``result``        what every method returns

The words follow the participatory-budgeting literature: Faliszewski et al., "Participatory Budgeting: Data,
Tools, and Analysis" (IJCAI 2023), and Rey and Maly, "The (Computational) Social Choice Take on
Indivisible Participatory Budgeting" (survey, 2023).
"""
