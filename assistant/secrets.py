"""Finds what should not be kept by accident: passwords, keys, tokens, card numbers, seed phrases.

Written for talk, in English and Chinese, not for source code: it knows how people tell a password
("it's hunter2", 密码是…) besides the shapes of keys. What carries a checksum (cards by Luhn's,
IBANs modulo 97) is a secret only when the sum is right. Knows nothing of stores; decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from assistant.language.text import has_han
from assistant.secret_forms import NEAR, TOLD, Judge
from assistant.secret_shapes import KEYS, LETTERS_THAT_FOLD, SEED_STOP_WORDS

Kind = Literal["password", "code", "key", "private key", "card", "iban", "seed phrase"]

_NAMES: Final[dict[str, tuple[str, str]]] = {
    "password": ("password", "密码"),
    "code": ("code", "验证码"),
    "key": ("key", "密钥"),
    "private key": ("private key", "私钥"),
    "card": ("card number", "卡号"),
    "iban": ("IBAN", "IBAN"),
    "seed phrase": ("seed phrase", "助记词"),
}
_RUN: Final = r"[^\s\"'`(),;<>\u3000-\u9fff]{6,200}"
_SENTENCE: Final = 160
_SENTENCE_END: Final = r"[.!](?=\s)|[。\n]"
# Digits, a word for a password, or words enough for a seed phrase: most turns have none of them.
_WORTH_SEARCHING: Final = (
    r"(?i)\d|pass|pwd|pw|PRIVATE KEY|密码|口令|暗号|\S{20}|(?:\S\s){11}|(?:\S++\s++){11}"
)
_MASKED: Final = re.compile(r" not kept\]|未保存\]")
_ROUNDS: Final = 8
_REPEATED: Final = 6
_CARD: Final = r"(?<![\d.+-])\d(?:[ -]?\d){13,18}(?![\d-])"
# Visa, Mastercard, American Express, Discover, UnionPay, JCB, Diners Club
_ISSUED: Final = (
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}|3[47]\d{13}"
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|62\d{14,17}|35\d{14}|3(?:0[0-5]|[68]\d)\d{11}"
)
_IBAN: Final = (
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}"
    r"(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)(?![A-Za-z0-9])"
)
_SEED: Final = r"(?<![A-Za-z0-9_'-])[a-z]{3,8}(?:[ ,\n]{1,3}+[a-z]{3,8}+){11,47}(?![A-Za-z0-9_'-])"
_HAN_SEED: Final = r"(?<!\S)[\u4e00-\u9fff](?: [\u4e00-\u9fff]){11,23}(?!\S)"
_SEED_CUE: Final = r"(?i)seed|recovery|mnemonic|backup|wallet|words:|助记词|恢复短语|钱包"
_SEED_LENGTHS: Final = (12, 15, 18, 21, 24)
_EVERY_CUE: Final = "|".join({cue for one in (*TOLD, *NEAR) for cue in one.cues.split("|")})


@dataclass(frozen=True, slots=True)
class Secret:
    """Something found in a text. It does not hold the secret itself, so that it may be logged.

    Args:
        kind: What it is.
        start: Where it begins in the text.
        end: Where it ends.
        masked: What may stand in its place.
    """

    kind: Kind
    start: int
    end: int
    masked: str


def find_secrets(text: str) -> tuple[Secret, ...]:
    """The secrets in a text, in order, none overlapping another.

    >>> [found.kind for found in find_secrets("My wifi password is hunter2, my dog is Bruno.")]
    ['password']
    """
    folded = text.translate(LETTERS_THAT_FOLD)
    chinese = has_han(text)
    found: list[tuple[int, int, Kind]] = []
    taken = bytearray(len(text))
    values: set[str] = set()

    def take(kind: Kind, start: int, end: int) -> bool:
        if 1 in taken[start:end]:
            return False
        taken[start:end] = b"\1" * (end - start)
        found.append((start, end, kind))
        return True

    for kind, start, end in _candidates(folded):
        value = folded[start:end]
        if take(kind, start, end) and len(value) >= _REPEATED and value not in values:
            values.add(value)
            for repeated in re.finditer(re.escape(value), folded):  # told twice in one breath
                take(kind, *repeated.span())
    return tuple(
        Secret(kind, start, end, _mask(kind, chinese)) for start, end, kind in sorted(found)
    )


def _none(text: str, secrets: Sequence[Secret]) -> Sequence[Secret]:
    return ()


def mask_secrets(
    text: str, spared: Callable[[str, Sequence[Secret]], Sequence[Secret]] = _none
) -> str:
    """The text with its secrets replaced; masking twice changes nothing.

    >>> mask_secrets("My wifi password is hunter2.")
    'My wifi password is [password not kept].'

    Args:
        text: What was said.
        spared: Given a text and the secrets in it, those that may stay.
    """
    for _ in range(_ROUNDS):  # what stood in a secret's shadow may be one itself
        secrets = find_secrets(text)
        staying = spared(text, secrets)
        secrets = tuple(one for one in secrets if one not in staying)
        if not secrets:
            break
        for found in reversed(secrets):
            text = text[: found.start] + found.masked + text[found.end :]
    return text


def name_secrets(secrets: Sequence[Secret], *, chinese: bool = False) -> str:
    """What was found, in words.

    >>> name_secrets(find_secrets("password: hunter2"))
    'a password'
    """
    names = list(dict.fromkeys(_NAMES[found.kind][chinese] for found in secrets))
    if chinese:
        return "、".join(names)
    named = [("an " if name == "IBAN" else "a ") + name for name in names]
    return named[0] if len(named) == 1 else ", ".join(named[:-1]) + " and " + named[-1]


def _mask(kind: Kind, chinese: bool) -> str:
    return f"[{_NAMES[kind][1]}未保存]" if chinese else f"[{_NAMES[kind][0]} not kept]"


def _candidates(text: str) -> Iterator[tuple[Kind, int, int]]:
    """What may be a secret, the surest first; some overlap."""
    if not _compiled(_WORTH_SEARCHING).search(text):
        return
    low = text.lower()
    for kind, pattern in KEYS if _compiled(r"\S{16}|://").search(text) else ():
        for match in _compiled(pattern).finditer(text):
            start, end = match.span(match.lastindex or 0)
            yield kind, start, end
    for match in _compiled(_CARD).finditer(text):
        if length := card_length(match.group()):
            yield "card", match.start(), match.start() + length
    for match in _compiled(_IBAN).finditer(text):
        if length := iban_length(match.group()):
            yield "iban", match.start(), match.start() + length
    yield from _seed_phrases(text)
    if not _has_any(low, _EVERY_CUE):
        return
    told_at: list[int] = []
    for told in TOLD:
        if not _has_any(low, told.cues):
            continue
        for match in _compiled(told.pattern).finditer(text):
            name = "value" if match["value"] else "triple"
            if length := _length(match[name], told.accepts):
                told_at.append(match.start(name))
                yield told.kind, match.start(name), match.start(name) + length
    yield from _near(text, low, told_at)


def _has_any(low: str, cues: str) -> bool:
    return any(cue in low for cue in cues.split("|"))


def _near(text: str, low: str, told_at: Sequence[int]) -> Iterator[tuple[Kind, int, int]]:
    """What looks made up beside a word for a secret, in sentences that told none in a known way."""
    for near in NEAR:
        if not _has_any(low, near.cues):
            continue
        ends = 0
        for cue in _compiled(near.pattern).finditer(text):
            if cue.start() < ends:
                continue
            starts, ends = _sentence(text, cue.start())
            if any(starts <= place < ends for place in told_at) or _MASKED.search(
                text, starts, ends
            ):
                continue
            for token in _compiled(_RUN).finditer(text, starts, ends):
                named = token.group().endswith(":")  # somebody is spoken to
                if not named and (length := _length(token.group(), near.accepts)):
                    yield near.kind, token.start(), token.start() + length


def _sentence(text: str, place: int) -> tuple[int, int]:
    """Where the sentence around a place starts and ends; no farther than a long sentence goes."""
    starts, ends = max(0, place - _SENTENCE), min(len(text), place + _SENTENCE)
    for end in _compiled(_SENTENCE_END).finditer(text, starts, ends):
        if end.end() <= place:
            starts = end.end()
        else:
            return starts, end.end()
    return starts, ends


def _length(value: str, accepts: Judge) -> int:
    """How long the value is without the punctuation behind it; 0 for what is no secret."""
    kept = value.rstrip(".,;:。，；：、)）")
    return len(kept) if accepts(kept) else 0


def _seed_phrases(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Twelve or more words that make no sentence, where they are all there is or are announced."""
    for pattern in (_SEED, _HAN_SEED):
        for match in _compiled(pattern).finditer(text):
            words = list(_compiled(r"[^ ,\n]+").finditer(match.group()))
            last = max(
                (n for n, word in enumerate(words) if word[0] in SEED_STOP_WORDS), default=-1
            )
            words = words[last + 1 :]
            if not 12 <= len(words) <= 24:
                continue
            start, end = match.start() + words[0].start(), match.start() + words[-1].end()
            announced = _compiled(_SEED_CUE).search(text, max(0, start - 60), start)
            alone = not (text[:start].strip() or text[end:].strip(" .\n"))
            distinct = len({word[0] for word in words})
            if announced or (alone and len(words) in _SEED_LENGTHS and distinct > 10):
                yield "seed phrase", start, end


