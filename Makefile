# Toxmail. `make` alone says what there is. Everything runs on a fresh Debian 12 as root.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
export DEBIAN_FRONTEND := noninteractive
export PATH := $(HOME)/.cargo/bin:$(PATH)

# what the build needs, and what the tests need besides
BUILD_PACKAGES := gcc libc6-dev pkg-config libtoxcore-dev
TEST_PACKAGES := iproute2 python3

# $(call install,packages): only what is missing, and nothing at all the second time
install = missing=(); for p in $(1); do \
	dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || missing+=($$p); done; \
	if (( $${\#missing[@]} )); then apt-get update -q && apt-get install -qy --no-install-recommends "$${missing[@]}"; fi

.PHONY: help deps test-deps test check clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

deps: ## install what the build needs (Debian packages, a Rust toolchain where there is none)
	@$(call install,$(BUILD_PACKAGES))
	@command -v cargo >/dev/null || { $(call install,rustc-web cargo-web); }

test-deps: deps
	@$(call install,$(TEST_PACKAGES))
	@command -v cargo-nextest >/dev/null || cargo install --locked cargo-nextest

test: test-deps ## run every test
	cargo nextest run --locked
	cargo nextest run --locked --features faults durable::

check: deps ## formatting, lints, documentation, no second TLS library
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
	! cargo tree --locked -i aws-lc-sys -e normal >/dev/null 2>&1

clean: ## remove what was built
	cargo clean
