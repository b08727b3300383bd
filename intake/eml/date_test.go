package eml

import (
	"testing"
	"time"
)

func TestReadDate(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Mon, 04 May 2026 10:12:33 +0100", "2026-05-04T09:12:33Z"},
		{"4 May 2026 10:12:33 GMT", "2026-05-04T10:12:33Z"},
		{"Mon, 4 May 2026 10:12:33 BST", "2026-05-04T09:12:33Z"},
		{"Mon, 4 May 2026 10:12 +0000 (UTC)", "2026-05-04T10:12:00Z"},
		{"Mon May  4 10:12:33 2026", "2026-05-04T09:12:33Z"},
		{"Mon May  4 10:12:33 BST 2026", "2026-05-04T09:12:33Z"},
		{"Mon, 4 May 26 10:12:33 -0500", "2026-05-04T15:12:33Z"},
		{"2026-05-04T10:12:33Z", "2026-05-04T10:12:33Z"},
		{"2026-05-04 10:12", "2026-05-04T09:12:00Z"},
		{"Friday, June 6, 2025 9:12 AM", "2025-06-06T08:12:00Z"},
		{"Friday, June 6, 2025 12:05 AM", "2025-06-05T23:05:00Z"},
		{"06 June 2025 09:12", "2025-06-06T08:12:00Z"},
		{"Tue, 1 Jul 2025 at 08:00", "2025-07-01T07:00:00Z"},
		{"1 July 2025 at 08:00:12 BST", "2025-07-01T07:00:12Z"},
		{"Dydd Llun, 26 Ionawr 2026 12:41", "2026-01-26T12:41:00Z"},
		{"Ar Mer, 20 Mai 2026 am 16:11", "2026-05-20T15:11:00Z"},
		{"Dydd Gwener 7 Chwefror 2025 2:05 yh", "2025-02-07T14:05:00Z"},
		{"Dydd Mawrth, 3 Mawrth 2026 09:00", "2026-03-03T09:00:00Z"},
		{"3ydd o Fai 2026 10:00", "2026-05-03T09:00:00Z"},
		{"1 Awst 2025", "2025-07-31T23:00:00Z"},
		{"26/01/2026 12:41", "2026-01-26T12:41:00Z"},
		{"04.05.2026 10:12", "2026-05-04T09:12:00Z"},
		{"3/2/26", "2026-02-03T00:00:00Z"},
		{"Sun, 30 Mar 2025 23:30:00 +0000", "2025-03-30T23:30:00Z"},
		{"31 June 2025", ""},
		{"yesterday at ten", ""},
		{"", ""},
		{"99 May 2026", ""},
		{"Mon, 4 May 0026 10:12:33 +0000", ""},
	} {
		got := readDate(c.in)
		if c.want == "" {
			if !got.IsZero() {
				t.Errorf("readDate(%q) = %s, want none", c.in, got)
			}
			continue
		}
		want, err := time.Parse(time.RFC3339, c.want)
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(want) {
			t.Errorf("readDate(%q) = %s, want %s", c.in, got.UTC().Format(time.RFC3339), c.want)
		}
	}
}
