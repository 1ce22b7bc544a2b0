# SPDX-License-Identifier: Apache-2.0
#
# What people and CI run. `make test` needs Swift 6.3 and nothing else; `make check` is all that a commit must pass.

SWIFT ?= swift
RELEASE = -c release -Xswiftc -enable-testing
SOURCES = Package.swift Sources Tests Benchmarks Fuzz
PYTHON ?= python3

.PHONY: all check test build-tests unit debug-test bench library documentation handlers soak load fuzz fuzz-guided format lint layers clean

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

# How fast guests run, against QEMU's TCG and the machine itself, and quotes are verified, against dcap-qvl; figures in
# bench.json.
BENCH_REPEATS ?= 3
bench:
	$(SWIFT) build -c release --product seamless
	$(SWIFT) build -c release --product Benchmarks
	"$$($(SWIFT) build -c release --show-bin-path)/Benchmarks" --repeats $(BENCH_REPEATS)

# A package that depends on this one by its URL, as others do, verifies a quote with the example of the documentation.
library:
	$(SWIFT) build -c release --product seamless
	Scripts/check-library.sh "$$($(SWIFT) build -c release --show-bin-path)/seamless"

# The library's documentation, as a folder that a web server can show; any warning is an error.
documentation:
	$(SWIFT) build --target QuoteVerification
	Scripts/documentation.sh "$$($(SWIFT) build --show-bin-path)"

# The instances of the interpreter's generic handlers.
handlers:
	$(PYTHON) Scripts/handlers.py > Sources/X86Engine/HandlerTables.swift

# Long random runs, SEAMLESS_SOAK cases each: instructions of every form in the engine and on the host's processor; SEAMCALLs
# and TDCALLs; ioctls of programs with guests that do anything. Each stops at the first that is wrong, and says with which
# SEAMLESS_SEED (and SEAMLESS_CASE) to repeat it.
SEAMLESS_SOAK ?= 10000000
soak: build-tests
	SEAMLESS_SOAK=$(SEAMLESS_SOAK) $(SWIFT) test --skip-build $(RELEASE) --filter "SoakTests"

# Debian's kernel under load on eight processors, for ten minutes of its time.
SEAMLESS_LOAD ?= 600
load: build-tests
	SEAMLESS_LOAD=$(SEAMLESS_LOAD) $(SWIFT) test --skip-build $(RELEASE) --filter LoadTests

# Nearly right input for every parser of attestation: no crash, no hang, memory within a bound. FUZZ_TARGETS names some.
FUZZ_EXECUTIONS ?= 10000000
FUZZ_TARGETS ?=
fuzz:
	$(SWIFT) build -c release --product Fuzz
	"$$($(SWIFT) build -c release --show-bin-path)/Fuzz" $(FUZZ_TARGETS) --executions $(FUZZ_EXECUTIONS)

# The same targets under libFuzzer, which goes on from what reached new code: one target, so many seconds. What it keeps is in
# .build/guided/corpus, and "Fuzz TARGET --input FILE" repeats one.
FUZZ_TARGET ?= quote
FUZZ_SECONDS ?= 600
GUIDED = -c release --product Fuzz --scratch-path .build/guided -Xswiftc -DGUIDED \
	-Xswiftc -Xfrontend -Xswiftc -sanitize=fuzzer -Xswiftc -Xfrontend \
	-Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp \
	-Xlinker "$$(dirname "$$(readlink -f "$$(command -v $(SWIFT))")")"/../lib/swift/clang/lib/linux/libclang_rt.fuzzer_no_main-$$(uname -m).a \
	-Xlinker -lstdc++ -Xlinker -lm
fuzz-guided:
	$(SWIFT) build $(GUIDED)
	mkdir -p .build/guided/corpus/$(FUZZ_TARGET)
	.build/guided/release/Fuzz $(FUZZ_TARGET) -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=512 -timeout=10 -max_len=16384 \
		.build/guided/corpus/$(FUZZ_TARGET)

clean:
	$(SWIFT) package clean