def card_length(written: str) -> int:
    """How many of the characters are a card's number; 0 when none are.

    >>> card_length("4111 1111 1111 1111 12"), card_length("4111 1111 1111 1112")
    (19, 0)
    """
    while written and not _is_card(written):
        written = written[: max(written.rfind(" "), written.rfind("-"), 0)]
    return len(written)


def _is_card(written: str) -> bool:
    """Whether digits are a card's: issued, grouped as on cards, and with the right sum of Luhn."""
    digits = re.sub("[ -]", "", written)
    sizes = [len(group) for group in re.split("[ -]", written)]
    in_fours = all(size == 4 for size in sizes[:-1]) and sizes[-1] <= 4
    if len(sizes) > 1 and not in_fours and sizes not in ([4, 6, 5], [4, 6, 4], [6, 13]):
        return False
    if len(set(re.findall("[ -]", written))) > 1 or not _compiled(_ISSUED).fullmatch(digits):
        return False
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def iban_length(written: str) -> int:
    """How many of the characters are an IBAN (ISO 13616: modulo 97 leaves 1); 0 when none are."""
    while written:
        compact = written.replace(" ", "")
        if len(compact) < 15:
            return 0
        moved = compact[4:] + compact[:4]
        if int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1:
            return len(written)
        written = written.rpartition(" ")[0]
    return 0


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled when first needed: importing the package stays quick."""
    return re.compile(pattern)
