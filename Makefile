# One Makefile for everything, not recursive: sources are found by wildcard, everything
# that is made lands under $(BUILD). `make help` lists what can be asked for.

BUILD  ?= build
PREFIX ?= /usr/local
# Configuration goes to /etc for a package, beside everything else otherwise.
SYSCONFDIR ?= $(if $(filter /usr,$(PREFIX)),/etc,$(PREFIX)/etc)
JOBS   ?= $(shell nproc)

MAKEFLAGS += --no-print-directory --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
SHELL = /bin/bash
.DEFAULT_GOAL = all

# Compiling runs on all cores; running tests does not, and is not held back until its end.
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,--output-sync=target -j$(JOBS))

SERVICES = ingest scorer notifier courier
PARTS    = $(SERVICES) cli
SUITES   = unit service pipeline

# --- Compiler -------------------------------------------------------------------------

PACKAGES = libzmq libprotobuf-c hiredis libfyaml jansson libsodium libutf8proc
CC       = gcc
STANDARD = -std=c11 -D_POSIX_C_SOURCE=200809L
WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wformat=2 -Werror
INCLUDES = -I. -I$(BUILD)/gen

ifdef SANITIZE
OPTIMISE = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
           -fno-sanitize-recover=all
LDFLAGS_ALL = -fsanitize=address,undefined $(LDFLAGS)
else
OPTIMISE = -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now $(LDFLAGS)
endif

# pkg-config is asked once, when the first thing is compiled, so that `make deps`,
# `make help` and `make clean` work on a machine where it is not installed yet.
pkg = $(or $(shell pkg-config $(1) || echo missing),)
checked = $(if $(filter missing,$(1)),$(error packages are missing: run `make deps` first),$(1))
PKG_CFLAGS = $(eval PKG_CFLAGS := $(call checked,$(call pkg,--cflags $(PACKAGES))))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $(call checked,$(call pkg,--libs $(PACKAGES))))$(PKG_LIBS)

ifdef COVERAGE
OPTIMISE = -O0 -g --coverage
LDFLAGS_ALL = --coverage $(LDFLAGS)
endif

# Places at which a test kills a service (lib/fault.h); a release has none of them.
ifdef FAULTS
OPTIMISE += -DDONDOC_FAULTS
endif

CPPFLAGS_ALL = $(STANDARD) $(INCLUDES) $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = $(OPTIMISE) $(WARNINGS) $(CFLAGS)
LIBS = $(PKG_LIBS) -lcsv -lpthread
# Of one part only, so that a unit's desk needs no libcurl.
LIBS_courier = -lcurl

# --- What there is --------------------------------------------------------------------

