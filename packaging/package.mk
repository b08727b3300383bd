# Targets for the Debian package; included by the Makefile, run from the root.

NFPM     ?= $(GO) run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2
ARCH     ?= $(shell $(GO) env GOARCH)
PACKAGE  := dist/requestd_$(VERSION)_$(ARCH).deb
BUILD    := dist/build

# The same sources give the same package, byte for byte: no path, no clock, no
# state of the repository is in it.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
LINK = -trimpath -buildvcs=false -ldflags '-s -w -buildid= -X requestd/intake/daemon.version=$(VERSION)'

.PHONY: package release exposure package-test alerts systemd-test

package: ## a Debian package, in dist/
	rm -rf $(BUILD) && mkdir -p $(BUILD)/man1 $(BUILD)/man5 $(BUILD)/here
	CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) $(GO) build $(LINK) -o $(BUILD)/requestd ./cmd/requestd
	CGO_ENABLED=0 GOARCH=$(shell $(GO) env GOHOSTARCH) $(GO) build $(LINK) -o $(BUILD)/here/requestd ./cmd/requestd
	$(BUILD)/here/requestd man --settings config.example.yaml $(BUILD)/man1 && mv $(BUILD)/man1/*.5 $(BUILD)/man5
	find $(BUILD)/man1 $(BUILD)/man5 -name '*.[15]' -exec gzip -9n {} +
	for s in bash zsh fish; do $(BUILD)/here/requestd completion $$s >$(BUILD)/requestd.$$s || exit 1; done
	find $(BUILD) -exec touch -h -d @$(SOURCE_DATE_EPOCH) {} +
	VERSION=$(VERSION) ARCH=$(ARCH) $(NFPM) package --config packaging/nfpm.yaml --packager deb --target $(PACKAGE)
	@echo $(PACKAGE)

# What is released carries a tag and nothing that is not committed. Each package
# comes with its list of what is in it, read from the program itself
# (packaging/sbom), and all of them with their checksums.
release: ## tagged, reproducible packages for amd64 and arm64, with checksums and SBOMs, in dist/
	@git diff --quiet HEAD -- || { echo 'release: commit what was changed first' >&2; exit 1; }
	@git describe --exact-match --tags --match 'v[0-9]*' >/dev/null 2>&1 || { echo 'release: tag this commit first: git tag v1.0' >&2; exit 1; }
	rm -rf dist
	for arch in amd64 arm64; do \
		$(MAKE) --no-print-directory package ARCH=$$arch VERSION=$(VERSION) && \
		$(GO) run ./packaging/sbom $(BUILD)/requestd $(VERSION) >dist/requestd_$(VERSION)_$$arch.cdx.json || exit 1; \
	done
	cd dist && sha256sum *.deb *.cdx.json >SHA256SUMS && cat SHA256SUMS

package-test: package ## install, upgrade, remove and purge that package here; needs root
	packaging/try.sh $(PACKAGE)

exposure: ## how exposed the systemd units are, of 10; fails above 1.5
	packaging/exposure.sh

alerts: ## try the alert rules for Prometheus, where promtool is installed
	packaging/prometheus/try.sh

systemd-test: ## the package under a systemd that runs as pid 1; needs root, debootstrap and systemd-nspawn
	REQUESTD_SYSTEMD=1 $(GO) test -count=1 -v -timeout 20m ./packaging
