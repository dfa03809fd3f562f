# Toxmail. `make` tells what there is to make.
#
# Nothing here believes in stamp files: .ci/install looks at what is installed (a few milliseconds when nothing is missing),
# and cargo knows what is built.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# rustup's tools, where there are any, before Debian's.
export PATH := $(HOME)/.cargo/bin:$(PATH)

# What SQLite is built with (its crate asks for these in a variable; who calls cargo by hand exports the same, or SQLite is built anew at
# each change from one to the other):
# - it syncs with fdatasync where the system has it, as every distribution's does; its amalgamation asks to be told. A commit
#   then costs a write, not a commit of the file system's journal too: half of the writes on an SD card;
# - connections share neither a cache of pages nor a count of bytes, each with one lock for all threads: a third of a letter's processor
#   time was spent waiting for those two;
# - what no home uses is left out: full-text and tree indexes, statistics, extensions that are loaded.
export LIBSQLITE3_FLAGS := $(shell cat .config/sqlite.flags)

# The home's folder for `make run`.
DATA ?= data
TARGET := $(or $(CARGO_TARGET_DIR),target)
# The fault points are compiled in for tests, never for `make run`.
FAULTS := --features faults

# The box. Buildroot's long-term release that the boards are made for, and the commit that its tag names: a tag can be moved.
BUILDROOT_VERSION := 2026.02.3
BUILDROOT_COMMIT := 679b9ead7620bbf193620d1ebf56f53c1764d37a
BUILDROOT ?=
# For `make cross`: aarch64 or armv7; release is what ships, `look` is built in a third of the time.
PROFILE ?= release

# Where image-same builds for the second time.
SECOND := target/image/same/in-a-folder-with-a-longer-name

# The kernel of the card that looks like Buildroot's has no watchdog that an emulator could be.
WITHOUT := $(if $(TOXMAIL_TEST_CARD),, and not test(its_watchdog))
SKIP := $(if $(TOXMAIL_TEST_CARD),,--skip its_watchdog)

.PHONY: help deps build run demo test-deps test test-build test-run test-doc test-long fuzz sanitize soak check bench bench-check bench-keep flame pictures clean cross cross-check dist flash image image-bundle image-keys image-lint image-check image-offline image-same image-test image-short image-run card card-pi

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install what a build needs, as far as it is missing
	@.ci/install build

build: deps
	@cargo build --locked --release

run: build ## a home in ./data on ports that need no root (Ctrl-C ends it)
	@echo
	@echo "A home in $(DATA)/, once it says \"ready\":"
	@echo "  sending   SMTP  $$(hostname) port 5465 (TLS) or 5587 (STARTTLS)"
	@echo "  reading   IMAP  $$(hostname) port 5993 (TLS) or 5143 (STARTTLS)"
	@echo "            POP3  $$(hostname) port 5995 (TLS) or 5110 (STARTTLS)"
	@echo "  the page        open http://localhost:5080/ here, http://toxmail.local:5080/ elsewhere at home"
	@echo "  address books   https://$$(hostname):5843/ (CardDAV)"
	@echo "  the numbers     http://127.0.0.1:5925/metrics"
	@echo "A new home prints a setup code below: open its page, and type it there."
	@echo "In another terminal, all the same can be done by commands:"
	@echo "  $(TARGET)/release/toxmaild --data $(DATA) member add anna"
	@echo "  $(TARGET)/release/toxmaild --data $(DATA) invite"
	@echo
	@exec $(TARGET)/release/toxmaild run --data $(DATA) --ports unprivileged

demo: build ## two homes on this machine exchange a letter before your eyes
	@.ci/install demo
	@TOXMAILD=$(TARGET)/release/toxmaild tests/demo.sh

test-deps: ## install what the tests need, as far as it is missing
	@.ci/install build test

test: test-deps ## every promise in its short form
	@$(MAKE) test-build
	@$(MAKE) test-run
	@$(MAKE) test-doc

# What proptest makes up is the same in every run of `make test`, and new in every run of `make test-long`.
test-run: export PROPTEST_RNG_SEED ?= 20261126

# The steps of `make test`, which .ci/run calls one by one.
test-build:
	@if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --locked $(FAULTS) --no-run; \
	else cargo test --locked $(FAULTS) --lib --bins --tests --no-run; fi

# Twice as many threads as processors: .config/nextest.toml says what of it only waits.
test-run:
	@if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --locked $(FAULTS) --test-threads $$((2 * $$(nproc))); \
	else cargo test --locked $(FAULTS) --lib --bins && cargo test --locked $(FAULTS) --test '*' -- --test-threads=1; fi

test-doc:
	@cargo test --locked $(FAULTS) --doc

