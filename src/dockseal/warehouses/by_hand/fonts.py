"""The fonts of this machine, and which of them has a letter. No font is shipped: none has every script."""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))
"""Where fonts lie on most machines."""
_FIRST = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")
"""Plain ones, with which a page looks calm."""
_NO_LETTERS = frozenset("\n\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\ufe0e\ufe0f")
"""What steers other letters and is none itself."""
_MOST = 400
"""Fonts that are looked at."""


class Fonts:
    """Finds a font for each letter. Safe to use from many threads; each font is looked at once.

    Args:
        folders: Where to look, the first ones first.
    """

    def __init__(self, folders: Iterable[Path] = SYSTEM) -> None:
        self._folders = tuple(folders)
        self._lock = threading.Lock()
        self._places: tuple[Path, ...] | None = None
        self._letters: dict[Path, frozenset[int]] = {}

    def needed_for(self, text: str) -> tuple[Path, ...] | None:
        """Returns the fonts that have every letter of a text together, the main one first.

        None if some letter is in no font of this machine, or there is none at all.
        """
        left = {ord(letter) for letter in text if letter not in _NO_LETTERS}
        chosen: list[Path] = []
        for place in self._found():
            has = self._has(place)
            if not chosen and ord("A") not in has:
                continue  # the main font has to have the plain letters
            if not chosen or left & has:
                chosen.append(place)
                left -= has
            if not left:
                return tuple(chosen)
        return None

    def _found(self) -> Sequence[Path]:
        with self._lock:
            if self._places is None:
                every = sorted(path for folder in self._folders for path in folder.rglob("*.ttf"))
                self._places = tuple(sorted(every, key=_rank)[:_MOST])
            return self._places

    def _has(self, place: Path) -> frozenset[int]:
        with self._lock:
            if place not in self._letters:
                self._letters[place] = _letters_of(place)
            return self._letters[place]


def _rank(place: Path) -> tuple[int, int, str]:
    name = place.name
    first = _FIRST.index(name) if name in _FIRST else len(_FIRST)
    plain = 0 if name.endswith("-Regular.ttf") else 1
    return first, plain, str(place)


def _letters_of(place: Path) -> frozenset[int]:
    try:
        with TTFont(place, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError):
        return frozenset()
