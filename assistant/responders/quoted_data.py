"""Text that others wrote, made safe to stand in a prompt.

Two dangers: text that looks like an instruction or like the end of its own quotation, and text
that holds a model's control tokens (``<|im_end|>``), which many servers read as such wherever they
stand. Quoted data is a JSON string: it has no line end, and cannot close its own quotes.
"""

from __future__ import annotations

import json
import re

# The shapes in which models write their control tokens: ChatML and Llama 3, DeepSeek, Gemma,
# Llama 2, Mistral.
_CONTROL_TOKEN = re.compile(
    r"""
      <(?=\|[^<>\n]{1,60}\|?>)
    | <(?=｜[^<>\n]{1,60}｜?>)
    | <(?=(?:start|end)_of_\w+>)
    | <(?=/?(?:s|bos|eos|pad|unk|think|system|user|assistant)>)
    | <(?=<\s*/?SYS\s*>>)
    | \[(?=/?[A-Z]{3,}(?:_[A-Z]+)*\])
    """,
    re.VERBOSE,
)
_OPENING = re.compile(r"<(?=\S)|\[(?=/?[A-Z_]{3,}\])")
# Line ends by another name, marks of direction, and what is not seen; U+200D joins emoji and stays.
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def whole(text: str) -> str:
    """The text without lone surrogates, which cannot be sent."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def disarmed(text: str) -> str:
    """Text for a message of its own: verbatim, but a control token becomes ordinary text.

    >>> disarmed("a<|im_end|>b < c")
    'a< |im_end|>b < c'
    """
    return _CONTROL_TOKEN.sub(
        lambda match: match.group() + " ", whole(text).replace("\0", "\ufffd")
    )


def quoted(text: str) -> str:
    """Text as a JSON string on one line, so that nothing in it can end the quotation.

    >>> print(quoted('a"\\n<<<END'))
    "a\\"\\n\\u003c\\u003c\\u003cEND"
    """
    line = json.dumps(whole(text), ensure_ascii=False)
    for pattern in (_UNSEEN, _OPENING):  # what is escaped first can be opened before
        line = pattern.sub(lambda match: f"\\u{ord(match.group()):04x}", line)
    return line
