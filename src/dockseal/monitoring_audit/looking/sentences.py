"""Sentences as checks say them."""


def sentence_of(text: str) -> str:
    """Returns a text with the full stop at its end that a sentence has."""
    return text if text.endswith(".") else f"{text}."
