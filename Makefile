# The verbs of the project: the same here and in CI. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test check bench fuzz ui prompts doc

help: ## List the verbs
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

run: ## Build and start the server (installs what the build needs)
	@scripts/setup build
	@prompts/make || echo 'Tones will stand in for the spoken prompts.'
	cargo run --release

test: ## Everything that CI checks (installs what the tests need)
	@scripts/setup test
	@scripts/test

check: ## The quick part of `test`: formatting, lints, tidy
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo xtask tidy
	cargo xtask check-deps
	cargo xtask generate --check

bench: ## The figures of docs/figures.md, measured on this machine
	@scripts/setup test
	@scripts/bench

fuzz: ## Every fuzz target for FUZZ_SECS seconds (60)
	@scripts/fuzz

ui: ## Check and bundle the portal
	cd portal && npm ci --no-audit --no-fund && npm run check && npm run build

prompts: ## Make the spoken prompts with espeak-ng, where it is installed
	@prompts/make

doc: ## The crates' documentation
	cargo doc --workspace --no-deps
