package main

import (
	"strings"
	"testing"

	"requestd/intake/config"
	"requestd/store"
	"requestd/store/storetest"
)

func TestWhatIsWrongWithADatabaseIsSaid(t *testing.T) {
	sound := store.DatabaseReport{Name: "postgres://requestd@db.example.org:5432/requestd", Version: "15.8", Major: 15, Tables: true, Fsync: true}
	tests := []struct {
		name   string
		change func(*store.DatabaseReport)
		want   string // in the last finding; "" where all is well
	}{
		{"sound", func(*store.DatabaseReport) {}, ""},
		{"sound, with a replica that is waited for", func(r *store.DatabaseReport) { r.Replicas, r.Synchronous = 1, true }, ""},
		{"no register there", func(r *store.DatabaseReport) { r.Tables = false }, "holds no register"},
		{"an old server", func(r *store.DatabaseReport) { r.Version, r.Major = "14.2", 14 }, "14.2 is too old"},
		{"a replica", func(r *store.DatabaseReport) { r.ReadOnly = true }, "nothing can be recorded"},
		{"answers before its disk does", func(r *store.DatabaseReport) { r.Fsync = false }, "fsync = off"},
		{"a replica that is not waited for", func(r *store.DatabaseReport) { r.Replicas = 1 }, "does not wait for its replicas"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sound
			tt.change(&r)
			found := databaseFindings("store.url", r)
			last := found[len(found)-1]
			if tt.want == "" && (len(found) != 1 || !last.OK) {
				t.Errorf("%+v, want that all is well", found)
			}
			if tt.want != "" && (last.OK || last.Mend == "" || !strings.Contains(last.Says, tt.want)) {
				t.Errorf("%+v, want that %q is wrong, and how to mend it", last, tt.want)
			}
		})
	}
}

func TestCheckAsksTheDatabase(t *testing.T) {
	url := storetest.URL(t, t.Name())
	c := &config.Config{Store: config.Store{URL: url}}
	found := probeDatabase(t.Context(), c)
	if len(found) == 0 || found[0].OK || !strings.Contains(found[0].Says, "holds no register") {
		t.Errorf("%+v, want that it holds no register", found)
	}
	db, err := store.OpenURL(url, "", true, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if found = probeDatabase(t.Context(), c); len(found) == 0 || !found[0].OK {
		t.Errorf("%+v, want that it holds a register", found)
	}
	c.Store.URL = "postgres://requestd@/postgres?host=/nonexistent"
	if found = probeDatabase(t.Context(), c); len(found) != 1 || found[0].OK || !strings.Contains(found[0].Says, "cannot be reached") {
		t.Errorf("%+v, want that it cannot be reached", found)
	}
}
