# Two commands for a fresh machine, `make demo` and `make test`; the rest is for who works on Haechi.
.DEFAULT_GOAL := help
.PHONY: help demo test check setup docs bench malformed world pictures lock clean

help: ## show this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## from a fresh machine to a lake of simulated nights, on a terminal with its console open
	@.venv/bin/haechi demo --console

test: setup ## from a fresh machine to all tests
	@bin/tools
	@.venv/bin/pytest -rs -n $${HAECHI_TEST_WORKERS:-2} --dist loadfile

check: setup ## style, types, import direction, fresh documentation, tests
	@bin/check

setup: ## the environment in .venv, Java and Delta's JARs
	@bin/setup

docs: setup ## write the pages that derive from the declarations
	@.venv/bin/python -m haechi.docs --write

bench: setup ## benchmarks, written to docs/benchmarks.md
	@.venv/bin/python -m pip install -q --disable-pip-version-check -e '.[bench]' --no-build-isolation
	@.venv/bin/python -m bench

malformed: setup ## malformed messages by the thousand and hostile files, written to docs/malformed-input.md
	@.venv/bin/python -m bench.malformed

world: setup ## what the simulated world is like, written to docs/simulated-world.md
	@.venv/bin/python -m bench.world_page

pictures: setup ## pictures of the console's pages into docs/console, from the lake that HAECHI_LAKE names
	@.venv/bin/python -m bench.console_pictures

lock: setup ## requirements.lock anew from pyproject.toml
	@.venv/bin/uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --python-version 3.11 --no-header --quiet -o requirements.lock

clean: ## remove what was made, the environment kept
	@rm -rf build demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
