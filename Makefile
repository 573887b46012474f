# The two commands of the README (`make demo`, `make test`) and their parts. All targets are idempotent.
SWIFT ?= swift
# A static standard library, so that programs start in milliseconds and need no Swift at run time.
RELEASE = -c release --static-swift-stdlib -Xswiftc -use-ld=bfd $(addprefix -Xlinker ,$(LINKER))
# Programs start faster and are smaller with libstdc++ from its archive, without a table of symbols for libraries that look
# them up, and with relative relocations in their short form, which not every linker can write.
LINKER = -L$(CURDIR)/.build/static --no-export-dynamic -z pack-relative-relocs
SOURCES = Package.swift Sources Tests Benchmarks Examples/Package.swift Examples/Sources
PROGRAMS = jool jool_siit joold
# What prepares the machine for a build. Packagers use SETUP=true, because their machine has what the build needs.
SETUP ?= Tests/setup
# More options of `swift build`, for example of another architecture.
SWIFT_FLAGS ?=
VERSION = $(shell sed -n 's/.*static let release = "\(.*\)"/\1/p' Sources/JoolCommands/Program/ProgramIdentity.swift)
RELEASED = swift-jool-$(VERSION)
PREFIX ?= /usr/local
DOCS = $(PREFIX)/share/doc/swift-jool
BIN = $(DESTDIR)$(PREFIX)/bin
SHARE = $(DESTDIR)$(PREFIX)/share
LIB = $(DESTDIR)$(PREFIX)/lib

.PHONY: demo demo-mirror demo-nat64 test bench performance ready setup packages build unit examples documentation manual-html recording screenshot vm golden lint format install dist deb clean

demo: demo-mirror    # both demonstrations
	+$(MAKE) --no-print-directory demo-nat64

demo-mirror: packages build    # seconds, with neither root nor a VM: the sessions of a recorded NAT64 in two mirrors
	Tests/demo-mirror

demo-nat64: ready    # two real NAT64s in a VM synchronize their sessions through our proxies
	Tests/VM/demo

test: ready lint    # unit tests, then the real modules in a VM
	Tests/all

bench: ready    # compares our programs with the C tools, and with the goals, in one table
	python3 Benchmarks/bench.py

performance: ready    # the same, and writes docs/performance.md and its picture
	python3 Benchmarks/bench.py --markdown --svg

ready: packages    # builds the lab's kernel and our programs in parallel
	+$(MAKE) --no-print-directory -j2 setup build

setup: packages    # Debian packages, kernel, modules, C clients
	env -u MAKEFLAGS Tests/VM/setup

packages:    # the Debian packages for building and for unit tests
	$(SETUP)

build: product-jool    # .build/bin/{jool,jool_siit,joold}, which are one program
	mkdir -p .build/bin
	for name in $(PROGRAMS); do ln -sfn ../release/jool .build/bin/$$name; done

product-%: .build/static/libstdc++.a    # .build/release/%, as it is installed
	$(SWIFT) build $(RELEASE) $(SWIFT_FLAGS) --product $*

.build/static/libstdc++.a: | packages
	mkdir -p $(@D)
	ln -sf $$(gcc -print-file-name=$(@F)) $@

unit:    # seconds, no kernel
	$(SWIFT) test

examples:    # the libraries as another package uses them; no kernel
	Examples/check

documentation:    # the libraries' reference as DocC archives in .build/documentation
	$(SWIFT) package dump-symbol-graph --minimum-access-level public --skip-synthesized-members
	rm -rf .build/documentation
	for library in JoolCore JoolSession JoolDaemon; do \
	  mkdir -p .build/documentation/graphs/$$library && \
	  cp .build/*/symbolgraph/$$library.symbols.json .build/documentation/graphs/$$library && \
	  docc convert Sources/$$library/$$library.docc --warnings-as-errors \
	    --additional-symbol-graph-dir .build/documentation/graphs/$$library \
	    --fallback-bundle-identifier $$library --fallback-display-name $$library \
	    --output-path .build/documentation/$$library.doccarchive || exit 1; \
	done

manual-html: packages    # the manual pages as HTML, with links, in .build/manual
	mkdir -p .build/manual
	for page in docs/man/*; do \
	  mandoc -T html $$page | sed 's|<b>\(jool[a-z0-9_.-]*\)</b>(\([58]\))|<a href="\1.\2.html">&</a>|g' \
	    >.build/manual/$${page##*/}.html || exit 1; \
	done

