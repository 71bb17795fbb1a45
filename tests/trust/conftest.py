"""The program in this process, behind a pty, and beside a model server, as their own tests have."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "terminal"))  # its emulator is found there

from models.conftest import server
from terminal.conftest import command, run, run_json, store, terminal

__all__ = ["command", "run", "run_json", "server", "store", "terminal"]
