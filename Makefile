# Two commands: `make run` opens the app, `make test` checks it. Both set up what they need.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501

.PHONY: run test bench lint golden simulate clean help
help:            ## list the targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/  -/'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Riskset needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Try: make run PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements.txt constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.run

run: $(VENV)/.run   ## set up and open the app on the founding cohort
	@echo "Riskset is at http://localhost:$(PORT) (Ctrl-C stops it)"
	@$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.dev  ## set up and run every test (browser tests need chromium)
	$(BIN)/python -m pytest $(ARGS)

bench: $(VENV)/.dev ## redraw and load, beside a null Streamlit app in the same run
	$(BIN)/python -m tests.benchmarks.run $(ARGS)

lint: $(VENV)/.dev  ## style
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

golden:             ## remake the expected values with R (r-base-core, r-cran-survival, r-cran-cmprsk, r-cran-coin)
	Rscript tests/golden/survival.R
	Rscript tests/golden/comparison.R
	Rscript tests/golden/regression.R
	Rscript tests/golden/competing.R

simulate: $(VENV)/.dev ## coverage of the intervals and size of the tests, by simulation (minutes)
	$(BIN)/python -m tests.simulation.coverage
	$(BIN)/python -m tests.simulation.type_one_error

clean:              ## forget the environment
	rm -rf $(VENV) .pytest_cache .hypothesis
