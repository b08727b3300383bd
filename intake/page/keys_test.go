package page_test

import (
	"html"
	"net/http"
	"strings"
	"testing"
)

// Keys that are not possible are refused, and what was typed is kept.
func TestKeysThatCannotBe(t *testing.T) {
	o := newOffice(t)
	o.undecided(1)
	v := o.officer()
	for problem, fields := range map[string][]string{
		"stands for two things": {"key-foi", "x", "key-dsar", "x"},
		"or nothing":            {"key-foi", "ff"},
		"small letter":          {"key-foi", "F"},
		"letter or a figure":    {"key-foi", "<"},
	} {
		status, body := v.post("/account/keys", append(fields, "keys", "own")...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(problemIn(body), problem) || !strings.Contains(body, `value="`+html.EscapeString(fields[1])+`" maxlength`) {
			t.Errorf("%v: %d %s", fields, status, problemIn(body))
		}
	}
	v.post("/account/keys", "keys", "own", "key-foi", "x")
	v.post("/account/keys", "keys", "first")
	if _, body := v.get("/triage"); !strings.Contains(body, `data-key="f"`) {
		t.Error("the first keys did not come again")
	}
}

// Of two windows that change single keys each changes its own.
func TestTwoWindowsChangeKeys(t *testing.T) {
	o := newOffice(t)
	v := o.officer()
	v.post("/account/keys", "keys", "own", "key-foi", "x", "was-foi", "f", "key-dsar", "d", "was-dsar", "d")
	v.post("/account/keys", "keys", "own", "key-foi", "f", "was-foi", "f", "key-dsar", "y", "was-dsar", "d")
	_, body := v.get("/account")
	for _, field := range []string{`name="key-foi" value="x"`, `name="key-dsar" value="y"`, `name="was-foi" value="x"`, `name="key-skip" value="s"`} {
		if !strings.Contains(body, field) {
			t.Errorf("there is no %s", field)
		}
	}
	if status, body := v.post("/account/keys", "keys", "own", "key-eir", "x", "was-eir", "e"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `name="key-eir" value="x"`) || !strings.Contains(body, `name="was-eir" value="e"`) {
		t.Errorf("a key that the other window gave away is answered %d, or forgets what was typed", status)
	}
}
