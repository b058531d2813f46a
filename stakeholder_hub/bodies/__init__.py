"""Bodies that can be asked and can answer: who may decide what, at which level, and how soon they promise to answer.

A body is an organisation (a council, a ministry) or a group (a working group, a consortium) seen as somebody with
competences. It is *not* an account: named officials act for it, by a mandate or by coordinating the group.
"""
