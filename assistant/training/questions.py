"""Makes questions about what a turn says: a statement in the first person, asked about later.

Natural questions about earlier turns are scarce, and most of those in the corpora ask about
encyclopaedic text. Here clauses such as "I went to ...", "my sister is ...", 我喜欢… are turned
around by many templates, in the first person ("When did I go ...?") and in the third ("When did
Nora go ...?"). Knows clauses, not topics.
"""

from __future__ import annotations

import random
import re
from typing import Final

IRREGULAR: Final = dict(
    pair.split(":")
    for pair in """
    went:go got:get had:have made:make took:take saw:see came:come gave:give found:find told:tell
    felt:feel left:leave bought:buy brought:bring began:begin kept:keep met:meet ran:run sat:sit
    spoke:speak spent:spend stood:stand taught:teach thought:think understood:understand won:win
    wore:wear wrote:write ate:eat drank:drink drove:drive fell:fall flew:fly forgot:forget grew:grow
    heard:hear held:hold knew:know lost:lose paid:pay read:read rode:ride said:say sang:sing
    sold:sell sent:send slept:sleep swam:swim threw:throw woke:wake built:build broke:break
    chose:choose caught:catch did:do drew:draw hurt:hurt led:lead hit:hit put:put quit:quit
    started:start moved:move lived:live used:use decided:decide loved:love liked:like hated:hate
    visited:visit joined:join received:receive graduated:graduate celebrated:celebrate
    changed:change arrived:arrive baked:bake hiked:hike closed:close created:create raised:raise
    noticed:notice practiced:practice tried:try studied:study married:marry carried:carry
    planned:plan stopped:stop dropped:drop shopped:shop adopted:adopt signed:sign finished:finish
    """.split()
)

_PRESENT: Final = (
    "like love enjoy want need prefer hate play live work study teach own collect drive read watch "
    "listen speak know eat drink run swim travel volunteer plan hope wish feel think believe sing "
    "dance cook bake paint write practice coach raise grow keep miss remember"
)
_CLAUSE_END: Final = re.compile(
    r"[.!?;:]|, (?:but|so|and|because|which)|(?: but| because| so that) "
)

_PAST: Final = re.compile(
    r"\b(?:I|we) (?:just |also |actually |finally |recently |really )?("
    + "|".join(IRREGULAR)
    + r"|[a-z]{3,}ed)\b ?([^\n]*)",
    re.IGNORECASE,
)
_NOW: Final = re.compile(
    r"\bI (?:really |also |usually |always |still )?("
    + "|".join(_PRESENT.split())
    + r")\b ?([^\n]*)",
    re.IGNORECASE,
)
_AM: Final = re.compile(r"\bI(?:'m| am) (?!sorry|glad|sure|not sure)([^\n]*)", re.IGNORECASE)
_HAVE: Final = re.compile(
    r"\bI(?:'ve got| have| own) (an?|two|three|four|\d+|my|some) ([^\n]*)", re.IGNORECASE
)
_PERFECT: Final = re.compile(
    r"\bI(?:'ve| have) (been|always|never|had|done|seen|made) ([^\n]*)", re.IGNORECASE
)
_MY: Final = re.compile(
    r"\bmy ((?:[a-z]+ ){0,2}[a-z]+) "
    r"(is|was|are|were|has|had|works|lives|loves|likes|said|told|got|came|went|used)\b ?([^\n]*)",
    re.IGNORECASE,
)
_CHINESE: Final = re.compile(r"我(?!们)([^，。！？；,.!?;]{2,24})")
_CHINESE_MY: Final = re.compile(
    r"我(?!们)的?([^，。！？；,.!?;的我是叫]{1,6})(是|叫|在)([^，。！？；,.!?;]{1,20})"
)


def questions_about(text: str, rng: random.Random, name: str | None) -> list[str]:
    """Questions that the turn answers: about ``name``, or in the first person when it is None.

    >>> questions_about("I went to Oslo in May.", random.Random(1), "Nora")[:1]  # doctest: +SKIP
    ['When did Nora go to Oslo?']
    """
    if any("\u4e00" <= c <= "\u9fff" for c in text):
        return _chinese(text, rng, name)
    found: list[str] = []
    for match in _PAST.finditer(text):
        found += _past(match[1].lower(), _clause(match[2]), rng, name)
    for match in _NOW.finditer(text):
        found += _present(match[1].lower(), _clause(match[2]), rng, name)
    for match in _AM.finditer(text):
        found += _being(_clause(match[1]), rng, name)
    for match in _HAVE.finditer(text):
        found += _having(match[1].lower(), _clause(match[2]), rng, name)
    for match in _PERFECT.finditer(text):
        found += _perfect(match[1].lower(), _clause(match[2]), rng, name)
    for match in _MY.finditer(text):
        found += _mine(match[1], match[2].lower(), _clause(match[3]), rng, name)
    return [re.sub(r"\s+", " ", q).replace(" ?", "?") for q in found]


