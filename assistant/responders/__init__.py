"""Responders word the replies. The built-in one answers from memory alone."""

from .base import Request, Responder
from .memory import MemoryResponder

__all__ = ["MemoryResponder", "Request", "Responder"]
