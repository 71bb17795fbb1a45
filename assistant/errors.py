"""Errors of the assistant, each with the exit code that the command line gives it.

An error's text is one line: what was given, what was expected, how to fix it.
"""

from __future__ import annotations

from typing import ClassVar


class AssistantError(Exception):
    """Base of the assistant's own errors."""

    exit_code: ClassVar[int] = 1


class UsageError(AssistantError, ValueError):
    """The caller asked for something that does not exist."""

    exit_code = 2


class ConfigurationError(AssistantError, ValueError):
    """A setting cannot be used."""

    exit_code = 3


class ModelError(AssistantError):
    """A language model did not answer."""

    exit_code = 4


class CheckpointError(AssistantError):
    """A weights file is missing, truncated, damaged, or of another kind."""

    exit_code = 6


class StaleEmbeddings(AssistantError):
    """The store's vectors were made by another encoder."""

    exit_code = 3


class ReplayFailed(AssistantError):
    """A scripted dialogue did not go as written."""

    exit_code = 8
