"""Ratification: named bodies say one by one whether a result, or a text, holds for them; enough of them make it hold.

Of each: the act (title or number), its day, who signed for the body in which position, and the reasons. A body that has
not answered by the day has let it lapse. It is *not* a vote of persons: that is a ballot.
"""
