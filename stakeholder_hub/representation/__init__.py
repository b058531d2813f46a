"""Who takes part and who is missing: sectors against what was agreed, and what people tell about themselves of their
own accord. It is *not* a census: nobody has to tell anything, and no figure shows fewer than ten people.
"""