GEN        := $(BUILD)/gen
PROTO      := $(wildcard proto/*.proto)
PROTO_C    := $(PROTO:proto/%.proto=$(GEN)/proto/%.pb-c.c)
PROTO_H    := $(PROTO_C:.c=.h)
EMBEDDED_C := $(GEN)/functions_lua.c
FUNCTIONS  := lib/functions.lua lib/functions_apply.lua lib/functions_trim.lua # one library, in this order

objects     = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)/*.c))
part_objects = $(filter-out $(BUILD)/$(1)/main.o,$(call objects,$(1)))

LIB        := $(BUILD)/libdondoc.a
LIB_OBJ    := $(call objects,lib) $(PROTO_C:.c=.o) $(EMBEDDED_C:.c=.o)
SUPPORT    := $(BUILD)/tests/libsupport.a
SUPPORT_OBJ := $(call objects,tests/support)

# A part is built as soon as it has a main.c. The services are called dondoc-NAME.
BUILT_PARTS := $(foreach p,$(PARTS),$(if $(wildcard $(p)/main.c),$(p)))
PROGRAMS    := $(foreach p,$(BUILT_PARTS),$(BUILD)/bin/$(if $(filter cli,$(p)),dondoc,dondoc-$(p)))

TEST_SRC   := $(foreach s,$(SUITES),$(wildcard tests/$(s)/test_*.c))
TESTS      := $(TEST_SRC:%.c=$(BUILD)/%)
BENCH_SRC  := $(wildcard bench/*.c)
BENCHES    := $(if $(BENCH_SRC),$(foreach b,load floor peer,$(BUILD)/bench/$(b)))
SCORE_OBJ  := $(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/score*.c))
MAN        := $(patsubst doc/man/%.scd,$(BUILD)/man/%,$(wildcard doc/man/*.scd))

OUR_C      := $(wildcard $(addsuffix /*.c,lib $(PARTS) tests/* bench))
OUR_H      := $(wildcard $(addsuffix /*.h,lib $(PARTS) tests/* bench))

.PHONY: attack-mutants perf-guard perf-guard-update attacks storm canaries golden-words property property-mutants million rolling soak sweep sweep-build sim simulator coverage fuzz fuzz-smoke fuzz-tools fuzzers all deps check test ci-long demo run lint lint-format lint-code format layers sizes asan clean install bench bench-long bench-score man \
        compose-check help compile tests

all: ## build the library, the services and the command (default)
	@$(MAKE) $(PARALLEL) compile

compile: $(LIB) $(PROGRAMS) $(MAN)
	@:

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

# --- Compiling ------------------------------------------------------------------------

# Generated headers must be there before anything of ours is compiled for the first time;
# after that the dependency files know who needs which.
$(BUILD)/%.o: %.c Makefile | $(PROTO_H)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

# Generated code is not ours to correct: no warnings.
$(GEN)/%.o: $(GEN)/%.c Makefile | $(PROTO_H)
	@$(CC) $(CPPFLAGS_ALL) $(OPTIMISE) -w -MMD -MP -c $< -o $@

$(GEN)/proto/%.pb-c.c $(GEN)/proto/%.pb-c.h &: proto/%.proto
	@mkdir -p $(GEN)/proto
	@echo "  PROTO $<"
	@protoc --proto_path=proto --c_out=$(GEN)/proto $<

$(GEN)/functions_lua.c: $(FUNCTIONS) tools/embed
	@mkdir -p $(@D)
	@echo "  EMBED $(FUNCTIONS)"
	@cat $(FUNCTIONS) >$(GEN)/functions.lua
	@tools/embed $(GEN)/functions.lua functions_lua lib/functions.h >$@

$(LIB): $(LIB_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	@echo "  AR    $@"
	@ar rcs $@ $^

$(SUPPORT): $(SUPPORT_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	@ar rcs $@ $^

define program_rule
$(BUILD)/bin/$(if $(filter cli,$(1)),dondoc,dondoc-$(1)): $(call objects,$(1)) $(LIB)
	@mkdir -p $$(@D)
	@echo "  LINK  $$@"
	@$$(CC) $$(LDFLAGS_ALL) $$^ $$(LIBS) $$(LIBS_$(1)) -o $$@
endef
$(foreach p,$(BUILT_PARTS),$(eval $(call program_rule,$(p))))

# --- Tests and benches ----------------------------------------------------------------

# A test links the library and tests/support. It names the parts whose pure files it tests
# in a comment line of its own near its top:   // link: ingest    /* link: scorer cli */
# Each test is one program, so the parts need not agree on names.
LINK_LINES := $(if $(TEST_SRC),$(shell grep -m1 -HE '^(//|/\*) link:' \
    $(TEST_SRC) | sed -E 's|:(//) link: *|=|; s|:/\* link: *|=|; s| *\*/.*||; s|[ ,]+|,|g'))
comma := ,
linked_parts = $(subst $(comma), ,$(patsubst $(1)=%,%,$(filter $(1)=%,$(LINK_LINES))))
linked_objects = $(foreach p,$(call linked_parts,$(1)),$(call part_objects,$(p)))

define test_rule
$(BUILD)/$(1:.c=): $(BUILD)/$(1:.c=.o) $(call linked_objects,$(1)) $(SUPPORT) $(LIB)
	@echo "  LINK  $$@"
	@$$(CC) $$(LDFLAGS_ALL) $$^ $(2) $$(LIBS) \
	    $(foreach p,$(call linked_parts,$(1)),$(LIBS_$(p))) -o $$@
endef
$(foreach t,$(TEST_SRC),$(eval $(call test_rule,$(t),-lcmocka)))

# The load generator, the smallest server that it can drive, and the clients of the peers;
# they include nothing of tests/.
FLOOR_OBJ = $(BUILD)/bench/floor.o
PEER_OBJ  = $(patsubst %.c,$(BUILD)/%.o,$(wildcard bench/peer*.c))

$(BUILD)/bench/load: $(filter-out $(SCORE_OBJ) $(FLOOR_OBJ) $(PEER_OBJ),$(call objects,bench)) $(LIB)
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS_ALL) $^ $(LIBS) -o $@

