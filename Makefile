# The two commands of the README, and what they are made of. Everything is idempotent.
SWIFT ?= swift
# Programs start in milliseconds and need no Swift on the target machine.
RELEASE = -c release --static-swift-stdlib

.PHONY: demo test bench build setup unit vm format lint clean

demo: setup build           ## two real NAT64s share their sessions through our proxy
	Tests/VM/demo

test: setup build lint unit vm   ## unit tests, then the real module in a VM
	@Tests/summary

bench: setup build          ## our figures beside the C tools'
	Benchmarks/run

setup:                      ## Debian packages, kernel, modules, C clients
	Tests/VM/setup

build:                      ## .build/bin/{jool,jool_siit,joold}
	$(SWIFT) build $(RELEASE) --product jool
	$(SWIFT) build $(RELEASE) --product joold
	mkdir -p .build/bin
	ln -sfn ../release/jool .build/bin/jool
	ln -sfn ../release/jool .build/bin/jool_siit
	ln -sfn ../release/joold .build/bin/joold

unit:
	$(SWIFT) test

vm:
	Tests/VM/run

lint:                       ## formatting; `make format` mends it
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests

clean:
	rm -rf .build
