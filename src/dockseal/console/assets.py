"""The static files, served from memory: a closed list, each under a URL that changes with its contents."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One static file."""

    name: str
    content_type: str
    content: bytes
    version: str
    """The first 16 digits of its SHA-256."""

    @property
    def url(self) -> str:
        """Where it is served; a browser may keep it for good, since other contents have another URL."""
        return f"/static/{self.name}?v={self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """All static files by name."""

    by_name: Mapping[str, Asset]

    @classmethod
    def load(cls) -> Self:
        """Reads them from the package."""
        files = sorted(path for path in _FOLDER.iterdir() if path.suffix in _TYPES)
        return cls(by_name={path.name: _asset(path) for path in files})

    def urls(self) -> dict[str, str]:
        """Returns the URL of each, by its name with `.` as `_`, for templates."""
        return {name.replace(".", "_"): asset.url for name, asset in self.by_name.items()}


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(
        name=path.name,
        content_type=_TYPES[path.suffix],
        content=content,
        version=hashlib.sha256(content).hexdigest()[:16],
    )
