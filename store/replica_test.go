package store_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"requestd/intake/localca"
	"requestd/store"
	"requestd/store/storetest"
)

// ownServer is a database server for this test only.
func ownServer(t *testing.T, args ...string) *storetest.Server {
	t.Helper()
	s, err := storetest.StartServer(args...)
	if err != nil {
		t.Fatal(err)
	}
	ended(t, s)
	return s
}

func ended(t *testing.T, s *storetest.Server) {
	t.Cleanup(func() {
		if err := s.End(); err != nil {
			t.Error(err)
		}
	})
}

// The primary loses power in the middle of work, and its synchronous replica is
// promoted by hand: nothing that was recorded is missing, and no reference is
// used twice.
func TestASynchronousReplicaTakesOverWithoutALoss(t *testing.T) {
	primary := ownServer(t)
	replica, err := primary.Replica()
	if err != nil {
		t.Fatal(err)
	}
	ended(t, replica)
	url := storetest.EitherURL(primary, replica)
	db := openURL(t, url, true)

	probe := func() store.DatabaseReport {
		t.Helper()
		r, err := store.ProbeURL(t.Context(), url, "")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := probe(); r.Replicas != 1 || r.Synchronous || r.ReadOnly || !r.Tables || !r.Fsync {
		t.Errorf("before the replica is waited for: %+v", r)
	}
	for _, s := range []string{"ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"} {
		if err := primary.Ask(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := primary.Until("SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'"); err != nil {
		t.Fatal(err)
	}
	if r := probe(); !r.Synchronous {
		t.Errorf("once it is: %+v", r)
	}

	refs := map[string]int{}
	for n := range 60 {
		if n == 30 {
			if err := primary.Stop(true); err != nil {
				t.Fatal(err)
			}
			if err := replica.Ask("SELECT pg_promote()"); err != nil {
				t.Fatal(err)
			}
		}
		var ref string
		if err := db.Update(func(tx *store.Tx) error {
			c, err := register(tx, uint32(n+1), fmt.Sprintf("%d@example.com", n), "jo@example.com")
			if err == nil {
				ref = c.Ref
			}
			return err
		}); err != nil {
			t.Fatalf("mail %d: %v", n, err)
		}
		refs[ref]++
	}
	if len(refs) != 60 {
		t.Errorf("60 mails have %d references", len(refs))
	}
	if err := db.View(func(tx *store.Tx) error {
		if tx.LastArrival() != 60 {
			t.Errorf("%d messages, want 60", tx.LastArrival())
		}
		for ref := range refs {
			if !tx.HasCase(ref) {
				t.Errorf("%s is missing", ref)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	// The old primary is started again only so that it ends like the others.
	if err := primary.Start(); err != nil {
		t.Fatal(err)
	}
}

// The certificate of a server that is reached over a network is verified, with
// the authority that the address names.
func TestADatabaseIsReachedOverVerifiedTLS(t *testing.T) {
	ca, err := localca.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	other, err := localca.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	pid := os.Getpid() // a loopback address that no other process of these tests uses, so that the usual port is free
	host := fmt.Sprintf("127.%d.%d.%d", 87+pid>>16&7, pid>>8&255, pid&255)
	pair, err := ca.Issue(localca.Leaf{Hosts: []string{host}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files := map[string][]byte{"ca.pem": ca.PEM, "other.pem": other.PEM}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := ownServer(t, "-c", "listen_addresses="+host)
	if err := s.Encrypt(pair.CertPEM, pair.KeyPEM); err != nil {
		t.Fatal(err)
	}
	url := func(ca string) string {
		return "postgres://requestd@" + net.JoinHostPort(host, "5432") + "/postgres?sslmode=verify-full&sslrootcert=" + filepath.Join(dir, ca)
	}
	r, err := store.ProbeURL(context.Background(), url("ca.pem"), "")
	if err != nil || !r.TLS || r.Tables {
		t.Errorf("%+v, %v: want an encrypted connection to an empty database", r, err)
	}
	openURL(t, url("ca.pem"), true)
	if _, err := store.OpenURL(url("other.pem"), "", false, store.Options{}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("err = %v, want that the certificate is nobody's we know", err)
	}
}
