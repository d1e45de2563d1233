# HEP API. `make help` lists what can be done here; `make run` is all a newcomer needs.
# Needs make (GNU 3.81 or newer) and Python 3.11 or newer, or the one named by PYTHON=; everything else is installed
# into .venv from the locks, with hashes. Written for the make that macOS ships: no newer feature is used.

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
READY_TO_RUN := $(VENV)/.ready-to-run
READY_TO_DEVELOP := $(VENV)/.ready-to-develop

# Both cores of the smallest machine that we build on. A worker that is done takes over from the other's end, so
# that neighbours, who share what was set up for them, mostly stay together.
PYTEST := $(PY) -m pytest -n 2 --dist worksteal

COMPILE := $(PY) -m uv pip compile --quiet --no-config --universal --python-version 3.11 \
           --generate-hashes --custom-compile-command "make lock"

.PHONY: help setup run demo worker flask test clients emulator check torture bench figures upgrade-drill fix migration openapi evidence lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: $(READY_TO_DEVELOP) ## Install everything that is needed to develop

run: $(READY_TO_RUN) ## Start the product with a demo clinic, on port 5000 or PORT=
	@exec $(PY) -m development.run

demo: $(READY_TO_RUN) ## Play the story against the running product, through its public doors
	@HEP_URL=$${HEP_URL:-http://127.0.0.1:$${PORT:-5000}} exec $(PY) -m demo

worker: $(READY_TO_RUN) ## Start one more job worker beside `make run`
	@HEP_METRICS_AND_LOGS_NAME=$${HEP_METRICS_AND_LOGS_NAME:-worker} exec $(PY) -m development.command flask --app wsgi worker

flask: $(READY_TO_RUN) ## Run a command of the product on the database of `make run`: ARGS="rollups verify"
	@exec $(PY) -m development.command flask --app wsgi $(ARGS)

test: $(READY_TO_DEVELOP) ## Run all tests, or those of ARGS="tests/plans -k pause"
	$(PYTEST) $(ARGS)

clients: $(READY_TO_DEVELOP) ## Build, test and pack the TypeScript client of clients/typescript
	@$(PY) -m development.typescript

emulator: $(READY_TO_DEVELOP) ## Try signing in by Firebase against its emulator; the first time installs 270 MB from npm
	HEP_FIREBASE_EMULATOR=1 $(PY) -m pytest tests/accounts/test_firebase_emulator.py

check: $(READY_TO_DEVELOP) ## What CI runs: format, lint, types, who imports whom, all tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(BIN)/lint-imports
	$(PYTEST)

torture: $(READY_TO_DEVELOP) ## Prove the promises by fault and attack; torture-R4: one of them; TORTURE=quick, SEED=1, MINUTES=30 for R9
	@exec $(PY) -m torture $(TORTURE_WORDS)

torture-%: $(READY_TO_DEVELOP)
	@exec $(PY) -m torture $* $(TORTURE_WORDS)

bench: $(READY_TO_DEVELOP) ## Measure speed beside the least that could be done, nine minutes; bench-S2: one; BENCH=quick: two
	@exec $(PY) -m bench $(BENCH_WORDS)

bench-%: $(READY_TO_DEVELOP)
	@exec $(PY) -m bench $* $(BENCH_WORDS)

upgrade-drill: $(READY_TO_DEVELOP) ## Try an older version and this one on one database, there and back; FROM=COMMIT
	@exec $(PY) -m torture.upgrading $(if $(FROM),--from $(FROM))

profile-%: $(READY_TO_DEVELOP) # send, today or upload: whose code it spends its time in, and which functions
	@exec $(PY) -m bench.profiles $* $(SECONDS)

figures: $(READY_TO_RUN) ## Publish what the last whole runs of torture and bench found, in docs/ and README.md
	@exec $(PY) -m development.figures

BENCH_WORDS = $(if $(filter quick,$(BENCH)),--quick) $(if $(CLINICS),--clinics $(CLINICS))
TORTURE_WORDS = $(if $(filter quick,$(TORTURE)),--quick) $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

fix: $(READY_TO_DEVELOP) ## Format the code and repair what the linter can
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

migration: $(READY_TO_DEVELOP) ## Write a migration from the models: NAME="what it does"
	@test -n '$(NAME)' || { echo 'Say what the migration does: make migration NAME="add the exercise language"'; exit 1; }
	@$(PY) -m development.command flask --app wsgi database migration '$(NAME)'

openapi: $(READY_TO_RUN) ## Write openapi.yaml and asyncapi.yaml anew from the code
	@mkdir -p build
	@$(PY) -m hep_api.openapi > build/openapi.yaml && mv build/openapi.yaml openapi.yaml
	@$(PY) -m hep_api.asyncapi > build/asyncapi.yaml && mv build/asyncapi.yaml asyncapi.yaml

evidence: $(READY_TO_RUN) ## Write docs/security/asvs.md anew from docs/security/asvs/
	@$(PY) -m development.asvs

lock: $(READY_TO_DEVELOP) ## Solve requirements*.in anew, once for all locks (UPGRADE=1: take the newest)
	$(COMPILE) $(if $(UPGRADE),--upgrade) requirements-dev.in -o requirements-dev.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) -c requirements-dev.txt requirements-run.in -o requirements-run.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) -c requirements-dev.txt requirements.in -o requirements.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) -c requirements-dev.txt requirements-extras.in -o requirements-extras.txt

clean: ## Remove the development data, Node's packages and all caches; .venv stays
	@if [ -x $(PY) ]; then $(PY) -m development.clean; fi
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
	rm -rf .hep build clients/typescript/src/contract.d.ts tools/node/node_modules tools/firebase/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# ------------------------------------------------------------------------------------------- the virtual environment
# A lock that changed is installed before anything runs. uv is taken where the machine has one, only for its speed.

# A Python that was removed or renewed leaves an environment that starts no more: it is made anew, with all that was in it.
$(shell test -x $(PY) || rm -f $(READY_TO_RUN) $(READY_TO_DEVELOP))

$(PY):
	@python=$$(sh development/find_python.sh '$(PYTHON)') && \
	echo "Making $(VENV) with $$("$$python" --version) ..." && "$$python" -m venv --clear $(VENV)

INSTALL = if command -v uv >/dev/null 2>&1; \
          then uv pip install --quiet --no-config --python $(PY) --require-hashes -r $(1); \
          else $(PY) -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r $(1); fi

$(READY_TO_RUN): requirements-run.txt | $(PY)
	@echo "Installing $< (the first time takes a minute) ..."
	@$(call INSTALL,$<)
	@touch $@

$(READY_TO_DEVELOP): requirements-dev.txt $(READY_TO_RUN) | $(PY)
	@echo "Installing $< ..."
	@$(call INSTALL,$<)
	@touch $@
