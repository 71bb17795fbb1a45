"""The shapes of secrets that need no words around them: keys with a prefix, private key blocks.

They follow what the issuers document, a prefix and a length.
"""

from __future__ import annotations

from typing import Final, Literal

# Full-width letters, digits and signs as people type them in Chinese, one for one.
LETTERS_THAT_FOLD: Final[dict[int, str | int]] = {
    **{0xFF01 + offset: 0x21 + offset for offset in range(94)},
    0x3000: " ",
    0x00A0: " ",
    0x2010: "-",
    0x2011: "-",
    0x2013: "-",
    0x2019: "'",
    0x2018: "'",
    0x201C: '"',
    0x201D: '"',
}

_NOT_INSIDE = r"(?<![A-Za-z0-9_-])"
KEYS: Final[tuple[tuple[Literal["key", "password", "private key"], str], ...]] = (
    (
        "private key",
        r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[^-]|-(?!----END))*+(?:-----END [A-Z0-9 ]{0,40}-----)?",
    ),
    ("private key", r"AGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    ("private key", r"PuTTY-User-Key-File-\d:(?s:.){40,}"),
    ("key", _NOT_INSIDE + r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]{8,}){1,3}"),
    (
        "key",
        _NOT_INSIDE + r"(?:(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}"  # AWS
        r"|AIza[\w-]{30,}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}"  # Google
        r"|LTAI[A-Za-z0-9]{12,24}|AKID[A-Za-z0-9]{13,40}"  # Alibaba, Tencent
        r"|gh[opsur]_[A-Za-z0-9]{30,}|github_pat_\w{40,}|gl[a-z]{2,4}-[\w-]{20,}"
        r"|xox[a-z]-[\w-]{10,}|xapp-\d-[\w-]{10,}"  # Slack
        r"|sk-(?=[\w-]*\d)(?:[a-z]+-)*[A-Za-z0-9_-]{20,}"  # OpenAI, Anthropic, DeepSeek
        r"|[srp]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,}"  # Stripe
        r"|hf_[A-Za-z0-9]{30,}|gsk_\w{30,}|xai-\w{30,}|r8_\w{30,}|pplx-\w{30,}|nvapi-[\w-]{30,}"
        r"|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{40,}|dckr_pat_[\w-]{20,}|lin_api_\w{30,}"
        r"|SG\.[\w-]{16,}\.[\w-]{16,}|key-[0-9a-f]{32}|[0-9a-f]{32}-us\d{1,2}"  # mail services
        r"|(?:SK|AC)[0-9a-f]{32}|\d{8,10}:AA[\w-]{30,}"  # Twilio, Telegram
        r"|[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,}"  # Discord
        r"|do[opr]_v1_[0-9a-f]{40,}|shp[a-z]{2}_[0-9a-fA-F]{32}|sq0[a-z]{3}-[\w-]{20,}"
        r"|dapi[0-9a-f]{32}|hv[sbr]\.[\w-]{20,}|PMAK-[\w-]{30,}|ATATT3x[\w=-]{30,}"
        r"|sbp_[0-9a-f]{40}|sntrys_[\w=]{30,}|glsa_\w{30,}|ntn_\w{30,}|secret_[A-Za-z0-9]{40,})",
    ),
    ("key", r"hooks\.slack\.com/services/([A-Z0-9]+/[A-Z0-9]+/\w{16,})"),
    ("key", r"(?i)AccountKey=([a-z0-9+/]{40,}={0,2})"),
    ("key", r"(?i)\bbearer\s{1,3}([\w.~+/-]{20,}={0,2})"),
    ("key", r"(?i)\bauthorization\s?:\s?(?:basic|token)\s{1,3}([\w.~+/-]{12,}={0,2})"),
    ("password", r"[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"']{0,60}:([^\s/@\"']{3,80})@"),
)

SEED_STOP_WORDS: Final = frozenset(
    """the and for was are not but with his her they from had which their she him has were been
    them then than some would these those there where your our its did got don didn who why how
    went said says going into over very many more most also because after before could should
    yes yeah okay really too always never like""".split()
)
