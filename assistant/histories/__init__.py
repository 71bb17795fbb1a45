"""Histories: what people said elsewhere, from the exports that ChatGPT and Claude give them."""

from assistant.histories.files import find_parts
from assistant.histories.importing import import_histories, survey_histories
from assistant.histories.reading import SOURCES
from assistant.histories.report import HistoryReport
from assistant.histories.undoing import Imported, find_imported, undo

__all__ = [
    "SOURCES",
    "HistoryReport",
    "Imported",
    "find_imported",
    "find_parts",
    "import_histories",
    "survey_histories",
    "undo",
]