$(BUILD)/bench/floor: $(FLOOR_OBJ) $(LIB)
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS_ALL) $^ $(LIBS) -o $@

$(BUILD)/bench/peer: $(PEER_OBJ) $(BUILD)/bench/plan.o $(BUILD)/bench/usage.o $(LIB)
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS_ALL) $^ $(LIBS) -o $@

# The engine behind a line protocol, for the model of tests/property.
PROPERTY = $(BUILD)/tests/property/score_cases

# A case is a score of one subject and target at one window, compared whole.
CASES        ?= 100000
SEED         ?= 1
PROPERTY_RUN  = /usr/bin/python3 tests/property/run.py --build $(BUILD)

property: ## the engine against a slow model of it: CASES scores of random programmes, from SEED on
	@$(MAKE) $(PARALLEL) $(PROPERTY)
	@$(PROPERTY_RUN) --cases $(CASES) --seed $(SEED)

property-mutants: ## wrong engines that it has to find (tests/property/mutants)
	@$(MAKE) $(PARALLEL) $(PROPERTY)
	@tests/property/mutants/run --build $(BUILD)

$(PROPERTY): $(call objects,tests/property) $(LIB)
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS_ALL) $^ $(LIBS) -o $@

# The engine in memory: no Redis, no sockets.
$(BUILD)/bench/score: $(SCORE_OBJ) $(call part_objects,scorer) $(LIB)
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS_ALL) $^ $(LIBS) -o $@

# Preloaded into processes of tests/pipeline.
SHIMS = $(foreach s,clockshift failalloc oldzmq powercut,$(BUILD)/tests/faults/$(s).so)

tests: $(TESTS) $(SHIMS)
	@:

# Tests wait more than they compute: side by side they keep two processors busy.
TEST_JOBS ?= 4
RUN_TESTS = tests/run --build $(BUILD) --jobs $(TEST_JOBS)

check: ## quick and quiet: unit and service tests and the layers, no network, under 2 minutes
	@$(MAKE) $(PARALLEL) compile tests
	@tools/layers
	@$(RUN_TESTS) --quiet shell service unit # (the longest begin first)

test: deps ## everything, installs first: all tests, the Python client, the demo
	@$(MAKE) $(PARALLEL) compile tests $(FAULT_TOOLS) $(PROPERTY)
	@tools/layers
	@$(RUN_TESTS) python shell service unit pipeline faults readme demo
	@$(PROPERTY_RUN) --cases 30000

attacks: ## the attacks of tests/pipeline with the promised 250 ms; wants a quiet machine
	@$(MAKE) $(PARALLEL) compile tests
	@DONDOC_QUIET=1 $(RUN_TESTS) $(addprefix $(BUILD)/tests/pipeline/test_,attacks impostors leaders_door)

attack-mutants: ## weakened builds, each found by its test (tests/attacks/mutants; table in tests/README.md): minutes
	@tests/attacks/mutants/run --build $(BUILD)

