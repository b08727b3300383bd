package main

import (
	"context"
	"fmt"

	"requestd/intake/config"
	"requestd/store"
)

// probeDatabase checks whether the database that keeps the register, if any, is
// fit for that.
func probeDatabase(ctx context.Context, c *config.Config) []Finding {
	if c.Store.URL == "" {
		return nil
	}
	const where = "store.url"
	wrong := func(err error, mend string) []Finding {
		return []Finding{{Where: where, Says: err.Error(), Mend: mend}}
	}
	password, err := c.Store.Secret()
	if err != nil {
		return wrong(err, "")
	}
	ctx, stop := context.WithTimeout(ctx, probeTime)
	defer stop()
	r, err := store.ProbeURL(ctx, c.Store.URL, password)
	if err != nil {
		return wrong(err, "")
	}
	return databaseFindings(where, r)
}

func databaseFindings(where string, r store.DatabaseReport) []Finding {
	holds := Finding{Where: where, OK: true, Says: fmt.Sprintf("PostgreSQL %s at %s answers and holds a register", r.Version, r.Name)}
	if !r.Tables {
		holds = Finding{Where: where, Says: fmt.Sprintf("PostgreSQL %s at %s answers and holds no register", r.Version, r.Name),
			Mend: "on a first start make it with requestd init, or bring the register there with requestd move; otherwise name the right database"}
	}
	list := []Finding{holds}
	bad := func(says, mend string) { list = append(list, Finding{Where: where, Says: says, Mend: mend}) }
	if r.Major < store.OldestPostgreSQL {
		bad(fmt.Sprintf("PostgreSQL %s is too old", r.Version), fmt.Sprintf("use version %d or later", store.OldestPostgreSQL))
	}
	if r.ReadOnly {
		bad("it is a replica, in which nothing can be recorded", "name the primary, or both with target_session_attrs=read-write")
	}
	if !r.Fsync {
		bad("it says recorded before its disk has it (fsync = off): what was registered can be lost when the power fails", "set fsync = on")
	}
	if r.Replicas > 0 && !r.Synchronous {
		bad(fmt.Sprintf("it does not wait for its replicas (%d): when one takes over, the last steps may be missing, their references given out again and letters sent twice", r.Replicas),
			"name them in synchronous_standby_names")
	}
	return list
}
