"""What is a place, a party or a vehicle called? A code with its Chinese and English name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A name to show: `code` identifies, `zh` is always there, `en` may be missing."""

    code: str
    zh: str
    en: str | None = None

    def in_language(self, language: str) -> str:
        """The name for a reader of `language`."""
        return self.en if language == "en" and self.en else self.zh


def name_or_none(code: str | None, zh: str | None, en: str | None = None) -> Name | None:
    """The name, or None where an outer join found nothing."""
    return None if code is None else Name(code, zh or code, en)
