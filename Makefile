# Every target makes its own .venv first. Needs Python 3.11 or newer, git and make; uses uv where present.
.PHONY: demo test check fix bench browser sshd prometheus lock clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
UV := $(shell command -v uv 2>/dev/null)
BIN := .venv/bin
READY := .venv/ready
APT := DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::http::Timeout=15 -o Acquire::Retries=0
# One process of tests for each core; one that has no more takes over what waits at another.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist worksteal
# What one process compiled of the code, the next ones read: tests start hundreds of them.
unexport PYTHONDONTWRITEBYTECODE
SOURCES := src simulator/src tests simulator/tests benchmarks docs

demo: $(READY)  ## A morning of orders, from a simulated Amazon to a warehouse and back
	@$(BIN)/dockseal demo $(ARGS)

test: $(READY) browser sshd prometheus  ## Everything CI runs
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/ruff format --quiet --check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGS)

check: $(READY)  ## Style and types only
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

fix: $(READY)  ## Repairs what can be repaired, and writes the reference pages anew
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/python docs/generate.py

bench: $(READY)  ## Speeds as ratios within one run
	@$(BIN)/python -m benchmarks $(ARGS)

browser:  ## Chromium for the browser tests, where this machine lets us install it; they say so if it is missing
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 \
	|| command -v google-chrome >/dev/null 2>&1 || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1 \
	&& echo "Installing Chromium for the browser tests ..." \
	&& { $(APT) install -y -qq chromium >/dev/null 2>&1 \
	|| { $(APT) update -qq && $(APT) install -y -qq chromium; } >/dev/null 2>&1; }; } || true

sshd:  ## OpenSSH's server for the tests of SFTP, in CI alone: elsewhere it could open a port of the machine
	@test "$$CI" != true || test -x /usr/sbin/sshd || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1 \
	&& echo "Installing OpenSSH's server for the tests of SFTP ..." \
	&& { $(APT) install -y -qq openssh-server >/dev/null 2>&1 \
	|| { $(APT) update -qq && $(APT) install -y -qq openssh-server; } >/dev/null 2>&1; }; } || true

prometheus:  ## Prometheus for the tests of its files, in CI alone: elsewhere it would begin to serve on the machine
	@test "$$CI" != true || command -v promtool >/dev/null 2>&1 || { test "$$(id -u)" = 0 \
	&& command -v apt-get >/dev/null 2>&1 && echo "Installing Prometheus for the tests of its files ..." \
	&& { $(APT) install -y -qq --no-install-recommends prometheus >/dev/null 2>&1 \
	|| { $(APT) update -qq && $(APT) install -y -qq --no-install-recommends prometheus; } >/dev/null 2>&1; }; } || true

lock:  ## Renews requirements.lock; needs uv
	$(or $(UV),uv) pip compile pyproject.toml simulator/pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --no-emit-package spapi-simulator --quiet -o requirements.lock

clean:  ## Forgets the environment and every cache
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(READY): requirements.lock pyproject.toml simulator/pyproject.toml
	@test -n "$(PYTHON)" || { echo "Dockseal needs Python 3.11 or newer on the PATH." >&2; exit 1; }
	@echo "Preparing .venv (once) ..."
ifneq ($(UV),)
	@uv venv --quiet --allow-existing --python $(PYTHON) .venv
	@uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . -e simulator
else
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . -e simulator
endif
	@touch $(READY)
