# What a developer or a build machine does with requestd. `make help` lists it.

VERSION ?= $(shell packaging/version)
GO      ?= go
PKGS    ?= ./...
# How long each fuzz target runs.
FUZZTIME ?= 30s
# A folder of labelled mail that `make eval` reads with the built-in model;
# without one it leaves out one writer of the training mail at a time.
CORPUS ?=

# More for `make bench`, such as BENCH='-n 1000 -rounds 1 -seconds 10'.
BENCH ?=

.DEFAULT_GOAL := build

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## the program, in bin/
	CGO_ENABLED=0 $(GO) build $(LINK) -o bin/requestd ./cmd/requestd

.PHONY: demo
demo: build ## the main job on embedded servers with sample mail
	./bin/requestd demo

.PHONY: demo-page
demo-page: build ## the officers' page over the demonstration's register, until interrupted
	./bin/requestd demo --serve

.PHONY: weights
weights: ## what the officers' page weighs: its screens, and the daemon's memory (some minutes)
	$(GO) test -count=1 -v -run EveryScreenIsLight ./intake/page
	$(GO) test -run '^$$' -bench Memory -benchtime 1x -timeout 30m ./cmd/requestd

.PHONY: servers
servers: ## install Dovecot, Postfix, PostgreSQL and Chromium for the tests, where that is needed
	@.ci/servers

# How many packages are tested at once: one more than two processors, since many
# wait for their servers.
AT_ONCE ?= 3
# Tests and lint are built as the program is, and nothing is compiled twice.
# That vet finds nothing is seen in make lint.
AS_BUILT = CGO_ENABLED=0 GOFLAGS='$(strip $(shell $(GO) env GOFLAGS) -trimpath)'
TEST     = $(GO) test -vet=off -p $(AT_ONCE) -timeout 30m
# What make test runs on a file alone: tests of words, of counts of mails and of
# servers of mail, which are the same whatever keeps the register.
UNSTORED  = TestMailsADayToAnOfficer TestALongHistoryIsCutInMailToStaff TestWhatIsForecastIsMailed TestEachEventIsRecordedByMail TestAttacks
UNSTORED += TestAReferenceTellsAStrangerNothing TestTheDigestGoesEachWorkingMorningByTheClockAlone TestOutcomesByRegime TestEachRoleActsOnItsMailboxes
UNSTORED += TestPostfixTakesTokens TestEveryPhaseOfSMTP TestAnAnswerWithoutEnd
ANY = ^($(subst $() $(),|,$(strip $(1))))$$
.PHONY: test
test: servers ## every test, those of the register and of what writes to it also on PostgreSQL
	$(AS_BUILT) $(TEST) $(PKGS)
	$(AS_BUILT) REQUESTD_TEST_STORE=postgres $(TEST) -skip '$(call ANY,$(UNSTORED))' \
		./store ./intake/admin ./intake/casework ./intake/engine ./intake/outbox

.PHONY: pictures
pictures: servers ## the pictures of docs/page.md, taken anew from the page
	REQUESTD_PICTURES=$(CURDIR)/docs/pictures $(GO) test -count=1 -run TestPicturesOfTheGuide ./intake/page

# What make test alone runs. The processes that read mail live under a limit of
# memory that the race detector's own bookkeeping exceeds at once.
UNRACED = TestAMailThatKillsItsReaderStopsNothing TestAMailOverWhichTheDaemonIsKilledTwiceIsGivenUp TestTheDaemonEndsWhileAMailIsRead TestKnownAttacksAreRead
# The program that was built runs without the detector.
UNRACED += TestTheLine TestAnOfficersDayByMailAlone TestAFullDiskLosesAndDoublesNothing TestKills TestTheDemonstrationIsServed
UNRACED += TestThePageOnAFullDisk TestThePageOverTLS TestAStartThatWaitsForItsDatabaseIsNotEnded TestAStartOnAFullDiskSaysWhatToDo
# Of each two, one more tells the detector nothing.
UNRACED += TestAMailOfOnesOwnJoins TestNothingIsLeftBehind TestAServerThatSpeaksWithoutEnd
# One goroutine each, and long.
UNRACED += TestSimulate TestALongHistoryIsCutInMailToStaff TestAttemptsAreCountedWithoutEnd FuzzClassify TestDefectsAreFound TestMailsADayToAnOfficer TestKnownAttacks TestBombs TestMistakesInOverridingTextsAreFoundAtStart TestFieldFaults TestUnseenMail
.PHONY: race
race: servers ## every test under the race detector
	$(TEST) -race -skip '$(call ANY,$(UNRACED))' $$(.ci/raced $(PKGS))