def about_another(text: str, name: str) -> str:
    """The words of a first-person text as said about ``name``.

    >>> about_another("I love my dog", "Nora")
    'Nora love her dog'
    """
    swaps = {
        "i": name,
        "i'm": f"{name} is",
        "i've": f"{name} has",
        "my": "her",
        "me": "her",
        "mine": "hers",
        "myself": "herself",
        "we": f"{name} and friends",
        "our": "their",
        "am": "is",
    }
    words = [swaps.get(word.lower(), word) for word in text.split()]
    return " ".join(words)


def _clause(rest: str) -> str:
    return _CLAUSE_END.split(rest, maxsplit=1)[0].strip().strip(",")


def _base(past: str) -> str:
    if past in IRREGULAR:
        return IRREGULAR[past]
    return past[:-2] if len(past) > 5 else past[:-1]


def _theirs(words: str, name: str | None) -> str:
    if name is None:
        return words
    return about_another(words, name)


def _shorter(words: str, rng: random.Random) -> str:
    parts = words.split()
    if len(parts) > 4 and rng.random() < 0.7:
        parts = parts[: rng.randint(2, min(len(parts), 6))]
        while len(parts) > 1 and parts[-1].lower() in _WEAK:
            parts.pop()
    return " ".join(parts)


_WEAK: Final = frozenset(
    "a an the to of in on at for with and or my his her their our that by from".split()
)


def _past(verb: str, rest: str, rng: random.Random, name: str | None) -> list[str]:
    if len(rest) < 3:
        return []
    did, base = f"did {name or 'I'}", _base(verb)
    full, short = _theirs(rest, name), _theirs(_shorter(rest, rng), name)
    preposition = re.match(r"(to|in|on|at|with|for|about)\b", rest)
    options = [
        f"When {did} {base} {short}?",
        f"When {did} {base} {full}?",
        f"What {did} {base}?" if not preposition else f"What {did} {base} {preposition[1]}?",
        f"Why {did} {base} {short}?",
        f"How {did} {base} {short}?",
        f"Who {did} {base} {short} with?",
        f"Where {did} {base}?"
        if base in ("go", "move", "travel", "live")
        else f"Where {did} {base} {short}?",
        f"{did.capitalize() if name is None else 'Did ' + name} {base} {full}?",
        f"What happened when {name or 'I'} {verb} {short}?",
        f"How long ago {did} {base} {short}?",
        f"which day was it that {name or 'I'} {verb} {short}",
        f"tell me about the time {name or 'I'} {verb} {short}",
    ]
    return [rng.choice(options)]


def _present(verb: str, rest: str, rng: random.Random, name: str | None) -> list[str]:
    if len(rest) < 3:
        return []
    does, whose = (f"does {name}", f"{name}'s") if name else ("do I", "my")
    full, short = _theirs(rest, name), _theirs(_shorter(rest, rng), name)
    options = [
        f"What {does} {verb}?",
        f"What {does} {verb} to do?"
        if rest.startswith("to ")
        else f"What kind of things {does} {verb}?",
        f"{does.capitalize() if not name else 'Does ' + name} {verb} {full}?",
        f"Why {does} {verb} {short}?",
        f"How often {does} {verb} {short}?",
        f"Who {does} {verb} {short} with?",
        f"Where {does} {verb}?"
        if verb in ("live", "work", "study", "play", "teach")
        else f"How much {does} {verb} {short}?",
        f"what do you know about {whose} {verb.rstrip('e')}ing {short}",
        f"Since when {does} {verb} {short}?",
    ]
    return [rng.choice(options)]


def _being(rest: str, rng: random.Random, name: str | None) -> list[str]:
    if len(rest) < 4:
        return []
    is_, short = (f"is {name}" if name else "am I"), _theirs(_shorter(rest, rng), name)
    first = rest.split()[0].lower()
    options = [
        f"{is_.capitalize() if not name else 'Is ' + name} {_theirs(rest, name)}?",
        f"Why {is_} {short}?",
        f"How does {name} feel about it?"
        if name and first.endswith("ed")
        else f"When {is_} {short}?",
    ]
    if first.endswith("ing"):
        options += [
            f"What {is_} {first}?",
            f"Where {is_} {first}?",
            f"Who {is_} {first} with?",
            f"When {is_} {short}?",
        ]
    if first in ("a", "an", "the"):
        options += [
            f"What {is_}?",
            f"What does {name} do for a living?" if name else "What do I do for a living?",
            f"What is {name}'s job?" if name else "What is my job?",
        ]
    if first in ("from", "in", "at"):
        options += [f"Where {is_}{' from' if first == 'from' else ''}?"]
    return [rng.choice(options)]


