"""Commitments: what a decision at an upper level asks of bodies below it, what each promised, and what became of it.

A body accepts, amends or refuses, each with its named officials. Whether a promise was kept is said by another body
than the one that promised; that it is overdue is seen, never decided by a clock. It is *not* an action item: those are
what somebody does to carry a commitment out.
"""
