package templates

import "testing"

func BenchmarkLetter(b *testing.B) {
	s := embeddedSet(b)
	l := Letter{Purpose: Acknowledgement, Language: Bilingual, Body: sampleBody("Cafcass Cymru"), Regulator: sampleRegulator(),
		Ref: "CYM26-00017", Name: "Sam Example", ReceivedOn: sampleDay(21), Parts: sampleParts()["foi-and-dsar"]}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Letter(l); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStaff(b *testing.B) {
	s, n := embeddedSet(b), fullNotice(Copy)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Staff(n); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(""); err != nil {
			b.Fatal(err)
		}
	}
}
