# `make` is the whole manual: `make check` is what CI runs.
#
#   make demo          the main job on a real Envoy and a real Prometheus, in under two minutes
#   make test          all tests
#   make check         format, build with warnings as errors, tests, house
#   make bench         figures, never asserted: rollback latency in each mesh, turns per second, memory, start, validate, conditions
#   make build         a release build: .build/release/headgate
#   make tools         what the others need: Debian packages; Envoy, Consul, InfluxDB and helm into .build/tools
#   make test-kubernetes   what speaks with Kubernetes, beside a real kube-apiserver: KUBEBUILDER_ASSETS=folder
#   make sim           simulated rollouts under every mishap, 100 000 seeds: make sim SEEDS=1000 FAULTS=some
#   make judge         simulated traffic before this judge and others, with its goals: make judge RUNS=2000
#   make fuzz          libFuzzer over the condition language: make fuzz FUZZ_SECONDS=600
#   make format        rewrite the sources as `make check` wants them
#   make demo SCENARIO=good DEMO_FLAGS="--json report.json"
#   make demo SCENARIO=istio   the same by VirtualServices in a Kubernetes API server of its own; gateway-api, linkerd
#   make demo SCENARIO=consul  the same by the service-splitter of a real Consul, on plain machines

SHELL := /bin/bash
SWIFT ?= swift
DEMO_FLAGS ?=
BENCH_FLAGS ?=
SCENARIO ?=
SEEDS ?= 100000
RUNS ?= 2000
SEED ?= 1
FAULTS ?= many
FUZZ_SECONDS ?= 60
FORMATTED := Package.swift Sources Tests

.DEFAULT_GOAL := help
.PHONY: help tools build test test-kubernetes check lint format demo bench sim judge fuzz

help:
	@sed -n 's/^#   //p' Makefile

tools:
	@scripts/install-tools.sh

build: tools
	$(SWIFT) build -c release --product headgate

# One test after the other: many run servers, an Envoy or a Prometheus, and two cores hold only so many at once.
test: tools
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --no-parallel

# The folder has `etcd` and `kube-apiserver`, as envtest has it.
test-kubernetes: export KUBEBUILDER_ASSETS := $(KUBEBUILDER_ASSETS)
test-kubernetes:
	@test -x "$$KUBEBUILDER_ASSETS/etcd" -a -x "$$KUBEBUILDER_ASSETS/kube-apiserver" \
	  || { echo "KUBEBUILDER_ASSETS must name a folder with etcd and kube-apiserver; see CONTRIBUTING.md" >&2; exit 2; }
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --no-parallel \
	  --filter 'KubernetesTests.Conformance|OnServerTests|ResourcesTests.ResourceWatcherTests'

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(FORMATTED)

format:
	$(SWIFT) format --in-place --recursive --parallel $(FORMATTED)

check: tools lint test

# The debug build: it is shared with the tests, and a third of the wait of a release build.
demo: tools
	@echo "demo: building headgate (minutes the first time, seconds later)"
	$(SWIFT) build --product headgate
	@.build/debug/headgate demo $(if $(SCENARIO),--scenario $(SCENARIO)) $(DEMO_FLAGS)

bench: build
	@.build/release/headgate bench $(BENCH_FLAGS)

fuzz:
	@scripts/fuzz.sh $(FUZZ_SECONDS)

judge: build
	@.build/release/headgate judge --runs $(RUNS)

sim: build
	@.build/release/headgate simulate --random --seeds $(SEEDS) --seed $(SEED) --faults $(FAULTS)
