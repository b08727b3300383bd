package postgres

import (
	"strings"
	"testing"
)

func TestAddressesOfDatabases(t *testing.T) {
	tests := []struct{ url, wrong string }{
		{"postgres://requestd@/requestd?host=/run/postgresql", ""},
		{"postgresql://requestd@localhost/requestd", ""},
		{"postgres://requestd@127.0.0.1:5433/requestd?search_path=bodies", ""},
		{"postgres://requestd@db.example.org/requestd?sslmode=verify-full", ""},
		{"postgres://requestd@a.example.org,b.example.org/requestd?sslmode=verify-full&target_session_attrs=read-write", ""},
		{"postgres://requestd@[::1]/requestd", ""},
		{"postgres://requestd@192.0.2.1/requestd", "192.0.2.1 is another machine"},
		{"postgres://requestd@db.example.org/requestd", "sslmode=verify-full"},
		{"postgres://requestd@db.example.org/requestd?sslmode=require", "sslmode=verify-full"},
		{"postgres://requestd@localhost,db.example.org/requestd", "db.example.org is another machine"},
		{"postgres://requestd:secret@localhost/requestd", "password"},
		{"postgres://requestd@localhost/requestd?password=secret", "password"},
		{"mysql://requestd@localhost/requestd", "must begin with postgres://"},
		{"postgres://requestd@localhost:port/requestd", "cannot be read"},
	}
	for _, x := range tests {
		c, err := Parse(x.url, "kept apart")
		switch {
		case x.wrong == "" && err != nil:
			t.Errorf("%s: %v", x.url, err)
		case x.wrong == "" && c.ConnConfig.Password != "kept apart":
			t.Errorf("%s: the password is not the one given", x.url)
		case x.wrong != "" && (err == nil || !strings.Contains(err.Error(), x.wrong)):
			t.Errorf("%s: err = %v, want %q", x.url, err, x.wrong)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: the error tells the password: %v", x.url, err)
		}
	}
}

// What is recorded is on the server's disk, whatever its habit, unless the address
// says otherwise; and a server that is gone, or a client, keeps nobody waiting.
func TestWhatAnAddressNeedNotSay(t *testing.T) {
	for _, x := range []struct{ more, commits string }{{"", "on"}, {"?synchronous_commit=remote_apply", "remote_apply"}} {
		c, err := Parse("postgres://requestd@localhost/requestd"+x.more, "")
		if err != nil {
			t.Fatal(err)
		}
		params := c.ConnConfig.RuntimeParams
		if params["synchronous_commit"] != x.commits || params["idle_in_transaction_session_timeout"] != idleTimeout ||
			c.ConnConfig.ConnectTimeout != connectTimeout || c.MaxConns != connections {
			t.Errorf("with %q it is %v, connects within %s, at most %d times", x.more, params, c.ConnConfig.ConnectTimeout, c.MaxConns)
		}
	}
}
