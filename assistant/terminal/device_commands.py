"""The command device: what runs the networks, where and why, and letting another."""

from __future__ import annotations

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.keeping import keep_settings
from assistant.terminal.registry import Call

_DEVICES = ("auto", "cpu", "gpu")


def device(context: CommandContext, call: Call) -> Data:
    """Say what runs the networks, where, and why there; or run them elsewhere from now on.

    Raises:
        UsageError: The argument is no device.
        ConfigurationError: There is no such device here.
    """
    from assistant.neural.device import choose
    from assistant.terminal.toolbar import running_on

    settings, assistant = context.settings, context.assistant
    wanted = call.text.strip().lower()
    if wanted:
        if wanted not in _DEVICES:
            raise UsageError(f"device {wanted[:40]!r} is unknown; expected {', '.join(_DEVICES)}")
        from assistant.neural import load_encoder

        # The runtime that was asked for is left: the CPU is NumPy's unless Keras was named.
        assistant.use_encoder(load_encoder(runtime=settings.runtime, device=wanted))
        settings.device = wanted
        if call.options["keep"]:
            keep_settings(context, {"device": wanted})
    choice = choose(settings.runtime, settings.device)
    now = running_on(assistant)
    context.output.line(f"The networks run on {now}: {choice.reason}.")
    if not wanted:
        context.output.line(f"Another: {context.sign}device auto, cpu or gpu.", "note")
    return {
        "now": now,
        "runtime": choice.runtime,
        "device": choice.device,
        "reason": choice.reason,
    }
