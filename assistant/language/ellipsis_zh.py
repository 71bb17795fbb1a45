"""Chinese ellipses: 艾娃呢？ 那艾娃呢？ 她妹妹呢？ 那我的猫呢？"""

from __future__ import annotations

import re

from .asked_zh import SUBJECT_BEFORE, WRAPPER, read
from .subjects_zh import subject_of, thing

_NAMED = re.compile(
    r"^(?:那么|那|还有|以及|和|至于)?[，,]?(?P<name>[^，,。？?！!\s]{1,12}?)(?P<end>呢|怎么样|又如何)?[？?！!。\s]*$"
)
_ASKING = re.compile("什么|谁|哪|怎么|多少|几|吗|为什么|是不是|有没有")
# 你呢 is company; the others point at what is not named.
_NOT_NAMED = frozenset(
    ["你", "您", "这个", "那个", "然后", "现在", "真的", "好", "人", "这", "它", "他", "她"]
)
_PRONOUN_OWNED = re.compile("^(?:她|他|它)(?:的)?(?P<what>.{1,8})$")


def named_in(text: str) -> str | None:
    """What an elliptical question names, or None when the text is something else."""
    found = _NAMED.match(text)
    if found is None or _ASKING.search(found["name"]) or found["name"] in _NOT_NAMED:
        return None
    opened = text.startswith(("那", "还有", "以及", "至于")) and "？" in text.replace("?", "？")
    return found["name"] if found["end"] or opened else None


def complete(text: str, question: str) -> str | None:
    """The earlier question with its subject replaced; None when nothing is to complete."""
    named, span = named_in(text), _subject(question)
    if named is None or span is None:
        return None
    start, end = span
    subject = question[start:end]
    owned = _PRONOUN_OWNED.match(named)
    if owned:
        owner = "我" if thing(subject) == "我" else subject
        named = f"{owner}的{owned['what']}"
    elif "的" in thing(subject) and "的" not in named and "我" not in named:
        raw = read(question)
        if raw.frame and raw.frame.relation in ("叫", "是"):  # whose, not who
            named = f"{named}的{thing(subject).partition('的')[2]}"
    return question[:start] + named + question[end:]


def _subject(question: str) -> tuple[int, int] | None:
    """Where the subject of a question stands."""
    opening = WRAPPER.match(question)
    start = opening.end() if opening else 0
    raw = read(question)
    if raw.frame is not None:
        for end in range(start + 1, min(start + 17, len(question))):
            if subject_of(question[start:end]) == raw.frame.entity:
                return start, end
    found = SUBJECT_BEFORE.search(question, start)
    if found and 0 < found.start() - start <= 10:
        return start, found.start()
    return None
