"""What is measured, and against what. Each module has ``main(argv)``; run them with ``./hub bench NAME``."""
