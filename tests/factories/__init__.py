"""Things tests need, made through operations."""
