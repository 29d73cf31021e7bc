# Everything starts here. `make` lists what there is.

.DEFAULT_GOAL := help
.PHONY: help run setup check test fuzz bench docs

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 8

run: setup ## Start the platform; ARGS="--port 9000" hands options to `hookflash serve`
	@exec .venv/bin/hookflash serve $(ARGS)

setup: ## Make .venv with the pinned dependencies; at once when that is done
	@scripts/setup

check: setup ## Formatting, lint, types, layering, docs
	@scripts/check

test: setup ## Every test, with the services they need
	@scripts/test

fuzz: ## Try the switch's parsers on damaged inputs; ARGS=300 for seconds a target
	@scripts/fuzz $(ARGS)

bench: setup ## Measure every published figure; ARGS are those of benchmarks/run.py
	@.venv/bin/python -m benchmarks.run $(ARGS)

docs: setup ## Write docs/reference again from the code
	@.venv/bin/python scripts/docs.py
