"""A matter handed to a body at another level, its reasoned answer, and the way the answer takes back to who began it.

A referral is *not* a comment or a message: it has a clock that everybody can see, a named official who answers, and an
answer that nobody edits afterwards. Each rung of its way is a referral of its own, so that no clock is lost.
"""
