# drtune: small Unix filters that tune models hosted on DataRobot.
#
#   make                 build the tools into bin/
#   make check           build and run all tests; ends with `N passed, N failed`
#   make asan            the same with address and undefined-behaviour sanitizers
#   make fuzz            libFuzzer on all that reads foreign bytes, FUZZ_SECONDS each (60)
#   make tsan            dr-sandbox with the thread sanitizer, under parallel clients and jobs
#   make load            dr-sandbox under 64 clients and 10,000 jobs, and dr-collect with them
#   make crash-test      1,000 pipelines killed with -9 under a service that makes faults
#   make torture         each tool, with its k-th call of the system failing, for every k
#   make check-secrets   the token is nowhere it must not be; bad certificates are refused
#   make check-slurm     the recipes as jobs of a real Slurm (bin/setup --slurm first)
#   make check-client    DataRobot's own Python client against dr-sandbox (needs python3-venv)
#   make compare-notebooks  the notebooks' logic and our pipelines, side by side
#   make bench-bo        bo-propose beside other optimisers (bin/setup --peers first)
#   make lint            formatting, static analysis, shell scripts, man pages
#   make format          let clang-format rewrite the sources
#   make demo            the whole run against a private dr-sandbox
#   make install         under $(DESTDIR)$(PREFIX);  make uninstall  takes it away
#   make clean
#
# A folder of src/ with a main.c is a tool, a folder of lib/ a module, a .c file of
# tests/unit/ a test program, one of tests/unit/TOOL/ a test of that tool's parts:
# none of them needs a line here.

MODE   ?= release
PREFIX ?= /usr/local
BINDIR := $(PREFIX)/bin
MANDIR := $(PREFIX)/share/man
DATADIR := $(PREFIX)/share/drtune
COMPDIR := $(PREFIX)/share/bash-completion/completions

BUILD := build/$(MODE)
BIN   := $(if $(filter release,$(MODE)),bin,$(BUILD)/bin)

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wwrite-strings -Wformat=2 \
            -Wstrict-prototypes -Wmissing-prototypes -Wno-missing-field-initializers $(if $(CI),-Werror)
CFLAGS_release := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
CFLAGS_asan    := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
                  -fno-omit-frame-pointer
CFLAGS_fuzz    := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
                  -fno-omit-frame-pointer -fprofile-instr-generate -fcoverage-mapping \
                  -Wno-format-nonliteral -Wno-unknown-pragmas
CFLAGS_tsan    := -O1 -fsanitize=thread -fno-omit-frame-pointer
LDFLAGS_release := -pie -Wl,-z,relro,-z,now
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -fno-math-errno -Ilib -I$(BUILD) $(WARNINGS) $(CFLAGS) $(CFLAGS_$(MODE))

# Each tool is linked with those of these that it uses.
LIBS := -lcurl -lcjson -lmd -lyaml -ljq -lmicrohttpd -lsqlite3 \
        -lstemmer -llinear -lnlopt -llapacke -llapack -lblas -lpthread -lm
ALL_LDFLAGS = $(LDFLAGS) $(LDFLAGS_$(MODE)) -Wl,--as-needed

