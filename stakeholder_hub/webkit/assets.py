"""Static files: ours and Bootstrap's stylesheet, gathered once under names with a hash of their content,
precompressed, and served by WhiteNoise with a year's cache."""

import gzip
import hashlib
import json
from pathlib import Path

import brotli
import flask_bootstrap
from flask import Flask
from whitenoise import WhiteNoise

OWN = Path(__file__).parent / "static"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
PREFIX = "/static/"
COMPRESSED = frozenset({".css", ".js", ".svg", ".webmanifest", ".json", ".txt"})


def sources() -> dict[str, Path]:
    """Every static file by the name templates use."""
    found = {path.relative_to(OWN).as_posix(): path for path in sorted(OWN.rglob("*")) if path.is_file()}
    return {**found, "bootstrap.min.css": BOOTSTRAP}


def gather(target: Path) -> dict[str, str]:
    """Write hashed and compressed copies below ``target``; returns name -> hashed name.

    Files that are there already are left alone, so that several processes may do this at once.
    """
    target.mkdir(parents=True, exist_ok=True)
    contents = {name: path.read_bytes() for name, path in sources().items()}
    manifest: dict[str, str] = {}
    for name, data in contents.items():
        path = Path(name)
        digest = hashlib.sha256(data).hexdigest()[:12]
        manifest[name] = str(path.with_name(f"{path.stem}.{digest}{path.suffix}").as_posix())
    for name, data in contents.items():
        _write(target / manifest[name], _strip_source_map(data) if name.endswith(".css") else data)
    return manifest


def _strip_source_map(css: bytes) -> bytes:
    return css.split(b"/*# sourceMappingURL", 1)[0]


def _write(path: Path, data: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    variants = {path: data}
    if path.suffix in COMPRESSED:
        variants[path.with_name(path.name + ".gz")] = gzip.compress(data, 9, mtime=0)
        variants[path.with_name(path.name + ".br")] = brotli.compress(data)
    for variant, content in reversed(variants.items()):
        temporary = variant.with_name(f".{variant.name}.{hashlib.sha256(content).hexdigest()[:8]}")
        temporary.write_bytes(content)
        temporary.replace(variant)


def init_app(app: Flask, target: Path) -> None:
    """Gather the files below ``target``, serve them, and give templates ``asset(name)``."""
    manifest = gather(target)
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1))

    def asset(name: str) -> str:
        return PREFIX + manifest[name]

    app.jinja_env.globals["asset"] = asset
    served = WhiteNoise(
        app.wsgi_app,
        root=str(target),
        prefix=PREFIX,
        immutable_file_test=lambda _path, url: url.rsplit(".", 2)[-2:-1] != ["manifest"],
        add_headers_function=_headers,
    )
    app.wsgi_app = served  # type: ignore[method-assign]


def _headers(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
