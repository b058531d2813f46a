"""Keeping it civil: reports from readers, hiding with a stated reason, and the way back."""