storm: ## DONDOC_STORM departments (10.000) come back at once to a restarted ingest
	@$(MAKE) $(PARALLEL) compile $(BUILD)/tests/pipeline/test_storm
	@DONDOC_STORM=$${DONDOC_STORM:-10000} DONDOC_BUILD=$(abspath $(BUILD)) DONDOC_ROOT=$(CURDIR) \
	    $(BUILD)/tests/pipeline/test_storm

canaries: ## DONDOC_CANARIES deliveries (100.000) among hostile peers, half of them sealed, nothing of another's seen: a minute
	@$(MAKE) $(PARALLEL) compile $(BUILD)/tests/service/test_canary
	@DONDOC_CANARIES=$${DONDOC_CANARIES:-100000} DONDOC_BUILD=$(abspath $(BUILD)) DONDOC_ROOT=$(CURDIR) \
	    $(BUILD)/tests/service/test_canary

asan: ## the quick tests again under address and undefined-behaviour sanitizers
	@$(MAKE) $(PARALLEL) BUILD=$(BUILD)/asan SANITIZE=1 compile tests
	@tests/run --build $(BUILD)/asan --quiet unit service

# The files that decode, validate, decide, commit, follow and score.
COVERED = lib/wire.c $(sort $(wildcard lib/wire_*.c)) $(sort $(wildcard ingest/validate*.c)) ingest/decide.c \
          ingest/seal.c ingest/batch.c ingest/batch_form.c lib/receipt.c lib/entry_sets.c lib/journal.c lib/journal_append.c \
          lib/journal_read.c lib/follow.c scorer/apply.c $(sort $(wildcard lib/score*.c)) lib/standing.c lib/standing_flow.c

golden-words: ## write tests/golden/words, mail and web and programmes/phrases-built-in.yaml anew: every message as files to be read before a commit
	@$(MAKE) $(PARALLEL) $(BUILD)/tests/unit/test_golden_words $(BUILD)/tests/unit/test_golden_mail $(BUILD)/tests/unit/test_courier_golden $(BUILD)/tests/unit/test_phrase
	@DONDOC_GOLDEN_WRITE=1 DONDOC_ROOT=$(CURDIR) $(BUILD)/tests/unit/test_golden_words >/dev/null
	@DONDOC_GOLDEN_WRITE=1 DONDOC_ROOT=$(CURDIR) $(BUILD)/tests/unit/test_golden_mail >/dev/null
	@DONDOC_GOLDEN_WRITE=1 DONDOC_ROOT=$(CURDIR) $(BUILD)/tests/unit/test_courier_golden >/dev/null
	@DONDOC_GOLDEN_WRITE=1 DONDOC_ROOT=$(CURDIR) $(BUILD)/tests/unit/test_phrase >/dev/null

coverage: ## branches of the core that the unit, service and pipeline tests take (doc/coverage.md)
	@$(MAKE) $(PARALLEL) BUILD=$(BUILD)/coverage COVERAGE=1 compile tests $(FAULT_TOOLS:$(BUILD)/%=$(BUILD)/coverage/%)
	@find $(BUILD)/coverage -name '*.gcda' -delete
	@tests/run --build $(BUILD)/coverage --quiet unit service pipeline
	@tools/coverage --build $(BUILD)/coverage --least 95 $(COVERED)

