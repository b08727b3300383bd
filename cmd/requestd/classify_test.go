package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

const sampleMail = "From: Ann Lee <ann.lee@example.org>\r\nTo: governance@cafcass.gov.uk\r\nSubject: Numbers\r\n" +
	"Message-ID: <1@example.org>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n\r\nHow many complaints did you receive in 2024?\r\n"

func TestClassifyCommand(t *testing.T) {
	dir := t.TempDir()
	file := dir + "/a mail.eml"
	if err := os.WriteFile(file, []byte(sampleMail), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		args  []string
		code  int
		lines int
	}{
		{"a file", []string{"classify", "--json", file}, exitDone, 1},
		{"standard input", []string{"classify", "--json", "-"}, exitDone, 1},
		{"two", []string{"classify", "--json", file, file}, exitDone, 2},
		{"one cannot be read", []string{"classify", "--json", dir + "/none.eml", file}, exitFailed, 1},
		{"no file", []string{"classify"}, exitUsage, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(context.Background(), tt.args, strings.NewReader(sampleMail), &out, &errs)
			if code != tt.code || strings.Count(out.String(), "\n") != tt.lines {
				t.Errorf("exit %d, %q, %q", code, out.String(), errs.String())
			}
			if (tt.code != exitDone) != (errs.Len() > 0) {
				t.Errorf("said %q", errs.String())
			}
		})
	}
}

func TestClassifyJSONHasEveryField(t *testing.T) {
	for _, mail := range []string{sampleMail, "", "\x00\xff broken", "Subject: =?utf-8?q?=zz?=\r\n\r\n"} {
		var out, errs bytes.Buffer
		if code := run(context.Background(), []string{"classify", "--json", "-"}, strings.NewReader(mail), &out, &errs); code != exitDone {
			t.Fatalf("exit %d: %s", code, errs.String())
		}
		var line map[string]any
		if err := json.Unmarshal(out.Bytes(), &line); err != nil {
			t.Fatalf("%q: %v", out.String(), err)
		}
		for _, k := range []string{"file", "kind", "of", "also", "decision", "language", "confidence", "automated", "followup", "hold", "urgent", "attention", "flags", "evidence"} {
			if v, ok := line[k]; !ok || v == nil {
				t.Errorf("%q: %s is %v", mail, k, v)
			}
		}
	}
}

func TestClassifyForPeople(t *testing.T) {
	var out, errs bytes.Buffer
	run(context.Background(), []string{"classify", "-"}, strings.NewReader(sampleMail), &out, &errs)
	for _, want := range []string{"foi, acknowledge", "How many complaints"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %q", want, out.String())
		}
	}
}
