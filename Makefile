# Every target sets up what it needs: `make run` and `make test` work in a fresh clone.
# PYTHON=/path/to/python3 chooses the interpreter of .venv; ARGS="..." is passed on by run, test and prove.

.DEFAULT_GOAL := help
BIN := .venv/bin
CODE := wizard screens tests benchmarks assets
TEMPLATES := $(shell find wizard/nbcluster/files/templates -name '*.j2')

.PHONY: help setup run demo test test-machines servers machines mutants prove lint types contracts translations env-files docs recording snapshots package bundle completions templates benchmarks locks clean distclean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

setup: .venv/.dev .venv/.templates ## make .venv with everything for development

run: .venv/.run .venv/.templates ## open the wizard
	@$(BIN)/nbcluster $(ARGS)

demo: .venv/.run .venv/.templates ## open the wizard on an example cluster with rehearsed checks
	@$(BIN)/nbcluster demo $(ARGS)

test: .venv/.dev .venv/.templates servers ## run the tests; installs the servers they need (Debian, as root)
	@$(BIN)/python -u -m pytest $(ARGS)

test-machines: .venv/.dev machines ## boot machines and see the written files at work: systemd, Docker, helm (Debian, as root)
	@$(BIN)/python -u -m pytest tests/machines $(ARGS)

servers: .venv/.run ## install the servers that the tests run against (Debian, as root)
	@sh tests/services/install.sh

machines: .venv/.run ## install the machines that are booted in tests (Debian, as root)
	@why=$$($(BIN)/python -m tests.machines.possible) || { echo "machines: $$why" >&2; exit 1; }
	@sh tests/machines/install.sh

mutants: .venv/.dev servers ## change the code that promises rest on, place by place, and see the tests notice
	@$(BIN)/python -m tests.mutants $(ARGS)

prove: .venv/.dev machines ## prove the documents on two real NocoBase nodes (Debian, as root, with the network; docs/proof.md)
	@$(BIN)/python -u -m tests.prove $(ARGS)

lint: .venv/.dev ## check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/.dev ## check the types
	@$(BIN)/mypy $(CODE)

contracts: .venv/.dev ## check which module may import which
	@$(BIN)/lint-imports

translations: .venv/.dev ## collect the messages, update the catalogues and compile them
	@$(BIN)/python -m tests.packaging.catalogues update

env-files: .venv/.dev servers ## write docs/env-files.md from what the readers of env files do
	@$(BIN)/python -m tests.env.table

docs: .venv/.dev recording ## write the generated pages, and what `make recording` draws
	@$(BIN)/python -m nbcluster.answers.file.pages
	@$(BIN)/python -m nbcluster.checks.pages
	@$(BIN)/python -m nbcluster.lint.pages
	@$(BIN)/python -m nbcluster.catalogue.unconfirmed
	@$(BIN)/python -m nbcluster.catalogue.messages

recording: .venv/.dev ## record the wizard and draw the pictures of the READMEs
	@$(BIN)/python assets/recording.py
	@$(BIN)/python assets/screenshots.py

snapshots: .venv/.dev ## keep how every step looks, for the tests to compare with
	@$(BIN)/python -m tests.screens.snapshots

package: .venv/.dev .venv/.templates ## build the wheel into dist/ and check what is in it
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation --wheel --outdir dist . > /dev/null
	@$(BIN)/python -m tests.packaging.wheel dist

bundle: .venv/.dev .venv/.templates ## build dist/nbcluster.pyz, the whole program in one file, and its SHA-256
	@$(BIN)/python -m tests.packaging.bundle dist

completions: .venv/.dev ## write the completions of bash and zsh
	@$(BIN)/python -m tests.packaging.completions

templates: .venv/.templates ## compile the templates of the written files, which would take longer than all the rest of a run

benchmarks: .venv/.dev servers ## measure start, screen and checks beside a reference
	@$(BIN)/python -m benchmarks.startup
	@$(BIN)/python -m benchmarks.commands
	@$(BIN)/python -m benchmarks.screen
	@$(BIN)/python -m benchmarks.screenbytes
	@$(BIN)/python -m benchmarks.screensteps
	@$(BIN)/python -m benchmarks.rounds

locks: .venv/.dev ## pin the requirements again (needs uv)
	@sh tests/packaging/locks.sh

clean: ## remove what was built and cached
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find wizard screens tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove .venv and the servers of the tests, too
	@rm -rf .venv .test-services

.venv/.dev: requirements-dev.lock pyproject.toml .ci/setup.sh
	@sh .ci/setup.sh dev

.venv/.run: requirements.lock requirements-build.lock pyproject.toml .ci/setup.sh
	@sh .ci/setup.sh run

.venv/.templates: .venv/.run $(TEMPLATES)
	@$(BIN)/python -m tests.packaging.templates
	@touch $@
