"""The program as it is shipped; run by the tests in a process of its own."""

from __future__ import annotations

from assistant.terminal.cli import main

if __name__ == "__main__":
    main()
