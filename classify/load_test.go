package classify

import "testing"

// BenchmarkLoad measures compiling the lexicon and reading the model, which
// each process does once.
func BenchmarkLoad(b *testing.B) {
	b.Run("lexicon", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := compiled(nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("model", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := readModel(embeddedModel); err != nil {
				b.Fatal(err)
			}
		}
	})
}
