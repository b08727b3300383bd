# Targets for the Debian package; included by the Makefile, run from the root.

NFPM     ?= go run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2
VERSION  ?= $(shell git describe --tags --match 'v[0-9]*' 2>/dev/null | sed 's/^v//;s/-\([0-9]*\)-g/+\1.g/' | grep . || echo 0.0.0)
ARCH     ?= $(shell go env GOARCH)
PACKAGE  := dist/requestd_$(VERSION)_$(ARCH).deb
BUILD    := dist/build

# The same sources give the same package, byte for byte.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)

.PHONY: package exposure package-test

package: ## a Debian package, in dist/
	rm -rf $(BUILD) && mkdir -p $(BUILD)/man
	CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) go build -trimpath -ldflags '-s -w -X requestd/intake/daemon.version=$(VERSION)' -o $(BUILD)/requestd ./cmd/requestd
	go build -o $(BUILD)/here/requestd ./cmd/requestd
	$(BUILD)/here/requestd man $(BUILD)/man
	find $(BUILD)/man -name '*.1' -exec gzip -9n {} +
	for s in bash zsh fish; do $(BUILD)/here/requestd completion $$s >$(BUILD)/requestd.$$s || exit 1; done
	find $(BUILD) -exec touch -h -d @$(SOURCE_DATE_EPOCH) {} +
	VERSION=$(VERSION) ARCH=$(ARCH) $(NFPM) package --config packaging/nfpm.yaml --packager deb --target $(PACKAGE)
	@echo $(PACKAGE)

package-test: package ## install, upgrade, remove and purge that package here; needs root
	packaging/try.sh $(PACKAGE)

exposure: ## how exposed the systemd units are, of 10; fails above 1.5
	packaging/exposure.sh
