# What one does with a checkout. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Arguments handed on: make run ARGS="--config sfera.toml", make test ARGS="tests/unit -k floor"
ARGS ?=

NATIVE := $(wildcard sfu/*.pyx sfu/*.pxd sfu/*.h benchmarks/*.pyx benchmarks/*.pxd loadtest/*.pyx loadtest/*.pxd tests/*/*.pyx)
WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | while IFS=$$'\t' read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

.PHONY: run
run: $(STAMPS)/packages-run $(STAMPS)/run native web ## build what is missing, start Sfera with a demonstration school
	@$(BIN)/sfera demo $(ARGS)

.PHONY: build
build: $(STAMPS)/packages-run $(STAMPS)/run native web ## build the native modules and the web client

.PHONY: native
native: $(STAMPS)/native ## build only the native modules

.PHONY: web
web: web/dist/index.html ## build only the web client

.PHONY: test
test: $(STAMPS)/packages-test $(STAMPS)/test native web ## run every test (ARGS goes to pytest)
	@$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),PYTHON=$(BIN)/python tests/run.sh)

.PHONY: test-rivals
test-rivals: $(STAMPS)/packages-rivals $(STAMPS)/test native ## put the same lesson on Janus and on ours (needs root)
	@$(BIN)/python -m pytest tests/rivals $(ARGS)

.PHONY: lint
lint: $(STAMPS)/packages-test $(STAMPS)/test native web ## run ruff, mypy, cython-lint, import-linter and the web client's checks
	@$(BIN)/python -m pytest tests/lint $(ARGS)

.PHONY: fmt
fmt: $(STAMPS)/test ## order imports and format the Python files
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(STAMPS)/packages-test $(STAMPS)/test native ## run the benchmarks (micro-benchmarks, then forwarding)
	@$(BIN)/python -m pytest -o addopts= benchmarks --benchmark-only $(ARGS)
	@$(BIN)/python -m benchmarks forwarding

# In copies of the sources under build/: the checkout's own modules stay as they are.
CLANG = $(firstword $(foreach name,clang-19 clang clang-16 clang-15 clang-14,$(shell command -v $(name) 2>/dev/null)))
FUZZ_FLAGS := -g -O1 -fno-omit-frame-pointer -fsanitize=address,fuzzer-no-link
SANITIZE_FLAGS := -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
INSTRUMENTED = PYTHON=$(CURDIR)/$(BIN)/python NATIVE_WERROR=0

.PHONY: fuzz
fuzz: $(STAMPS)/packages-fuzz $(STAMPS)/test ## fuzz what the network reaches, 60 s each (ARGS: targets, --seconds N)
	@$(INSTRUMENTED) CC=$(CLANG) LDSHARED='$(CLANG) -shared' NATIVE_CFLAGS='$(FUZZ_FLAGS) -DSFERA_PLANTED_FAULT' \
	  deploy/instrumented.sh build/planted tests/fuzz/planted.sh 60
	@$(INSTRUMENTED) CC=$(CLANG) LDSHARED='$(CLANG) -shared' NATIVE_CFLAGS='$(FUZZ_FLAGS)' \
	  deploy/instrumented.sh build/fuzz $(CURDIR)/$(BIN)/python -m tests.fuzz $(ARGS)

.PHONY: sanitize
sanitize: $(STAMPS)/packages-test $(STAMPS)/test ## run the packet path's tests under the address and undefined behaviour sanitizers
	@$(INSTRUMENTED) CC=gcc LDSHARED='gcc -shared' NATIVE_CFLAGS='$(SANITIZE_FLAGS)' \
	  deploy/instrumented.sh build/sanitize env PYTHONMALLOC=malloc UBSAN_OPTIONS=print_stacktrace=1 \
	  ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0 \
	  LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libubsan.so)" \
	  $(CURDIR)/$(BIN)/python -m pytest -p no:cacheprovider tests/packets tests/unit/sfu tests/property $(ARGS)

.PHONY: test-network
test-network: $(STAMPS)/packages-test $(STAMPS)/test native web ## play lessons of Chromium over bad lines
	@$(BIN)/python -m pytest tests/network $(ARGS)

.PHONY: soak
soak: $(STAMPS)/packages-test $(STAMPS)/test native ## let people come and go for 30 minutes, look at memory and handles (ARGS="--minutes 5")
	@$(BIN)/python -m loadtest soak $(ARGS)

.PHONY: lock
lock: $(STAMPS)/test ## renew the lock files from pyproject.toml
	@$(PIP) install --quiet 'pip-tools>=7.6'
	@LOCK_TOOL=$(BIN)/pip-compile deploy/lock.sh

.PHONY: clean
clean: ## remove what was built (not .venv, not var)
	@rm -rf build dist *.egg-info web/dist $(STAMPS)/native .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find sfu benchmarks loadtest tests \( -name '*.so' -o -name '*.c' \) -type f -delete
	@find . -name __pycache__ -not -path './$(VENV)/*' -not -path './web/*' -type d -prune -exec rm -rf {} +

# --- how the pieces are made -------------------------------------------------------------------------------------------

# The packages of the system are looked at before .venv, which one of them makes.
$(STAMPS)/packages-%: deploy/packages.sh
	@deploy/packages.sh $*
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: requirements.lock | $(STAMPS)/packages-run
	@echo 'installing requirements.lock'
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(MAKE) link && touch $@

$(STAMPS)/test: requirements-test.lock | $(STAMPS)/packages-test
	@echo 'installing requirements-test.lock'
	@$(PIP) install --quiet --require-hashes -r requirements-test.lock
	@$(MAKE) link && touch $@ $(STAMPS)/run

# Puts the checkout on .venv's path, and `sfera` into its bin; the native modules are built by their own rule.
.PHONY: link
link:
	@NATIVE_MODULES= $(PIP) install --quiet --no-deps --no-build-isolation --no-index -e .

$(STAMPS)/native: setup.py $(NATIVE) | $(STAMPS)/run
	@echo 'building the native modules'
	@$(BIN)/python setup.py --quiet build_ext --inplace
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json | $(STAMPS)/run
	@echo 'installing the web client'"'"'s packages'
	@source deploy/node.sh && cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	@echo 'building the web client'
	@source deploy/node.sh && cd web && npm run --silent build
	@touch $@