.PHONY: lint
lint: ## golangci-lint, and with it go vet, as .golangci.yml says
	$(AS_BUILT) $(GO) tool -modfile=.ci/tools/go.mod golangci-lint run $(PKGS)

.PHONY: fmt-check
fmt-check: ## fails and lists the files where gofmt would change something
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "run gofmt -w on:"; echo "$$out"; exit 1; } >&2

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME
	@.ci/fuzz $(FUZZTIME)

# The packages in which every small fault should be noticed, by their own tests or
# those of ASK, in which SLOW are left out.
MUTATE ?= ./deadlines ./intake ./intake/officer ./intake/outbox ./intake/compose
ASK    ?=
SLOW   ?= TestMailsADayToAnOfficer|TestAnOfficerIsWrittenToInWelsh|TestALongHistoryIsCut
FOR    ?= 12m
PLACES ?=
.PHONY: mutants
mutants: ## put small faults into the packages in MUTATE, one at a time, and list those that no test notices
	@for p in $(MUTATE); do $(GO) run ./cmd/mutants -for $(FOR) -seed $(or $(SEED),1) -skip '$(SLOW)' -only '$(PLACES)' -tests '$(ASK)' $$p; done

.PHONY: eval
eval: ## how well mail is read, leaving out one writer at a time, or the labelled mail in CORPUS
	$(GO) run ./cmd/evaluate $(CORPUS)

.PHONY: train
train: ## fit the classifier's model to the labelled mail anew, and its bounds to writers left out
	$(GO) run ./cmd/evaluate -parts 4 -model classify/model.bin

.PHONY: bench
bench: build servers ## requestd beside mbsync (where installed) on a real Dovecot and Postfix
	$(GO) run ./cmd/bench -requestd bin/requestd $(BENCH)

.PHONY: benchmarks
benchmarks: ## Go's benchmarks of every package
	$(GO) test -run '^$$' -bench . -benchmem $(PKGS)

# How many seeds are simulated, and from which on; how long each is.
SEEDS ?= 200
SEED  ?= 1
DAYS  ?= 365
.PHONY: simulate
simulate: ## SEEDS years of two mailboxes in virtual time, from seed SEED on
	$(GO) run ./cmd/simulate -seeds $(SEEDS) -seed $(SEED) -days $(DAYS)

# How often the program is killed.
KILLS ?= 1000
.PHONY: crash
crash: build servers ## kill the program KILLS times among real servers, and check after each
	$(GO) run ./cmd/crash -binary bin/requestd -kills $(KILLS) -seed $(SEED)

.PHONY: faults
faults: build servers ## KILLS faults of two daemons and their database in PostgreSQL, with a check after each
	$(GO) run ./cmd/crash -several -unwatched 30s -binary bin/requestd -kills $(KILLS) -seed $(SEED)

.PHONY: nightly
nightly: ## what takes too long for each change: the package under systemd, whole sweeps, simulated years, kills, fuzzing
	$(MAKE) systemd-test
	REQUESTD_SWEEP=all $(GO) test -count=1 -timeout 60m ./deadlines ./intake/simulate
	$(MAKE) simulate
	$(MAKE) crash
	$(MAKE) fuzz

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist

include packaging/package.mk
