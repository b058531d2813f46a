"""How votes are counted: pure functions from ballots to a result with every round.

Nothing here knows a database, a request or a language. Counting is exact: scores, costs and budgets are
integers (or fractions where a rule divides), so the same ballots give the same winners on every machine.
A tie is never settled silently: it stands in the result, with the rule that broke it.

``ballots``       what voters said, compact and checked
``ties``          the stated order that breaks ties, or a lot anyone can draw again
``threshold``     what an option must reach to win at all
``conditions``    what must hold for a result to bind: quorums and majorities of several kinds
``questions``     yes or no, consent, gradients of agreement
``highest``       the highest figure: plurality, score, Borda, dots, quadratic
``approval``      one or several winners by number of approvals
``judgment``      the best median grade
``preferential``  rankings, piled up by the option each counts for
``runoff``        the last one leaves, until one has more than half
``condorcet``     who beats every other on the strongest ways (Schulze)
``stv``           several winners from rankings, with transfers of what is more than enough
``committees``    several winners from approvals, in proportion; a budget by Phragmén's rule
``greedy``        a budget spent from the most supported option down
``equal_shares``  a budget spent so that every voter commands an equal part of it
``result``        what every method returns

The words follow the participatory-budgeting literature: Faliszewski et al., "Participatory Budgeting: Data,
Tools, and Analysis" (IJCAI 2023), and Rey and Maly, "The (Computational) Social Choice Take on
Indivisible Participatory Budgeting" (survey, 2023).
"""
