# `make demo` and `make test` are all that a newcomer needs; both set up first, and are quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
comma := ,
STRICT := matcher/core/* matcher/stages/* matcher/*.py
PIP := -m pip --quiet --disable-pip-version-check

# Each of the hundred processes that tests start would compile the sources anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check format lint types imports unit fuzz crash workers bench bench-full bench-compare bench-report lock sbom clean

demo: $(STAMP)
	$(BIN)/matcher demo

test: check

check: lint types imports unit

# The lock names every package, so nothing is resolved; the project itself is put on the path by its own build backend,
# which the lock holds too.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PIP) install --requirement requirements.lock
	$(BIN)/python $(PIP) install --no-deps --no-build-isolation --editable .
	touch $(STAMP)

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports --no-cache

# The whole is held to 90 % (pyproject.toml), core, stages and what stands beside the engine to 95 %; both count branches.
# The second check is silent, so that pytest's summary stays the last line.
unit: $(STAMP)
	@$(BIN)/coverage erase
	$(BIN)/pytest --numprocesses 2 --dist loadgroup --cov --cov-report=term:skip-covered
	@$(BIN)/coverage report --fail-under=95 --include='$(subst $() ,$(comma),$(STRICT))' >/dev/null 2>&1 || \
		{ echo 'the branch coverage of $(STRICT) is below 95 %'; exit 1; }

# More than 10,000 requests made from the OpenAPI document: they are counted, and fewer are a failure.
fuzz: $(STAMP)
	FUZZ_EXAMPLES=250 $(BIN)/pytest --numprocesses 0 tests/api/test_fuzz.py

# kill -9 at random moments: 100 rounds on SQLite, 20 on PostgreSQL.
crash: $(STAMP)
	CRASH_ROUNDS=100 $(BIN)/pytest --numprocesses 0 --capture no tests/test_crashes.py

# Four servers on one PostgreSQL, four writers of 500 records each, and readers.
workers: $(STAMP)
	WORKERS=4 WORKER_RECORDS=500 WORKER_LAG_S=1 $(BIN)/pytest --numprocesses 0 --capture no tests/test_workers.py

# Measures latency (and quality, where HIRES, MELO, TREC, ROME and PROSE name folders), and renews the tables and the models'
# card. Five minutes.
bench: $(STAMP)
	$(BIN)/python -m benchmarks.latency
	$(if $(MELO)$(TREC)$(HIRES)$(ROME)$(PROSE),$(BIN)/python -m benchmarks.quality --baselines \
		$(if $(MELO),--melo $(MELO)) $(if $(TREC),--trec $(TREC)) $(if $(HIRES),--hires $(HIRES)) $(if $(ROME),--rome $(ROME)) $(if $(PROSE),--prose $(PROSE)))
	$(BIN)/python -m models.train.card
	$(BIN)/python -m benchmarks.tables
	$(BIN)/python -m benchmarks.report

# A steady load, scale up to a million profiles, and the peers with 2,000 and 50,000 documents (in a set-up of their
# own), too: an hour. PEERS=--full asks those that can for a million documents, which takes some 40 minutes more; without
# it a committed result that has them stays, and the new one is written beside it.
bench-full: $(STAMP)
	$(BIN)/python -m benchmarks.soak
	$(BIN)/python -m benchmarks.scale
	rm -rf .peers-venv
	$(PYTHON) -m venv .peers-venv
	.peers-venv/bin/python $(PIP) install --requirement requirements.lock
	.peers-venv/bin/python $(PIP) install --editable '.[peers]'
	.peers-venv/bin/python -m benchmarks.peers $(PEERS)
	$(MAKE) bench

# Is the working tree slower than BASE (a commit, or a results/latency.json)? Ten minutes; fails when it is. What looks
# slower is measured twice.
bench-compare: $(STAMP)
	$(BIN)/python -m benchmarks.compare --base "$(or $(BASE),HEAD)"

# Writes benchmarks/README.md and its plots from the committed results.
bench-report: $(STAMP)
	$(BIN)/python -m benchmarks.report

# The newest versions that pyproject.toml admits, from a virtual environment made for it. A local build's `+cpu` goes.
lock:
	rm -rf .lock-venv
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python $(PIP) install hatchling editables
	.lock-venv/bin/python $(PIP) install --editable '.[postgres,cv,parquet,dev]'
	echo '# Every version that the set-up installs. Made by `make lock`; pyproject.toml says why where one is held back.' > requirements.lock
	.lock-venv/bin/python -m pip freeze --exclude-editable --disable-pip-version-check | sed 's/+cpu$$//' >> requirements.lock
	rm -rf .lock-venv

# sbom.json: every package of the set-up with its version and licence, as CycloneDX; its tool is not part of the set-up.
sbom: $(STAMP)
	rm -rf .sbom-venv
	$(PYTHON) -m venv .sbom-venv
	.sbom-venv/bin/python $(PIP) install cyclonedx-bom
	.sbom-venv/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json $(VENV)
	rm -rf .sbom-venv

clean:
	rm -rf $(VENV) .lock-venv .peers-venv .sbom-venv sbom.json .matcher .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
