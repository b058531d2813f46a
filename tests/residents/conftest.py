"""People who ask, and those who answer."""
