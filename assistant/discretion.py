"""What is kept of turns that hold secrets told by mistake: see ``Config.secrets``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.config import Secrecy
from assistant.errors import UsageError
from assistant.secret_codes import lock_codes
from assistant.secrets import Secret, find_secrets, mask_secrets, name_secrets
from assistant.turn import Turn


def discreet(turns: Sequence[Turn], secrecy: Secrecy) -> tuple[list[Turn], tuple[Secret, ...]]:
    """The turns as they may be kept, and what was taken out of them.

    Who can ask the user does so beforehand. Here nobody can: "ask" masks as "mask" does, but for
    the codes of locks, which people tell a memory so that it keeps them.

    >>> [kept], withheld = discreet([Turn("My password is hunter2.")], "ask")
    >>> kept.text, len(withheld)
    ('My password is [password not kept].', 1)
    >>> discreet([Turn("My locker code is 4471.")], "ask")[0][0].text
    'My locker code is 4471.'

    Raises:
        UsageError: A turn holds a secret, and such turns are refused.
    """
    if secrecy == "store":
        return list(turns), ()
    kept: list[Turn] = []
    withheld: list[Secret] = []
    for turn in turns:
        secrets = find_secrets(turn.text)
        if secrets and secrecy == "refuse":
            raise UsageError(
                f"the text seems to hold {name_secrets(secrets)}, and nothing was kept; "
                'leave it out, or set secrets to "mask" or "store"'
            )
        if secrets and secrecy == "ask":
            staying = lock_codes(turn.text, secrets)
            secrets = tuple(one for one in secrets if one not in staying)
        withheld += secrets
        kept.append(replace(turn, text=_masked(turn.text, secrecy)) if secrets else turn)
    return kept, tuple(withheld)


def _masked(text: str, secrecy: Secrecy) -> str:
    return mask_secrets(text, lock_codes) if secrecy == "ask" else mask_secrets(text)


def is_kept_as(kept: str, given: str) -> bool:
    """Whether a text that was kept is what these words became, their secrets masked or not."""
    return kept in (given, mask_secrets(given), mask_secrets(given, lock_codes))
