# What a developer, an operator who builds from source, and CI do with this repository.
# `make` alone explains itself.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

include .ci/tools.env

# The version that `opscenter version` and the metric opscenter_build_info report.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOBUILD := go build -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)'

# Arguments for the program that `make run` starts: make run ARGS='--listen 127.0.0.1:9000'
ARGS ?=
# Extra arguments for go test: make test-go GOTEST='-run TestReplay ./internal/live'
GOTEST ?= ./...
# How long each fuzz test runs: a duration, or executions as in FUZZTIME=1000000x
FUZZTIME ?= 30s
# Which measurements `make bench` makes.
BENCH ?= decode ingest latency walls restart history backup

# Tools live in the working copy, one file per version, so that a new pin is a new file.
TOOLS := $(CURDIR)/.bin
GOVERSION := $(shell go env GOVERSION 2>/dev/null)
LINT := $(TOOLS)/golangci-lint-$(GOLANGCI_LINT_VERSION)-$(GOVERSION)
SQLC := $(TOOLS)/sqlc-$(SQLC_VERSION)
BUF := $(TOOLS)/buf-$(BUF_VERSION)

# Somebody else's publisher, which the Go tests start.
PEER := internal/dialect/sparkplug/peer

# install-tool PACKAGE@VERSION: builds it and gives it the target's name.
define install-tool
@echo "Building $(1) (once)"
@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
  GOBIN="$$dir" GOFLAGS= CGO_ENABLED=0 go install $(1) && mkdir -p $(TOOLS) && mv "$$dir"/* $@
endef

.PHONY: help
help: ## Explain every target
	@echo 'opscenter: make <target>'
	@sed -nE 's/^([a-z][a-z0-9-]*):.*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS=$$'\t' read -r name text; do printf '  %-12s %s\n' "$$name" "$$text"; done

.PHONY: run
run: packages-run build ## Start the center with the demonstration city; installs PostgreSQL if it is missing
	@exec bin/opscenter demo $(ARGS)

.PHONY: build
build: ## Build bin/opscenter; needs only Go, because web/dist is committed
	@$(GOBUILD) -o bin/opscenter ./cmd/opscenter

.PHONY: test
test: packages-test test-go test-web test-e2e ## Run every test; installs what the tests need if it is missing

.PHONY: test-go
test-go: $(PEER)/node_modules/.package-lock.json ## Run the Go tests with the race detector
	@CGO_ENABLED=1 go test -race -timeout 20m $(GOTEST)

.PHONY: test-web
test-web: web/node_modules/.package-lock.json ## Run the front end's unit tests
	@npm --prefix web run --silent test

.PHONY: test-e2e
test-e2e: build web/node_modules/.package-lock.json ## Run the wall in headless Chromium against a running center
	@.ci/e2e

.PHONY: faults
faults: packages-test ## Run the fault tests in their long form: kill -9, PostgreSQL down, broker restarted, disk full
	@FAULTS=long CGO_ENABLED=1 go test -race -count=1 -v -timeout 60m ./internal/faults

.PHONY: fuzz
fuzz: ## Run every fuzz test for FUZZTIME each, then ten million generated messages through ingest
	@.ci/fuzz '$(FUZZTIME)'
	@STORM=10000000 go test -count=1 -v -timeout 60m -run Storm ./internal/ingest

.PHONY: bench
bench: packages-test build ## Measure: decode, ingest, latency, walls, restart, history, backup; choose with BENCH=…
	@for name in $(BENCH); do echo "== bench $$name"; bin/opscenter bench "$$name"; done

.PHONY: ci
ci: ## Everything that a change must pass: verify, lint, test
	@$(MAKE) verify
	@$(MAKE) lint
	@$(MAKE) test

.PHONY: verify
verify: $(SQLC) $(BUF) web/node_modules/.package-lock.json ## Regenerate all that is generated; fail with the difference if any file changed
	@.ci/verify

.PHONY: generate
generate: $(SQLC) $(BUF) web/node_modules/.package-lock.json ## Regenerate encodings, queries, web/dist and the reference in docs
	@go generate ./...
	@$(SQLC) generate
	@$(BUF) generate
	@npm --prefix web run --silent build
	@go run ./cmd/opscenter reference docs

.PHONY: lint
lint: $(LINT) web/node_modules/.package-lock.json ## Check Go and front-end code
	@$(LINT) run ./...
	@npm --prefix web run --silent lint
	@npm --prefix web run --silent check

.PHONY: format
format: $(LINT) web/node_modules/.package-lock.json ## Format Go and front-end code
	@$(LINT) fmt ./...
	@npm --prefix web run --silent format

.PHONY: clean
clean: ## Remove what was built, tools and front-end packages too; data directories stay
	@rm -rf bin .bin web/node_modules web/test-results $(PEER)/node_modules

.PHONY: packages-run packages-test
packages-run packages-test: packages-%:
	@.ci/packages $*

$(LINT):
	$(call install-tool,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION))

$(SQLC):
	$(call install-tool,github.com/sqlc-dev/sqlc/cmd/sqlc@$(SQLC_VERSION))

$(BUF):
	$(call install-tool,github.com/bufbuild/buf/cmd/buf@$(BUF_VERSION))

# npm writes this file at the end of an installation: older than the lock, it means install again.
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@npm --prefix web ci --no-audit --no-fund --loglevel=error
	@touch $@

# Its packages bring nothing that must be built, so their scripts are not run.
$(PEER)/node_modules/.package-lock.json: $(PEER)/package.json $(PEER)/package-lock.json
	@npm --prefix $(PEER) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
