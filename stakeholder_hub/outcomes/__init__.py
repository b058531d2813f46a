"""You said, we did: what became of everything a person contributed, and of what people put forward in a place. It reads
across the features and changes none of their records; how one record went is told by its journey, *not* here.
"""
