"""How a name looks: what people take for the same name is the same here (Unicode UTS #39).

Compared are letters and digits only, without regard to case, accents that are piled up, width, script or the word
*host*, which says what somebody is and not who.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from confusable_homoglyphs import confusables

#: Nobody is called so alone.
ROLE_NAMES = ("Host",)
_MOST_NAMES = 20_000
#: Unicode's Default_Ignorable_Code_Point, which Python does not tell, and what is drawn as nothing. ZWJ and ZWNJ are
#: looked at elsewhere.
_BLANK = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_PILED_UP = re.compile("[\u0300-\u036f]{2,}")
_WORD = re.compile(r"[^\W_]+")


def is_blank(char: str) -> bool:
    """Whether nothing is seen of it."""
    return _BLANK.fullmatch(char) is not None


@lru_cache(maxsize=_MOST_NAMES)
def looks_of(name: str) -> frozenset[str]:
    """All that a name may be taken for; names that have one in common look alike."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name))
    plain = _PILED_UP.sub("", "".join(char for char in plain if not is_blank(char)))
    return frozenset(_words(form) for form in (_skeleton(plain), _skeleton(plain.casefold()), plain.casefold()))


def _words(text: str) -> str:
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    named = [word for word in words if word not in _host_words()]
    return "".join(named) or ("host" if words else "")


@cache
def _host_words() -> frozenset[str]:
    return frozenset({"host", _skeleton("host").casefold()})


def _skeleton(text: str) -> str:
    return "".join(_prototype(char) for char in text)


@lru_cache(maxsize=_MOST_NAMES)
def _prototype(char: str) -> str:
    """The one of all that look like it that comes first; two letters that look like one (``rn``) before it."""
    alike = {char}
    waiting = [char]
    while waiting:
        for entry in confusables.confusables_data.get(waiting.pop(), ()):
            if entry["c"] not in alike:
                alike.add(entry["c"])
                if len(entry["c"]) == 1:
                    waiting.append(entry["c"])
    pairs = [one for one in alike if len(one) == 2 and one.isascii() and one.isalpha()]
    return min(pairs) if pairs else min(one for one in alike if len(one) == 1)