TOOLS := $(patsubst src/%/main.c,%,$(wildcard src/*/main.c))
PAGES := $(wildcard src/*.[1-9] src/*/*.[1-9])
RECIPES := $(wildcard pipelines/*.sh)
UNITS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c tests/unit/*/*.c))
FUZZERS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/*.c tests/fuzz/*/*.c))
SOURCES := $(shell find src lib tests -name '*.[ch]')
SCRIPTS := bin/setup .ci/run tests/run tests/client/run tests/client/compare tests/fuzz/run tests/fuzz/home.sh tests/load/run tests/load/tsan tests/secrets/run tests/crash/run tests/crash/one tests/torture/run tests/slurm/run $(RECIPES) $(wildcard pipelines/*.bash tests/*.bats tests/*.bash tests/*/*.bash tests/*.sh tests/bench/*.sh tests/bench/bo/*.sh)

objects = $(patsubst %.c,$(BUILD)/%.o,$(shell find $1 -name '*.c' | LC_ALL=C sort))

all: $(TOOLS:%=$(BIN)/%)

.SECONDEXPANSION:
$(BIN)/%: $(BUILD)/src/$$*/main.o $(BUILD)/src/$$*.a $(BUILD)/libdrtune.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
$(BUILD)/src/%.a: $$(filter-out %/main.o,$$(call objects,src/$$*))
	@mkdir -p $(@D)
	rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/libdrtune.a: $(call objects,lib)
	rm -f $@ && $(AR) rcs $@ $^

# A tool's own headers are found from its folder, as are those that its tests use.
own = $(firstword $(subst /, ,$(patsubst tests/fuzz/%,%,$(patsubst tests/unit/%,%,$(patsubst src/%,%,$1)))))
$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Isrc/$(call own,$<) -MMD -MP -c -o $@ $<
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

$(BUILD)/src/dr-sandbox/page/page.o: src/dr-sandbox/page/page.html src/dr-sandbox/page/page.js

tool_of = $(filter $(TOOLS),$(call own,tests/$1))
$(BUILD)/tests/%: $(BUILD)/tests/%.o $$(addprefix $(BUILD)/src/,$$(addsuffix .a,$$(call tool_of,$$*))) $(BUILD)/libdrtune.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# libFuzzer brings the main of its targets.
$(BUILD)/tests/fuzz/%: LDFLAGS_fuzz += -fsanitize=fuzzer

stamp = @mkdir -p $(@D); echo '$1' | cmp -s - $@ || echo '$1' >$@
$(BUILD)/flags: FORCE
	$(call stamp,$(CC) $(ALL_CFLAGS))
$(BUILD)/version.h: FORCE
	$(call stamp,#define VERSION "$(shell cat VERSION)")
$(BUILD)/lib/cli/help.o: $(BUILD)/version.h
FORCE:

check: all $(UNITS)
	tests/run $(BIN) $(UNITS)
asan:
	$(MAKE) MODE=asan check
fuzz: all
	$(MAKE) MODE=fuzz CC=clang fuzzers
	tests/fuzz/run $(BIN) build/fuzz
fuzzers: $(FUZZERS)
tsan: all
	$(MAKE) MODE=tsan build/tsan/bin/dr-sandbox
	tests/load/tsan $(BIN) build/tsan/bin
load: all
	tests/load/run $(BIN)
crash-test: all
	tests/crash/run $(BIN)
torture: all
	tests/torture/run $(BIN)
check-secrets: all
	tests/secrets/run $(BIN)
check-slurm: all
	tests/slurm/run $(BIN)
check-client: all
	tests/client/run $(BIN)
compare-notebooks: all
	tests/client/compare $(BIN)
bench-bo: all
	tests/bench/bo.sh $(BIN)

lint:
	clang-format --dry-run --Werror $(SOURCES)
	cppcheck --quiet --std=c11 --inline-suppr --error-exitcode=1 -j2 \
		--enable=warning,performance,portability --suppress=missingIncludeSystem \
		-Ilib $(addprefix -Isrc/,$(TOOLS)) src lib tests
	shellcheck $(SCRIPTS)
	$(if $(PAGES),mandoc -T lint -W warning $(PAGES))
format:
	clang-format -i $(SOURCES)

demo: all
	PATH="$(CURDIR)/$(BIN):$$PATH" pipelines/demo.sh

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)/data $(DESTDIR)$(COMPDIR)
	install -m 755 $(TOOLS:%=$(BIN)/%) $(DESTDIR)$(BINDIR)
	install -m 755 $(RECIPES) $(DESTDIR)$(DATADIR)
	install -m 644 $(wildcard pipelines/*.bash) $(DESTDIR)$(DATADIR)
	install -m 644 $(wildcard pipelines/data/*) $(DESTDIR)$(DATADIR)/data
	for page in $(PAGES); do \
		install -D -m 644 -t "$(DESTDIR)$(MANDIR)/man$${page##*.}" "$$page" || exit; done
	install -m 644 src/completion.bash $(DESTDIR)$(COMPDIR)/gridgen
	cd $(DESTDIR)$(COMPDIR) && for tool in $(filter-out gridgen,$(TOOLS)); do \
		ln -sf gridgen "$$tool" || exit; done
uninstall:
	cd $(DESTDIR)$(BINDIR) && rm -f $(TOOLS)
	cd $(DESTDIR)$(COMPDIR) && rm -f $(TOOLS)
	for page in $(PAGES); do \
		rm -f "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}" || exit; done
	rm -rf $(DESTDIR)$(DATADIR)

clean:
	rm -rf build $(TOOLS:%=bin/%)

.PHONY: all check asan fuzz fuzzers tsan load crash-test torture check-secrets check-slurm check-client compare-notebooks bench-bo lint format demo install uninstall clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:
