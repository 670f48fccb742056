# `make help` lists the targets. CONTRIBUTING.md says when to run which.
PREFIX ?= /usr/local
DESTDIR ?=
LINK = -Xlinker -z -Xlinker now -Xlinker -s
RELEASE = swift build -c release --static-swift-stdlib --disable-local-rpath $(LINK)
# stacker-nsexec is linked without any shared library, which needs a build folder of its own.
STATIC = swift build -c release --scratch-path .build-static --product stacker-nsexec -Xswiftc -static-executable -Xlinker -s

.PHONY: all demo unit test soak bench check fmt dependencies install uninstall clean help

all: ## build the three programs for release (the default)
	@scripts/require-swift
	$(RELEASE) --product stacker
	$(RELEASE) --product stacker-setup
	$(STATIC)

demo: ## install packages, build, build a first image, run it
	@scripts/demo

unit: ## the fast tests, < 60 s, no root
	@scripts/require-swift
	swift test --disable-xctest --skip EndToEndTests

test: ## every test; as root: installs packages, then runs as root and as an ordinary user
	@scripts/test

soak: ## every test, and those that take long
	@STACKER_SOAK=1 scripts/test
	@scripts/fuzz

bench: all ## stacker against its peers and the floor; ARGUMENTS="--rounds 20 --directory /somewhere/on/disk"
	@scripts/run-bench $(ARGUMENTS)

check: ## format, imports, module graph, scripts, man pages
	@scripts/check

fmt: ## format the Swift sources
	swift format --in-place --recursive --parallel Package.swift Sources Tests

dependencies: ## install the packages to build, run, test and check stacker (apt or dnf)
	@scripts/install-packages build run test check

install: ## install under $(DESTDIR)$(PREFIX); run `make` first
	@scripts/install-files '$(DESTDIR)$(PREFIX)'

uninstall: ## remove what install put there
	@scripts/uninstall-files '$(DESTDIR)$(PREFIX)'

clean: ## remove what was built
	rm -rf .build .build-static

help:
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 16
