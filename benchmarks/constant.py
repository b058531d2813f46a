"""The yardstick: a constant string through Flask, on the same server."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def constant() -> str:
    """Nothing to do."""
    return "constant"