test-long: test-deps card-pi ## hours: the long form of every promise, and ten minutes of fuzzing each decoder
	@.ci/install scan
	@$(MAKE) cross-check TARGET=aarch64 PROFILE=look
	@if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --locked $(FAULTS) --profile long --run-ignored all -E 'not binary(soak)$(WITHOUT)'; \
	else cargo test --locked $(FAULTS) --lib --bins -- --include-ignored && \
		cargo test --locked $(FAULTS) --no-fail-fast $(patsubst tests/%.rs,--test %,$(filter-out tests/soak.rs,$(wildcard tests/*.rs))) \
			-- --include-ignored --test-threads=1 $(SKIP); fi
	@$(MAKE) sanitize
	@$(MAKE) fuzz

fuzz: deps ## look for bytes that break a decoder (FUZZ_SECONDS=600 each; FUZZ="smtp pop3" for some)
	@.ci/install fuzz
	@tests/fuzz/run.sh $(FUZZ)

sanitize: ## the Tox room under AddressSanitizer and ThreadSanitizer, on a PC (SANITIZERS=thread for one; TOXCORE_SOURCE=FOLDER)
	@.ci/install sanitize
	@tests/sanitize/run.sh $(SANITIZERS)

soak: test-deps ## a day (SOAK_MINUTES to shorten it): two homes under light load; nothing may grow
	@if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --locked $(FAULTS) --profile long --run-ignored only --no-capture -E 'binary(soak)'; \
	else cargo test --locked $(FAULTS) --test soak -- --ignored --nocapture --test-threads=1; fi

check: deps ## format, lints, documentation, licences
	@.ci/install check
	cargo fmt --check
	cargo clippy --locked --all-targets $(FAULTS) -- -D warnings -A clippy::unwrap_used -A clippy::expect_used
	@# Outside tests nothing may panic on what comes from outside.
	cargo clippy --locked --lib --bins $(FAULTS) -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps $(FAULTS)
	@# One cryptographic library is enough, and this one needs cmake.
	@if cargo tree --locked -i aws-lc-sys -e normal 2>/dev/null | grep aws-lc; then \
		echo "aws-lc-sys came in: switch off the default features of whoever brings it"; exit 1; fi
	@# Our oldest Rust must build every locked package; and the licences, also where there is no cargo-deny.
	@.ci/packages
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --locked check licenses bans sources; \
	else echo "cargo-deny is not installed: where packages come from was not checked"; fi
	@if command -v shellcheck >/dev/null; then shellcheck .ci/run .ci/install tests/*.sh tests/bench/*.sh tests/fuzz/*.sh tests/sanitize/*.sh; \
	else echo "shellcheck is not installed: scripts were not checked"; fi

bench: build ## how fast it is, beside a bare Tox file transfer, Postfix and Dovecot
	@.ci/install bench
	@cargo bench --locked --bench home

bench-check: build ## the same, and whether anything is clearly worse than in tests/bench/baseline.tsv
	@.ci/install bench
	@BENCH_BASELINE=check cargo bench --locked --bench home

bench-keep: build ## the same; what was measured becomes that baseline and the README's table (BENCH_ONLY=… for some parts)
	@.ci/install bench
	@BENCH_BASELINE=keep cargo bench --locked --bench home

flame: build ## where a part of the bench spends the home's processor time: PART=accept writes docs/flame-accept.svg
	@.ci/install bench flame
	@tests/bench/flame.sh $(or $(PART),accept)

pictures: test-deps ## the README's pictures of the page, made anew from a home
	@if cargo nextest --version >/dev/null 2>&1; then cargo nextest run --locked $(FAULTS) --test browser -E 'test(pictures_of_the_readme)'; \
	else cargo test --locked $(FAULTS) --test browser pictures_of_the_readme; fi
	@cp $(TARGET)/tmp/pictures/readme/{setup,home,connect,step-{1,2,4,5,6}}.png docs/

cross: ## the daemon for a box: TARGET=aarch64 (or armv7)
	@case "$(origin TARGET)" in "command line") ;; *) echo "make cross TARGET=aarch64|armv7"; exit 2;; esac
	@.ci/install cross
	@board/cross $(TARGET) $(PROFILE)

cross-check: cross ## the daemon for a box at work in an emulated processor: TARGET=aarch64 (or armv7)
	@.ci/install build test
	@tests/image/emulated $(TARGET) $(PROFILE)

# The card that the tests switch a box on with; not the one of Buildroot.
card:
	@.ci/install cross image box
	@board/cross aarch64 look
	@tests/image/lookalike target/image/card

# The same for a Raspberry Pi 3, with a kernel that has its drivers.
card-pi: card
	@tests/image/lookalike target/image/card-rpi_64 "" rpi_64

image-test: test-deps card-pi ## a box in an emulator: claimed, written to, unplugged (IMAGE_CUTS=20 times)
	@tests/image/tryboot
	@if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --locked $(FAULTS) --profile long --run-ignored only --no-capture --test image -E 'all()$(WITHOUT)'; \
	else cargo test --locked $(FAULTS) --test image -- --ignored --nocapture --test-threads=1 $(SKIP); fi

# What of that .ci/run does: ten minutes, with a card whose kernel, busybox and libtoxcore are Debian's.
image-short: test-deps card
	@$(MAKE) image-run

# The same of the card that TOXMAIL_TEST_CARD names, which Buildroot has made: then all but the test of another board's.
LEFT_OUT := $(if $(TOXMAIL_TEST_CARD),raspberry,older_version idle_box raspberry all_the_world does_nothing another_disk a_stick)
image-run:
	@if cargo nextest --version >/dev/null 2>&1; then \
		IMAGE_CUTS=$${IMAGE_CUTS:-3} cargo nextest run --locked $(FAULTS) --profile box --run-ignored only --test image \
			-E 'all()$(foreach name,$(LEFT_OUT), and not test($(name)))$(WITHOUT)'; \
	else IMAGE_CUTS=$${IMAGE_CUTS:-3} cargo test --locked $(FAULTS) --test image -- --ignored --nocapture --test-threads=1 \
		$(foreach name,$(LEFT_OUT),--skip $(name)) $(SKIP); fi

image: ## a card for a board, by Buildroot (half an hour and the internet): BOARD=rpi_64 (BUILDROOT=FOLDER)
	@[ -n "$(BOARD)" ] || { echo "make image BOARD=rpi_64|rpi5_64|rpi2|virt_64"; exit 2; }
	@.ci/install image
	@board/image $(BOARD) $(BUILDROOT)

flash: ## a card's image on a card, with its setup code: DEVICE=/dev/sdX IMAGE=FILE
	@[ -n "$(DEVICE)" ] && [ -n "$(IMAGE)" ] || { echo "make flash DEVICE=/dev/sdX IMAGE=toxmail-….img.xz; lsblk tells which disk is the card"; exit 2; }
	@.ci/install image
	@board/flash "$(IMAGE)" "$(DEVICE)"

dist: ## what is released, in target/dist: sources with every crate, list of parts (BOARD=… IMAGES=FOLDER: card, map, update)
	@.ci/install image dist
	@board/dist $(BOARD) $(IMAGES)

image-keys: ## the key that updates are signed with: a development key, made at its first use
	@.ci/install image
	@board/keys

image-bundle: ## an update for boxes, signed: IMAGES=FOLDER BOARD=… (UPDATE_KEY, UPDATE_CERT: the release key)
	@[ -n "$(IMAGES)" ] && [ -n "$(BOARD)" ] || { echo "make image-bundle IMAGES=FOLDER BOARD=rpi_64|rpi5_64|rpi2|virt_64"; exit 2; }
	@.ci/install image
	@board/bundle $(IMAGES) $(BOARD) $(VERSION)

image-lint: ## whether the parts of the SD-card image fit together
	@.ci/install image
	@board/lint

image-check: ## whether Buildroot takes the boards' configurations: BUILDROOT=FOLDER
	@[ -n "$(BUILDROOT)" ] || { echo "make image-check BUILDROOT=FOLDER, a clone of Buildroot at the tag $(BUILDROOT_VERSION)"; exit 2; }
	@board/check-buildroot $(BUILDROOT)

image-offline: test-deps ## the card of virt_64 by Buildroot, from Debian's sources, and tests of it: BUILDROOT=FOLDER
	@[ -n "$(BUILDROOT)" ] || { echo "make image-offline BUILDROOT=FOLDER, a clone of Buildroot at the tag $(BUILDROOT_VERSION)"; exit 2; }
	@.ci/install cross image box offline
	@board/offline $(BUILDROOT)
	@TOXMAIL_TEST_CARD=$(CURDIR)/target/image/offline/images $(MAKE) image-run

image-same: ## whether two builds of this commit by image-offline, in two folders, give the same root, bit for bit: BUILDROOT=FOLDER
	@[ -n "$(BUILDROOT)" ] || { echo "make image-same BUILDROOT=FOLDER, a clone of Buildroot at the tag $(BUILDROOT_VERSION)"; exit 2; }
	@[ -z "$$(git status --porcelain)" ] || { echo "there are changes that no commit has"; exit 2; }
	@.ci/install cross image offline
	@board/offline $(BUILDROOT)
	@rm -rf target/image/same && git clone -q . $(SECOND)
	@# The same sources, whatever the mirrors hand out by now; those that Debian's packages stand in for, too.
	@mkdir -p $(SECOND)/target/image/offline-parts
	@cp -al target/image/offline-parts/{sources,debs,unpacked} $(SECOND)/target/image/offline-parts/
	@$(SECOND)/board/offline $(abspath $(BUILDROOT))
	@board/same target/image/offline/images $(SECOND)/target/image/offline/images

clean: ## remove what was built; ./data stays
	@cargo clean
