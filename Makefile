# SPDX-License-Identifier: Apache-2.0
#
# What people and CI run. `make test` needs Swift 6.3 and nothing else; `make check` is all that a commit must pass.

SWIFT ?= swift
RELEASE = -c release -Xswiftc -enable-testing
SOURCES = Package.swift Sources Tests Benchmarks Fuzz
PYTHON ?= python3

.PHONY: all check test build-tests unit debug-test bench handlers soak fuzz format lint layers clean

all:
	$(SWIFT) build -c release

# Every test, in release mode.
test: unit

build-tests:
	$(SWIFT) build --build-tests $(RELEASE)

unit: build-tests
	$(SWIFT) test --skip-build $(RELEASE)

debug-test:
	$(SWIFT) test

# Layers import only what they declare.
layers:
	$(SWIFT) build --explicit-target-dependency-import-check error

lint:
	$(SWIFT) format lint --strict --recursive $(SOURCES)

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

check: layers lint debug-test test

# How fast guests run, against QEMU's TCG and the machine itself; figures in bench.json.
BENCH_REPEATS ?= 3
bench:
	$(SWIFT) build -c release --product seamless
	$(SWIFT) build -c release --product Benchmarks
	"$$($(SWIFT) build -c release --show-bin-path)/Benchmarks" --repeats $(BENCH_REPEATS)

# The instances of the interpreter's generic handlers.
handlers:
	$(PYTHON) Scripts/handlers.py > Sources/X86Engine/HandlerTables.swift

# Random instructions of every form in the engine and on the host's processor; stops at the first that differs, and says
# with which SEAMLESS_SEED and SEAMLESS_CASE to repeat it.
SEAMLESS_SOAK ?= 10000000
soak: build-tests
	SEAMLESS_SOAK=$(SEAMLESS_SOAK) $(SWIFT) test --skip-build $(RELEASE) --filter SoakTests

# Nearly right input for every parser of attestation: no crash, no hang, memory within a bound.
FUZZ_EXECUTIONS ?= 10000000
fuzz:
	$(SWIFT) build -c release --product Fuzz
	"$$($(SWIFT) build -c release --show-bin-path)/Fuzz" --executions $(FUZZ_EXECUTIONS)

clean:
	$(SWIFT) package clean
