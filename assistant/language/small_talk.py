"""Small talk: what is said for company, and what kind of it.

A short closed list of set phrases in each language. What is listed is never worth keeping and
needs no memory to answer.
"""

from __future__ import annotations

import re
from typing import Literal

from .memo import Memo
from .text import has_han, sentences, words_of

Kind = Literal[
    "greeting", "thanks", "farewell", "wellbeing", "assent", "identity", "help", "time", "date",
    "opening", "praise",
]  # fmt: skip

_PHRASES: dict[Kind, str] = {
    "greeting": """hi; hello; hey; hiya; howdy; yo; greetings; good morning; good afternoon;
        good evening; morning; hi again; hello again; hi there; hello there; hey there;
        nice to meet you; pleased to meet you; welcome back; 你好; 您好; 嗨; 嘿; 哈喽; 哈啰; 早;
        早安; 早上好; 上午好; 中午好; 下午好; 晚上好; 大家好; 你好啊; 你好呀; 很高兴认识你;
        在吗""",
    "thanks": """thanks; thank you; thanks a lot; thanks so much; many thanks;
        thank you so much; thank you very much; thx; ty; cheers; much appreciated;
        i appreciate it; 谢谢; 谢谢你; 谢谢您; 多谢; 感谢; 谢了; 谢谢啦; 非常感谢; 太感谢了;
        十分感谢""",
    "farewell": """bye; goodbye; bye bye; good bye; good night; goodnight; see you;
        see you later; see you soon; see you tomorrow; see ya; talk to you later; talk later;
        talk soon; later; have a good day; have a nice day; take care; farewell; i have to go;
        i have to go now; i must go; gotta go; 再见; 拜拜; 晚安; 回头见; 明天见; 待会儿见;
        下次见; 回见; 我走了; 我先走了""",
    "wellbeing": """how are you; how are you doing; how are you today; how are things;
        how is it going; how do you do; what is up; sup; how have you been; are you ok;
        are you there; and you; 你好吗; 你怎么样; 最近怎么样; 你还好吗; 近来可好; 最近好吗;
        你呢""",
    "assent": """ok; okay; k; yes; yeah; yep; yup; no; nope; nah; sure; great; cool; nice;
        right; alright; all right; fine; good; perfect; awesome; wonderful; excellent; amazing;
        lovely; wow; oh; ah; hm; hmm; um; uh; lol; haha; hahaha; i see; got it; understood;
        makes sense; no problem; never mind; not bad; sounds good; of course; exactly; indeed;
        true; really; you are welcome; i am fine; i am good; i am ok; that is great;
        that is right; very good; yes please; no thanks; well; so; sorry; please; interesting;
        good to know; same here; nice one; good one; good point; fair enough; you are right;
        just kidding; i am kidding; i am joking; my bad; oops; oh no; oh well; ugh; phew; yay; omg;
        whatever; no worries; me too; i know; i do not know; that makes sense; let us chat;
        that is all; that is it; nothing else; all good;
        let us talk; talk to me; 好; 好的; 好吧; 好啊; 嗯; 嗯嗯; 哦; 噢; 啊; 对; 对的; 对啊; 是;
        是的; 是啊; 不; 不是; 不对; 没事; 没关系; 明白; 明白了; 知道了; 我知道了; 懂了; 哈哈;
        哈哈哈; 行; 可以; 不错; 太好了; 真棒; 很好; 真的; 不客气; 对不起; 抱歉; 当然; 没错;
        算了; 算了不说了; 不说了; 没什么; 唉; 哎; 哎呀; 呵呵; 嘿嘿; 嘻嘻; 天哪; 开玩笑的;
        我开玩笑的; 就这些; 没别的了; 逗你玩的;
        说得对; 有道理; 我也是; 不知道; 我不知道; 随便; 都行; 都可以; 就这样; 就这样吧; 聊聊天;
        聊聊; 随便聊聊; 陪我聊聊; 陪我聊聊天; 陪我说说话""",
    "identity": """who are you; what are you; what is your name; are you a robot; are you human;
        are you a bot; are you an ai; are you real; are you alive; are you a person;
        do you have a name; 你是谁; 你叫什么; 你叫什么名字; 你是什么; 你是机器人吗; 你是不是机器人;
        你是人吗; 你是真人吗; 你是人工智能吗; 你有名字吗; 您是谁""",
    "help": """help; what can you do; what do you do; how do you work; help me;
        how can you help me; 你能做什么; 你会什么; 你会做什么; 帮助; 你可以做什么; 怎么用""",
    "time": """what time is it; what time is it now; what is the time; what is the time now;
        do you have the time; do you know what time it is; tell me the time;
        what is the current time; 现在几点; 现在几点了; 几点了; 几点; 现在是几点; 现在什么时间;
        现在是什么时间""",
    "date": """what day is it; what day is it today; what date is it; what date is it today;
        what is the date; what is the date today; what is today's date; what is today;
        what day is today; what is the day today; tell me the date; what year is it;
        what month is it; what day of the week is it; 今天几号; 今天是几号; 今天星期几;
        今天是星期几; 今天周几; 今天礼拜几; 今天几月几号; 今天是几月几号; 今天是什么日期;
        今天的日期; 今天是哪天; 现在是几月; 今年是哪年; 今年是哪一年; 今天日期是什么;
        今天的日期是什么; 今天是周几""",
    "opening": """you know what; know what; guess what; can i tell you something;
        i have news; i have some news; 你知道吗; 你知道么; 你猜怎么着; 猜猜看; 你猜; 跟你说个事;
        告诉你个事; 告诉你一件事; 跟你说件事; 我跟你说""",
    "praise": """well done; good job; great job; good bot; i love you; i like you; 干得好; 真厉害;
        厉害; 太厉害了; 你真行; 我爱你; 我喜欢你""",
}
# Praise of whoever is talked to: "you're so funny", 你真逗.
_PRAISE = re.compile(
    r"you are (?:(?:so|very|really|too|the|quite|just|such a|a) )*(?:funny|great|awesome|amazing|"
    r"best|kind|sweet|smart|clever|helpful|brilliant|good|nice|lovely|wonderful|perfect|cool|"
    r"hilarious|star|genius|legend|good listener)"
    r"|you (?:have|have got) (?:a |an )?(?:very |really )?(?:good|great|excellent|amazing) memory"
)
_PRAISE_ZH = re.compile(
    "[你您](?:的?记性|的?记忆力|这人)?(?:真是?|太|好|很|挺|可真|最|真的[很好太])"
    "(?:好玩?|棒|逗|有趣|聪明|厉害|贴心|可爱|牛|温柔|细心|懂我|会说话|幽默)"
)
_KINDS: dict[str, Kind] = {
    " ".join(phrase.split()): kind
    for kind, phrases in _PHRASES.items()
    for phrase in phrases.split(";")
}
# Said to someone: "hello there, Biscuit", "thanks for your help", "bye for now".
_ADDRESSED: tuple[Kind, ...] = ("greeting", "thanks", "farewell")
_AFTER_THANKS = frozenset("for again everyone all you so a".split())
_PIECES = re.compile(r"[,，;；、~～—–]+|\.{2,}|…+")
_TAIL = re.compile(r"[啊呀哦呢啦吧哈嘛]+$")
# 谢谢你陪我聊天: thanks for company, and nothing told.
_THANKS_ZH = re.compile(
    "(?:谢谢|感谢|多谢)(?:[你您]的?)?(?:陪我|陪着我|帮我|帮忙|提醒|告诉我|关心|耐心|听我)[^我]{0,6}"
)
_LAUGHTER = re.compile(r"^(?:(?:lol|ha(?:ha)+|he(?:he)+|wow|oh|aw+) |[哈嘿嘻呵]+)+")
_NOT_HAN = re.compile(r"[^\w]+|_")


