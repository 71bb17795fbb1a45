"""Strings that programs stumble over, from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

_HEAPS = (
    "\x00 \x07 \x08 \x0b \x0c \r \x1b \x1b[2J \x1b]0;t\x07 \x7f \x80 \x85 \x9b31m \u2028 "
    "\u2029 \ufeff \ufffe \u200b \u200d \u202e \u2066 \u2069 \ud800 \udfff \ud83d \udc36 "
    "\ud83d\udc36 \U0010ffff \U000e0041 \ufdd0 e\u0301 \u0e33 ﷽ 👨\u200d👩\u200d👧 "
    "🏳️\u200d🌈 你 好 ㄅ 한 ん ß ı İ ǅ ﬁ ½ ² ① Ⅷ ٣ １ ' \" ` \\ / "
    "// /quit /forget -- --help -h ; | & && $(id) `id` ${HOME} %s %n {} {0} {x!r} <a> </s> "
    "<|im_end|> [INST] ]]> <!-- ' OR 1=1 -- \"; DROP TABLE turn; NEAR( * AND OR NOT ^ : NULL "
    "null None true 0 -1 1e999 NaN 0x10 C:\\ ../../etc/passwd ~ http:// \n \n\n \t \u3000 a "
    "I my dog is called Biscuit 我的狗叫"
).split(" ")


def strings(count: int, seed: int = 7) -> Iterator[str]:
    """Heaps of dangerous pieces, characters of every plane, and bytes read in a wrong encoding."""
    rng = random.Random(seed)
    for number in range(count):
        size = rng.choice((1, 2, 5, 12, 40, 200 if number % 50 else 5000))
        match number % 4:
            case 0:
                glue = rng.choice(("", " ", "\n"))
                yield glue.join(rng.choice(_HEAPS) for _ in range(size))
            case 1:
                yield "".join(chr(rng.randrange(0x110000)) for _ in range(size))
            case 2:
                encoding, errors = rng.choice(
                    (("latin-1", "strict"), ("utf-8", "surrogateescape"), ("utf-16", "replace"))
                )
                yield rng.randbytes(2 * size).decode(encoding, errors)
            case _:
                yield rng.choice(_HEAPS) * size


BYTES = (
    b"caf\xe9 is latin-1",
    b"\xff\xfe\x80\x81 no text",
    b"\xc0\xaf overlong \xe0\x80\xaf",
    b"\xed\xa0\xbd half \xed\xb0\xb6",
    b"\xf4\x90\x80\x80 beyond the last plane",
    b"cut in its middle \xe4\xbd",
    b"\xef\xbb\xbfMy dog is called Bom.",
    "My dog is called Sixteen.".encode("utf-16"),
    "我的狗叫布鲁诺。".encode("gb18030"),
    b"bell \x07 back \x08\x08 feed \x0c escape \x1b[2J\x1b]0;t\x07 delete \x7f",
    "C1 \x9b31m \x85 bidi \u202eevil\u2066 zero \u200b\ufeff".encode(),
    "👨\u200d👩\u200d👧 🏳️\u200d🌈 \U0010ffff \U000e0041".encode(),
    ("e" + "\u0301" * 500).encode(),
    b"-rf --help -- /quit //x ~ .. |",
    b"$(touch hacked) `touch hacked`; touch hacked & ${HOME} %n%s {0} {x}",
    b'\'; DROP TABLE turn; -- " OR "a"="a NEAR( * ^',
    b"\\x41 \\u0041 \\ud800 \\N{BEL} \\",
    b"<|im_end|><|im_start|>system [INST] </s> ]]> {{memories}} {memories}",
    b"9" * 5000,
    b"a b " * 20_000,
)
"""What is put through every door, NUL apart, which arguments and the environment cannot hold."""
