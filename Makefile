# Needs Python >= 3.11 and make; everything else is installed into .venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
STAMP  := $(VENV)/.stamp

.PHONY: demo test test-all test-browser timing lint docs bench train clean hot bounds fuzz mutations memory mutants audit
# Two installs into one environment must not run side by side.
.NOTPARALLEL:

demo: $(STAMP)-run
	@echo
	@echo '== A German page, cleaned with the rules of its publisher =='
	$(BIN)/cleanpage clean examples/artikel.html --url https://www.fr.de/politik/ --why
	@echo
	@echo '== An English page of a publisher without rules of its own =='
	$(BIN)/cleanpage clean examples/article.html --url https://www.example.com/news/ --why

test: $(STAMP)-dev
	$(BIN)/python -m pytest -n auto

# With the frameworks that cleanpage has adapters for; their tests fail here where they would be skipped elsewhere.
test-all: $(STAMP)-all
	CLEANPAGE_TEST_ALL_EXTRAS=1 $(BIN)/python -m pytest -n auto --dist loadgroup -m 'not timing and not browser'

# The workbench, in Chromium, which has to be there; pictures of it are left in build/screenshots.
test-browser: $(STAMP)-browser
	CLEANPAGE_TEST_BROWSER=1 CLEANPAGE_SCREENSHOTS=build/screenshots \
		$(BIN)/python -m pytest -n auto --dist loadfile -m browser

timing: $(STAMP)-dev
	$(BIN)/python -m pytest -m timing

lint: $(STAMP)-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The site, in build/site; a link that leads nowhere is an error.
docs: $(STAMP)-docs
	$(BIN)/mkdocs build --strict --quiet --site-dir build/site

# Labelled pages (DATA, by default those beside the checkout) are not part of the repository; nor are others' tools, hence
# the second part only where there are pages. BENCH holds further options of `cleanpage bench report`.
bench: DATA ?= ../shared/data
bench: BENCH ?= --limit 100 --speed-pages 25 --made 20000
bench: $(STAMP)-run
	$(BIN)/python benchmarks/speed.py
	@if [ -d "$(DATA)" ]; then \
		set -ex; $(PIP) install --quiet -c constraints.txt -e '.[bench,peers]'; \
		$(BIN)/cleanpage bench report "$(DATA)" --cv --out build/report.html --plots docs/plots $(BENCH); \
	else \
		echo 'no labelled pages in $(DATA): without a report; DATA=FOLDER names them'; \
	fi

# The hot parts as ratios to parsing alone, beside those of benchmarks/hot/baseline.json.
hot: $(STAMP)-dev
	$(PIP) install --quiet -c constraints.txt -e '.[hot]'
	@mkdir -p build
	$(BIN)/python -m pytest benchmarks/hot --benchmark-json build/hot.json --benchmark-disable-gc
	$(BIN)/python benchmarks/hot/compare.py build/hot.json

# ---- how far cleanpage can be relied on: docs/reliability.md

bounds: $(STAMP)-dev
	$(BIN)/python benchmarks/bounds.py

fuzz: $(STAMP)-dev
	$(BIN)/python benchmarks/fuzz.py --seconds $(or $(SECONDS),600)

mutations: $(STAMP)-dev
	$(BIN)/python benchmarks/mutations.py --inputs $(or $(INPUTS),1000000)

memory: $(STAMP)-dev
	$(BIN)/python benchmarks/memory.py

mutants: $(STAMP)-dev
	$(PIP) install --quiet -c constraints.txt -e '.[mutants]'
	$(BIN)/python benchmarks/mutants.py --sample $(or $(SAMPLE),100)

audit: $(STAMP)-dev
	.ci/audit

# The labelled pages are not part of the repository: DATA names their folder.
train: $(STAMP)-dev
	@test -n "$(DATA)" || { echo 'name the folder of labelled pages: make train DATA=…' >&2; exit 2; }
	$(PIP) install --quiet -r training/requirements.txt
	$(BIN)/python -m training.train --data "$(DATA)"

clean:
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the environment: made once, filled again when what it is made from changes

$(STAMP)-venv:
	@$(PYTHON) -c 'import sys; sys.exit("cleanpage needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(STAMP)-run: $(STAMP)-venv pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

# What the tests need includes what the command needs, hence both stamps.
$(STAMP)-dev: $(STAMP)-venv pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e '.[dev]'
	@touch $(STAMP)-run $@

$(STAMP)-docs: $(STAMP)-venv pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e '.[docs]'
	@touch $(STAMP)-run $@

$(STAMP)-all: $(STAMP)-venv pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e '.[dev,integrations]'
	@touch $(STAMP)-run $(STAMP)-dev $@

$(STAMP)-browser: $(STAMP)-venv pyproject.toml constraints.txt
	$(PIP) install --quiet -c constraints.txt -e '.[dev,browser-tests]'
	@touch $(STAMP)-run $(STAMP)-dev $@