@Memo
def small_talk_of(phrase: str) -> Kind | None:
    """The kind of one phrase, or None when it is not small talk.

    >>> small_talk_of("Hello!"), small_talk_of("谢谢你"), small_talk_of("My dog is called Bruno")
    ('greeting', 'thanks', None)
    """
    if len(phrase) > 80:
        return None
    if has_han(phrase):
        bare = _NOT_HAN.sub("", phrase)
        plain = _TAIL.sub("", bare)
        praised = _PRAISE_ZH.fullmatch(_LAUGHTER.sub("", plain).removesuffix("了"))
        kind = _KINDS.get(bare) or _KINDS.get(plain) or ("praise" if praised else None)
        return kind or ("thanks" if _THANKS_ZH.fullmatch(plain) else None)
    words = [word.low for word in words_of(phrase)]
    kind = _KINDS.get(" ".join(words))
    if kind or not words:
        return kind
    if "you" in words and _PRAISE.fullmatch(_LAUGHTER.sub("", " ".join(words))):
        return "praise"
    for length in (3, 2, 1):
        kind = _KINDS.get(" ".join(words[:length]))
        rest = words[length:]
        if kind not in _ADDRESSED or not rest:
            continue
        if kind == "thanks" and rest[0] in _AFTER_THANKS:
            return kind
        if len(rest) <= 2 and not set(rest) & {"i", "my", "is", "am", "are", "we"}:
            return kind
    return None


def _in_a_row(sentence: str) -> list[Kind]:
    """The kinds of set phrases that a sentence is made of, one after the other without a comma:
    "ok great thanks"; none when anything else is in it."""
    space = "" if has_han(sentence) else " "
    words = (
        [word.low for word in words_of(sentence[:80])]
        if space
        else list(_NOT_HAN.sub("", sentence[:80]))
    )
    kinds: list[Kind] = []
    i = 0
    while i < len(words):
        for length in (8, 7, 6, 5, 4, 3, 2, 1):
            kind = _KINDS.get(space.join(words[i : i + length]))
            if kind and i + length <= len(words):
                kinds.append(kind)
                i += length
                break
        else:
            return []
    return kinds


def pieces(sentence: str) -> list[str]:
    """A sentence cut at its commas: "Hi, thanks" is two things said."""
    return [piece.strip() for piece in _PIECES.split(sentence) if piece.strip()]


def kinds_of(text: str) -> tuple[Kind, ...]:
    """The kinds of small talk in a text, in order, each once; other words are passed over."""
    if len(text) > 2000:
        return ()
    found: dict[Kind, None] = {}
    for sentence in sentences(text):
        parts = pieces(sentence)
        for part in parts if len(parts) > 1 else [sentence]:
            kind = small_talk_of(part)
            found |= dict.fromkeys([kind] if kind else _in_a_row(part))
    return tuple(found)


@Memo
def is_chat(sentence: str) -> bool:
    """Whether one sentence is small talk and nothing else."""
    if len(sentence) > 400:
        return False
    if small_talk_of(sentence):
        return True
    return all(
        small_talk_of(part) or _in_a_row(part) or not any(c.isalnum() for c in part)
        for part in pieces(sentence)
    )


def is_small_talk(text: str) -> bool:
    """Whether a text is small talk and nothing else; so is one without a letter or digit.

    >>> is_small_talk("Hi! How are you?"), is_small_talk("Hi! My dog is called Bruno.")
    (True, False)
    """
    return len(text) <= 2000 and all(is_chat(sentence) for sentence in sentences(text))