# libFuzzer with address and undefined-behaviour sanitizers on every parser of outside bytes.
# Needs clang and its runtime, which only `tools/deps --long` installs. What is found beyond
# the committed corpus stays in $(BUILD)/fuzz (doc: tests/fuzz/README.md).
FUZZ_RUNS    ?= 5000000
FUZZ_SECONDS ?= 30
FUZZ          = $(BUILD)/fuzz
FUZZERS      := $(patsubst tests/fuzz/%.c,$(FUZZ)/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_FLAGS    = $(STANDARD) -O1 -g -w -fsanitize=address,undefined -fno-sanitize-recover=all \
                -fno-sanitize=shift,pointer-overflow $(INCLUDES) $(PKG_CFLAGS)
FUZZ_OBJ     := $(patsubst %.c,$(FUZZ)/%.o,$(wildcard lib/*.c))
FUZZ_GEN      = $(PROTO_C) $(EMBEDDED_C)

$(FUZZ)/lib/%.o: lib/%.c Makefile | $(PROTO_H)
	@mkdir -p $(@D)
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@

$(FUZZ)/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_OBJ) $(FUZZ_GEN)
	@mkdir -p $(@D)
	@echo "  FUZZ  $@"
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer $< $(FUZZ_OBJ) $(FUZZ_GEN) $(LIBS) -o $@

fuzzers: fuzz-tools $(FUZZERS)
	@:

fuzz-tools:
	@command -v clang >/dev/null || { echo "fuzz: clang is missing: run tools/deps --long"; exit 69; }

fuzz: ## every parser of outside bytes, FUZZ_RUNS executions each (after tools/deps --long)
	@$(MAKE) $(PARALLEL) fuzzers
	@tests/fuzz/run --build $(BUILD) --runs $(FUZZ_RUNS)

fuzz-smoke: ## the same for FUZZ_SECONDS in all
	@$(MAKE) $(PARALLEL) fuzzers
	@tests/fuzz/run --build $(BUILD) --seconds $(FUZZ_SECONDS)

# Faults under load, judged by a checker that shares no code with us; every place killed once;
# the mutants that the checker has to catch (tests/faults/README.md). Longer than `make test`.
FAULT_ROUNDS ?= 100
SOAK_ROUNDS  ?= 1000
SOAK_SEEDS   ?= 1000000
SOAK_CANARIES ?= 1000000
SWEEP_EVERY  ?= 5
FAULT_SEED   ?= 1
FAULT_OUT     = $(BUILD)/rounds
SOAK          = /usr/bin/python3 tests/faults/soak.py --build $(BUILD) --out $(FAULT_OUT) --seed $(FAULT_SEED)
SWEEP         = /usr/bin/python3 tests/faults/sweep.py --build $(BUILD)/faults
FAULT_TOOLS   = $(BUILD)/tests/faults/powercut.so $(BUILD)/tests/faults/relay

$(BUILD)/tests/faults/%.so: tests/faults/%.c Makefile
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CC) $(STANDARD) -O2 -g -fPIC -shared $(WARNINGS) $< -ldl -o $@

$(BUILD)/tests/faults/relay: tests/faults/relay.c Makefile
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CC) $(STANDARD) -O2 -g $(WARNINGS) $< -o $@

# The simulator (tests/sim/README.md): the objects of the library and of the services, with
# their crash points, in a directory of their own; tests/sim stands in for the outside world.
SEEDS     ?= 10000
SIM_FROM  ?= 1
SIM_BUILD  = $(BUILD)/sim
SIM_OBJ    = $(call objects,tests/sim)
SIM_SERVICES = ingest scorer notifier # the courier's world is mail and HTTP, not simulated
SIM_PARTS  = $(SIM_SERVICES:%=$(BUILD)/tests/sim/part_%.o)
SIM_WRAPS  = malloc calloc realloc free freeReplyObject instant_now mono_now mono_since_us \
             crypto_random crypto_random_id catalogue_load catalogue_free keyfile_keyring
comma_wrap = -Wl,--wrap=$(1)

# A service as one object with one name: the three have names in common.
$(BUILD)/tests/sim/part_%.o: $(foreach s,$(SIM_SERVICES),$(call objects,$(s)))
	@mkdir -p $(@D)
	@echo "  JOIN  $@"
	@ld -r -o $@.all $(filter $(BUILD)/$*/%,$^)
	@objcopy --redefine-sym main=$*_main $@.all $@.named
	@objcopy --keep-global-symbol=$*_main $@.named $@
	@rm -f $@.all $@.named

$(BUILD)/simulator: $(SIM_OBJ) $(SIM_PARTS) $(LIB)
	@echo "  LINK  $@"
	@$(CC) $(LDFLAGS_ALL) $(foreach w,$(SIM_WRAPS),$(call comma_wrap,$(w))) $^ $(LIBS) -o $@

simulator: $(BUILD)/simulator
	@:

sim: ## the services under virtual time, network and storage: SEEDS runs, failing ones print their seed
	@$(MAKE) $(PARALLEL) BUILD=$(SIM_BUILD) FAULTS=1 simulator
	@$(SIM_BUILD)/simulator --list tests/sim/seeds.txt --seeds $(SIM_FROM):$(SEEDS) --jobs $(JOBS)

# (a build of its own, with the places at which the sweep kills)
sweep-build:
	@$(MAKE) $(PARALLEL) BUILD=$(BUILD)/faults FAULTS=1 compile $(FAULT_TOOLS:$(BUILD)/%=$(BUILD)/faults/%)

ci-long: ## 100 rounds of faults (FAULT_ROUNDS, FAULT_SEED), mutants, every fifth place of the sweep, simulator, canaries
	@$(MAKE) $(PARALLEL) compile $(FAULT_TOOLS)
	@rm -rf $(FAULT_OUT)
	@$(SOAK) --rounds $(FAULT_ROUNDS)
	@tests/faults/mutants/run --build $(BUILD)
	@tests/attacks/mutants/run --build $(BUILD) --quick
	@$(MAKE) sweep-build
	@$(SWEEP) --every $(SWEEP_EVERY)
	@$(MAKE) sim SEEDS=10000
	@$(MAKE) canaries
	@$(MAKE) property property-mutants
	@tools/deps --long
	@$(MAKE) perf-guard

soak: ## 1.000 rounds of faults (SOAK_ROUNDS, FAULT_SEED), 1.000.000 seeds of the simulator, 1.000.000 canaries: an hour and a quarter
	@$(MAKE) $(PARALLEL) compile $(FAULT_TOOLS)
	@rm -rf $(FAULT_OUT)
	@$(SOAK) --rounds $(SOAK_ROUNDS)
	@$(MAKE) sim SEEDS=$(SOAK_SEEDS)
	@DONDOC_CANARIES=$(SOAK_CANARIES) $(MAKE) canaries

sweep: ## the same small run, killed once at every place: minutes
	@$(MAKE) sweep-build
	@$(SWEEP)

rolling: ## every service and Redis replaced under load, then the next release and back: gaps, nothing lost
	@$(MAKE) $(PARALLEL) compile
	@/usr/bin/python3 tests/faults/rolling.py --build $(BUILD) --out $(BUILD)/rolling --seed $(FAULT_SEED)
	@tests/faults/upgrade --build $(BUILD) --seed $(FAULT_SEED)

million: ## Redis killed with a million reports in its journal: how long until the next acknowledgement
	@$(MAKE) $(PARALLEL) compile $(BENCHES)
	@/usr/bin/python3 tests/faults/million.py --build $(BUILD)

# Instructions of the hot paths, counted by valgrind (tests/perf/README.md). A program for
# each part whose functions it runs; what it replaces of the outside world is wrapped.
PERF_PARTS  = ingest scorer notifier wire
PERF        = $(PERF_PARTS:%=$(BUILD)/tests/perf/perf_%)
PERF_COMMON = $(BUILD)/tests/perf/paths.o $(BUILD)/tests/perf/programme.o
PERF_WRAPS_ingest   = service_principal bus_send_to bus_send redis_put redis_send redis_try \
                      journal_append_result reply_free province_memory_look crypto_random
PERF_WRAPS_scorer   = redis_put redis_next reply_status reply_str reply_free
PERF_WRAPS_notifier = service_redis_new crypto_random

define perf_rule
$(BUILD)/tests/perf/perf_$(1): $(BUILD)/tests/perf/perf_$(1).o $(PERF_COMMON) \
    $(if $(wildcard $(1)/main.c),$(call part_objects,$(1))) $(LIB)
	@echo "  LINK  $$@"
	@$$(CC) $$(LDFLAGS_ALL) $$(foreach w,$(PERF_WRAPS_$(1)),$$(call comma_wrap,$$(w))) $$^ $$(LIBS) -o $$@
endef
$(foreach p,$(PERF_PARTS),$(eval $(call perf_rule,$(p))))

perf-guard: ## instructions of the hot paths against tests/perf/figures: fails over +5 % (wants valgrind: tools/deps --long)
	@$(MAKE) $(PARALLEL) $(PERF)
	@/usr/bin/python3 tests/perf/guard.py --build $(BUILD)
	@/usr/bin/python3 tests/perf/guard.py --build $(BUILD) --self-test

perf-guard-update: ## write tests/perf/figures anew; say why in the commit
	@$(MAKE) $(PARALLEL) $(PERF)
	@/usr/bin/python3 tests/perf/guard.py --build $(BUILD) --update

BENCH_ROUNDS ?= 5
BENCH_RUN     = DONDOC_BUILD=$(abspath $(BUILD)) bench/run --rounds

bench: ## dondoc beside its peers: installs them, the goal table in under 15 minutes, on a machine with nothing else to do (bench/README.md)
	@tools/deps --bench
	@$(MAKE) $(PARALLEL) compile $(BENCHES)
	@$(BENCH_RUN) $(BENCH_ROUNDS)

bench-long: ## the same for growth, rates, 90 seconds at 70 %, a cold start: about half an hour
	@$(MAKE) $(PARALLEL) compile $(BENCHES)
	@$(BENCH_RUN) 1 --long

bench-score: ## measure scoring in memory: verdicts a second, recomputation, memory (bench/README.md)
	@$(MAKE) $(PARALLEL) $(BUILD)/bench/score
	@mkdir -p bench/results
	@$(BUILD)/bench/score --out bench/results/score.json

# --- Running --------------------------------------------------------------------------

deps: ## install with apt what is missing (root or sudo), nothing when all is there
	@tools/deps

demo: deps ## install, build, run the demo on published figures, leave nothing running
	@$(MAKE) $(PARALLEL) compile
	@DONDOC_BUILD=$(abspath $(BUILD)) demo/run

run: deps ## Redis and the three services in $(BUILD)/run, until Ctrl-C
	@$(MAKE) $(PARALLEL) compile
	@DONDOC_BUILD=$(abspath $(BUILD)) tools/run

compose-check: ## build and run compose.yaml for real with a private engine (root)
	@tools/compose-check

# --- Looking at the code --------------------------------------------------------------

TIDY = $(OUR_C:%.c=$(BUILD)/lint/%.tidy)

# (`make -k lint` goes on after the first kind of complaint)
lint: sizes layers lint-format lint-code ## clang-format, clang-tidy, cppcheck, layers, file sizes
	@echo "lint: $(words $(OUR_C)) sources and $(words $(OUR_H)) headers are clean"

lint-format:
	@mkdir -p $(BUILD)
	@bad=; for file in $(OUR_C) $(OUR_H); do \
	    clang-format --dry-run -Werror $$file 2>$(BUILD)/format.log && continue; \
	    grep -q 'violations' $(BUILD)/format.log || { cat $(BUILD)/format.log; exit 1; }; \
	    bad="$$bad $$file"; \
	done; \
	[ -z "$$bad" ] || { echo "lint: not formatted (run make format):$$bad"; exit 1; }

lint-code:
	@$(if $(OUR_C),$(MAKE) $(PARALLEL) $(BUILD)/lint/cppcheck $(TIDY))

format: ## rewrite our sources with clang-format
	@$(if $(OUR_C)$(OUR_H),clang-format -i $(OUR_C) $(OUR_H))

layers: ## who may include and call what
	@tools/layers

sizes: ## no file over 500 lines
	@tools/sizes

# One stamp for each source, newer than its object, so that only what changed (or whose
# headers changed) is looked at again.
$(BUILD)/lint/%.tidy: %.c $(BUILD)/%.o .clang-tidy
	@mkdir -p $(@D)
	@echo "  TIDY  $<"
	@clang-tidy --quiet $< -- $(CPPFLAGS_ALL) -Wall -Wextra 2>$@.log || \
	    { cat $@.log; exit 1; }
	@touch $@

# (cppcheck understands the attribute, not the keyword of C11)
$(BUILD)/lint/cppcheck: $(OUR_C) $(OUR_H) Makefile
	@mkdir -p $@.d
	@echo "  CPPCHECK"
	@cppcheck --quiet --std=c11 '-D_Noreturn=__attribute__((noreturn))' --enable=warning,performance,portability \
	    --error-exitcode=1 --inline-suppr --suppress=missingInclude \
	    --suppress=missingIncludeSystem --cppcheck-build-dir=$@.d -I. $(OUR_C)
	@touch $@

# --- Manual, installing, cleaning -----------------------------------------------------

man: $(MAN) ## manual pages from doc/man

$(BUILD)/man/%: doc/man/%.scd
	@mkdir -p $(@D)
	@echo "  MAN   $@"
	@scdoc <$< >$@

# Configuration that somebody changed is kept; the new one lies beside it as .new.
install: all ## programs, manual, etc/ and programmes/ under DESTDIR and PREFIX
	@install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(SYSCONFDIR)/dondoc
	@$(if $(PROGRAMS),install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin)
	@install -m 755 etc/redis-start $(DESTDIR)$(PREFIX)/bin/dondoc-redis-start
	@install -m 755 etc/redis-users $(DESTDIR)$(PREFIX)/bin/dondoc-redis-users
	@install -D -m 755 -t $(DESTDIR)$(PREFIX)/libexec/dondoc etc/redis-check etc/redis-watch
	@for page in $(MAN); do \
	    install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; \
	done
	@for file in $(filter-out etc/redis-start etc/redis-users etc/redis-check etc/redis-watch etc/systemd,$(wildcard etc/*)); do \
	    to=$(DESTDIR)$(SYSCONFDIR)/dondoc/$${file##*/}; \
	    [ -d $$file ] && { cp -R $$file $$to.tmp && rm -rf $$to && mv $$to.tmp $$to; continue; }; \
	    if [ -e $$to ] && ! cmp -s $$file $$to; then to=$$to.new; fi; \
	    install -m 644 $$file $$to; \
	done
	@install -d $(foreach d,systemd/system sysusers.d tmpfiles.d,$(DESTDIR)$(PREFIX)/lib/$(d))
	@for unit in etc/systemd/*.service etc/systemd/*.timer; do \
	    sed -e 's|/usr/bin/|$(PREFIX)/bin/|g' -e 's|/etc/dondoc/|$(SYSCONFDIR)/dondoc/|g' $$unit \
	        >$(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/}; \
	done
	@install -m 644 etc/systemd/dondoc.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/dondoc.conf
	@sed 's|/etc/dondoc/|$(SYSCONFDIR)/dondoc/|g' etc/systemd/dondoc.tmpfiles \
	    >$(DESTDIR)$(PREFIX)/lib/tmpfiles.d/dondoc.conf
	@install -d $(DESTDIR)$(PREFIX)/share/dondoc/programmes
	@cp -R programmes/. $(DESTDIR)$(PREFIX)/share/dondoc/programmes/
	@echo "installed under $(DESTDIR)$(PREFIX), configuration in $(DESTDIR)$(SYSCONFDIR)/dondoc"

clean: ## remove everything that was made
	@rm -rf $(BUILD)

-include $(LIB_OBJ:.o=.d) $(PERF:=.d) $(PERF_COMMON:.o=.d) $(FUZZ_OBJ:.o=.d) $(SUPPORT_OBJ:.o=.d) $(TESTS:=.d) $(BENCH_SRC:%.c=$(BUILD)/%.d) \
         $(foreach p,$(PARTS),$(patsubst %.o,%.d,$(call objects,$(p))))