def _having(count: str, rest: str, rng: random.Random, name: str | None) -> list[str]:
    if len(rest) < 3:
        return []
    thing = _shorter(rest, rng)
    noun = " ".join(thing.split()[:2])
    have = f"does {name} have" if name else "do I have"
    whose = f"{name}'s" if name else "my"
    options = [
        f"{'Does ' + name if name else 'Do I'} have {count} {_theirs(thing, name)}?",
        f"How many {noun} {have}?",
        f"What kind of {noun} {have}?",
        f"What is {whose} {noun} called?",
        f"Tell me about {whose} {noun}.",
        f"What {have}?",
        f"What pets {have}?"
        if noun.split()[0] in ("dog", "cat", "dogs", "cats")
        else f"Who or what {have}?",
    ]
    return [rng.choice(options)]


def _perfect(verb: str, rest: str, rng: random.Random, name: str | None) -> list[str]:
    if len(rest) < 4:
        return []
    has = f"has {name}" if name else "have I"
    words = _theirs(_shorter(rest, rng), name)
    options = [
        f"How long {has} {verb} {words}?",
        f"{'Has ' + name if name else 'Have I'} {verb} {words}?",
        f"What {has} {verb}{' doing' if verb == 'been' else ''}?",
        f"When {has} {verb} {words}?",
    ]
    return [rng.choice(options)]


def _mine(thing: str, verb: str, rest: str, rng: random.Random, name: str | None) -> list[str]:
    whose = f"{name}'s" if name else "my"
    thing = thing.lower()
    options = [f"What do you know about {whose} {thing}?", f"Tell me about {whose} {thing}."]
    if verb in ("is", "are", "was", "were") and len(rest) > 1:
        options += [
            f"Who {verb} {whose} {thing}?",
            f"What {verb} {whose} {thing}?",
            f"Where {verb} {whose} {thing}?",
            f"How {verb} {whose} {thing}?",
            f"What is {whose} {thing} called?",
            f"what's {whose} {thing}",
            f"{verb.capitalize()} {whose} {thing} {_theirs(rest, name)}?",
        ]
    else:
        base = {
            "has": "have",
            "had": "have",
            "works": "work",
            "lives": "live",
            "loves": "love",
            "likes": "like",
        }.get(verb, IRREGULAR.get(verb, verb))
        auxiliary = "does" if verb.endswith("s") else "did"
        options += [
            f"What {auxiliary} {whose} {thing} {base}?",
            f"Where {auxiliary} {whose} {thing} {base}?",
            f"When {auxiliary} {whose} {thing} {base} {_theirs(_shorter(rest, rng), name)}?",
            f"Which relative of {name or 'mine'} {verb} {_theirs(_shorter(rest, rng), name)}?",
        ]
    return [rng.choice(options)]


def _chinese(text: str, rng: random.Random, name: str | None) -> list[str]:
    who = name or "我"
    found: list[str] = []
    for match in _CHINESE_MY.finditer(text):
        thing, verb = match[1], match[2]
        word = {"叫": "叫什么名字", "在": "在哪里"}.get(
            verb, rng.choice(["是什么", "是谁", "怎么样"])
        )
        found.append(
            rng.choice(
                [
                    f"{who}的{thing}{word}？",
                    f"{who}的{thing}{verb}什么？",
                    f"你知道{who}的{thing}吗？",
                    f"说说{who}的{thing}",
                ]
            )
        )
    for match in _CHINESE.finditer(text):
        clause = match[1].rstrip("了的呢吧啊哦")
        if len(clause) < 3:
            continue
        cut = clause[: rng.randint(3, min(len(clause), 10))]
        found.append(
            rng.choice(
                [
                    f"{who}什么时候{clause}？",
                    f"{who}{clause}吗？",
                    f"{who}为什么{cut}？",
                    f"{who}是不是说过{cut}？",
                    f"还记得{who}{cut}的事吗？",
                    f"{who}怎么{cut}？",
                    f"{who}说过{cut}什么？",
                    f"{who}在哪里{cut}？",
                ]
            )
        )
    return found
