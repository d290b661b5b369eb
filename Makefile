# Targets run one after the other, also under "make -j": the later ones need what the earlier ones made.
.NOTPARALLEL:
# Else cargo would look for job slots that make keeps to itself, and warn.
unexport MAKEFLAGS MFLAGS
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Says which step begins and how long after make's start. Nothing is printed after a step,
# so that the last lines are always the runner's own.
# Targets that scripts/side-by-side runs count from the start of the make that called it.
ifndef T0
T0 := $(shell date +%s)
endif
export T0
step = @$(call banner,$(1))
banner = printf '==> [%3ds] %s\n' $$(( $$(date +%s) - $(T0) )) "$(1)"

# CI takes the lock file as it is.
LOCKED := $(if $(CI),--locked)
PYTHON := .venv/bin/python

##@ Try it

.PHONY: demo up down
demo: wasm setup-python ## A guided tour through the gateway, with simulated providers (LIVE=1: real ones, by the keys in your environment)
	$(call step,demo)
	@$(PYTHON) -m integration.demo

up: wasm setup-python ## Start the gateway and leave it running
	$(call step,up)
	@$(PYTHON) -m integration.demo --up

down: setup-python ## Stop what "make up" started
	$(call step,down)
	@$(PYTHON) -m integration.demo --down

##@ Build it

.PHONY: setup setup-rust setup-wasm setup-count setup-python wasm command
setup: setup-rust setup-wasm setup-count setup-python ## Install what building and testing needs (the other targets call it themselves)

wasm: setup-rust ## Build the filter: target/tollgate.wasm
	$(call step,build the filter)
	@scripts/wasm build

command: setup-rust ## Build the native command: target/tollgate
	$(call step,build the command)
	@cargo build $(LOCKED) --release --bin tollgate
	@cp "$${CARGO_TARGET_DIR:-target}/release/tollgate" target/tollgate

setup-rust setup-wasm setup-count setup-python: setup-%:
	$(call step,set-up: $*)
	@scripts/setup $*

##@ Test it

# Lists that do not need each other. The first keeps two cores busy by itself; most of the second compiles on one core,
# or waits for packages, sockets and containers. The last target's output comes last.
NATIVE := check-native unit linear
IN_ENVOY := setup-python check-wasm wasm command prices fuzz-shortly e2e-and-containers

.PHONY: test check check-native check-wasm unit linear prices e2e e2e-run e2e-and-containers test-versions compose-test compose-note compose-if-docker fuzz fuzz-shortly bench bench-peers speed size
test: setup-rust setup-wasm setup-count compose-note ## All that CI runs, in two lists side by side; stops at the first stage that fails
	@scripts/side-by-side "$(NATIVE)" "$(IN_ENVOY)"

check: check-native check-wasm ## Formatting and lints, native and wasm

check-native: setup-rust
	$(call step,formatting)
	@cargo fmt --check
	$(call step,lints: native)
	@cargo clippy $(LOCKED) --all-targets -- -D warnings
	@cargo clippy $(LOCKED) --manifest-path integration/load/Cargo.toml --target-dir target/load -- -D warnings

check-wasm: setup-rust
	$(call step,lints: wasm)
	@scripts/wasm clippy

unit: setup-rust ## Unit and property tests, native
	$(call step,unit tests)
	@cargo test $(LOCKED)
	$(call step,laws over traffic)
	@cargo test $(LOCKED) --profile laws --test gateway -- --nocapture

linear: setup-rust setup-count ## Whether every path through redaction and restoring is linear, and what a small call costs, in instructions
	$(call step,linear: instructions for four times the input)
	@cargo test $(LOCKED) --profile laws --test linear
	$(call step,cost of a small call: instructions and allocations)
	@cargo test $(LOCKED) --profile cost --test cost

prices: setup-python ## The price book's costs against those that the PyPI package litellm computes
	$(call step,prices against litellm)
	@scripts/compare-prices

e2e: wasm command setup-python e2e-run ## End to end: real clients, a real Envoy, simulated providers

e2e-run:
	$(call step,end-to-end tests)
	@$(PYTHON) -m pytest integration/bench integration/vm integration/scenarios integration/traffic integration/translation -q

test-versions: wasm setup-python ## Every scenario in Envoy 1.36 to 1.40, from PyPI: which version can do what
	$(call step,Envoy's versions)
	@scripts/versions

compose-test: wasm setup-python ## The same filter in containers, across a network (needs a Docker engine)
	$(call step,tests in containers)
	@integration/compose/run

# "make test" runs the tests in containers only where an engine answers. It says so early.
docker = timeout 20 docker info >/dev/null 2>&1 && { docker compose version || docker-compose version; } >/dev/null 2>&1

compose-note:
	@{ $(docker); } || printf '    no Docker engine with Compose answers: the tests in containers are left out\n'

compose-if-docker:
	@if { $(docker); }; then $(call banner,tests in containers); integration/compose/run; fi

# One target, so that its last lines are a runner's also where there are no containers.
e2e-and-containers: e2e-run compose-if-docker

fuzz: setup-rust ## Fuzz every decoder for a minute each (scripts/fuzz --help)
	$(call step,fuzz)
	@scripts/fuzz

# Enough to show that the targets still hold over all that was recorded, and a little beyond.
fuzz-shortly: setup-rust
	$(call step,fuzz for a few seconds each)
	@FUZZ_IF_POSSIBLE=1 scripts/fuzz 3

size:
	$(call step,the size of the filter)
	@scripts/wasm size

# BASE=FILE.wasm sets an older filter beside ours, RECORD=1 writes the figures to BENCHMARKS.md.
bench: wasm setup-python ## What a request costs on its way through the filter (BASE=FILE.wasm: beside an older one; RECORD=1)
	$(call step,bench)
	@BASE='$(BASE)' scripts/bench $(if $(RECORD),--record)

bench-peers: wasm setup-python ## The same, with LiteLLM's proxy beside it, where PyPI has it
	$(call step,bench with peers)
	@BASE='$(BASE)' scripts/bench --peers $(if $(RECORD),--record)

speed: wasm setup-python ## Whether any text slows the filter down, in Node's V8, from 64 kB to 32 MB (scripts/speed --help)
	$(call step,speed)
	@scripts/speed

##@ The rest

.PHONY: help clean
clean: ## Remove what was built and installed in this tree (target, .venv)
	rm -rf target .venv

help: ## This list
	@printf 'Tollgate: an LLM gateway that is one Envoy filter.\n\nNew here? Try:  make demo\n'
	@awk -F ':.*## ' '/^##@ /{printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.* ## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