recording: ready    # docs/demo.svg, from a run of the demonstration
	python3 Tests/VM/recording.py Tests/VM/demo >.build/demo.svg
	mv .build/demo.svg docs/demo.svg

screenshot: ready    # docs/top.svg, from a terminal in the VM
	Tests/VM/boot newest python3 Tests/VM/screenshot.py >.build/top.txt
	python3 Tests/VM/screenshot.py --picture <.build/top.txt >.build/top.svg
	mv .build/top.svg docs/top.svg

vm: build
	Tests/VM/run

golden: build    # compares the answers to all recorded command lines of the C clients, in the VM; minutes
	Tests/VM/run --only '^$$' --golden

lint: packages
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	mandoc -T lint -W warning docs/man/*

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

# If the program is built already, this only copies files, because under sudo there is usually no Swift in PATH.
# The programs are hard links to one file, or copies if the file system has no hard links. There are no symbolic links, so
# each program can be moved and renamed. The file gets no symbols.
install:
	test -x .build/bin/jool || $(MAKE) build
	install -D -s -m 755 .build/bin/jool $(BIN)/jool
	for name in $(filter-out jool,$(PROGRAMS)); do \
	  ln -f $(BIN)/jool $(BIN)/$$name || install -m 755 $(BIN)/jool $(BIN)/$$name; \
	done
	for name in $(PROGRAMS); do \
	  install -D -m 644 completions/jool.bash $(SHARE)/bash-completion/completions/$$name; \
	  install -D -m 644 completions/jool.fish $(SHARE)/fish/vendor_completions.d/$$name.fish; \
	done
	install -D -m 644 -t $(SHARE)/man/man8 docs/man/*.8
	install -m 644 docs/man/jool.8 $(SHARE)/man/man8/jool_siit.8
	install -D -m 644 -t $(SHARE)/man/man5 docs/man/*.5
	install -D -m 644 completions/_jool $(SHARE)/zsh/site-functions/_jool
	install -D -m 644 -t $(DESTDIR)$(DOCS) docs/*.md docs/performance.svg docs/picture.svg
	install -D -m 644 -t $(DESTDIR)$(DOCS)/guides docs/guides/*.md
	install -D -m 644 -t $(DESTDIR)$(DOCS)/failover docs/failover/*
	install -D -m 644 -t $(DESTDIR)$(DOCS)/services docs/services/*
	chmod 755 $(DESTDIR)$(DOCS)/failover/backup.sh
	install -D -m 644 -t $(LIB)/systemd/system systemd/*.service systemd/*.socket
	install -D -m 644 systemd/sysusers.conf $(LIB)/sysusers.d/swift-jool.conf
	install -D -m 644 systemd/tmpfiles.conf $(LIB)/tmpfiles.d/swift-jool.conf
	sed -i 's|/usr/local/|$(PREFIX)/|g' $(DESTDIR)$(DOCS)/failover/* $(LIB)/systemd/system/jool-*.service

dist: Package.resolved    # .build/dist/swift-jool-VERSION.tar.gz: the last commit, and the versions of the dependencies that were built
	mkdir -p .build/dist
	git archive --prefix=$(RELEASED)/ --add-file=Package.resolved -o .build/dist/$(RELEASED).tar.gz HEAD

Package.resolved:
	$(SWIFT) package resolve

# Packages the programs that are built already. Everything else is from the tarball, so it must be committed.
deb: dist    # .build/deb/swift-jool_VERSION_ARCHITECTURE.deb
	test -x .build/bin/jool || $(MAKE) build
	rm -rf .build/deb && mkdir -p .build/deb
	tar -xf .build/dist/$(RELEASED).tar.gz -C .build/deb
	install -D .build/bin/jool .build/deb/$(RELEASED)/.build/bin/jool
	cd .build/deb/$(RELEASED) && dpkg-buildpackage -b -us -uc

clean:
	rm -rf .build
