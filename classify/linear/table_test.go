package linear

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

const testRows = 1 << 10

func someTable(classes int) (*Table, []byte) {
	r := rand.New(rand.NewPCG(3, 4))
	w := &Weights{Classes: classes, Rows: make([]float32, testRows*classes), Bias: make([]float32, classes)}
	for i := range w.Rows {
		w.Rows[i] = float32(r.NormFloat64() * 2) // some beyond what a byte holds
	}
	t := NewTable(w)
	return t, t.Append(nil)
}

// When columns are added together, each has the same sum as if added
// separately, and however many rows there are, none overflows into its
// neighbour.
func TestColumnsAreAddedUpApart(t *testing.T) {
	for _, classes := range []int{5, Columns} {
		table, kept := someTable(classes)
		weights := kept[len(kept)-testRows*Columns:]
		r := rand.New(rand.NewPCG(5, 6))
		for _, n := range []int{0, 1, 255, 256, 257, 3000} {
			var want, got Sums
			hashes := make([]uint32, n)
			same := r.Uint32()
			for i := range hashes {
				if hashes[i] = r.Uint32(); n == 256 { // the same largest ones again and again
					hashes[i] = same
				}
				for c := range want.cells {
					want.cells[c] += int32(int8(weights[int(hashes[i]%testRows)*Columns+c]))
				}
				want.n++
			}
			table.Add(&got, hashes[:n/2])
			table.Add(&got, hashes[n/2:])
			if got != want {
				t.Errorf("%d rows of %d classes come to %+v, want %+v", n, classes, got, want)
			}
		}
		again, rest, err := ReadTable(kept)
		if err != nil || len(rest) != 0 || !bytes.Equal(again.Append(nil), kept) {
			t.Errorf("a table of %d classes is not the same when it is read again: %v", classes, err)
		}
	}
}

// The largest table has 4 MB, and several processes read mail.
func TestWeightsAreNotCopied(t *testing.T) {
	_, kept := someTable(Columns)
	n := testing.AllocsPerRun(10, func() {
		if _, _, err := ReadTable(kept); err != nil {
			t.Fatal(err)
		}
	})
	if n > 1 {
		t.Errorf("reading a table allocates %v times, want once, for the table without its weights", n)
	}
}

// A row in which every weight is the largest or the smallest there is.
func TestTheLargestWeightsFit(t *testing.T) {
	for _, x := range []float32{9, -9} {
		w := &Weights{Classes: Columns, Rows: make([]float32, 2*Columns), Bias: make([]float32, Columns)}
		for i := range w.Rows {
			w.Rows[i] = x
		}
		var s Sums
		NewTable(w).Add(&s, make([]uint32, 3*mostAtOnce))
		for c, sum := range s.cells {
			if want := int32(127 * 3 * mostAtOnce); sum != want && sum != -want || sum > 0 != (x > 0) {
				t.Errorf("weights of %v in column %d come to %d", x, c, sum)
			}
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	table, _ := someTable(Columns)
	r := rand.New(rand.NewPCG(5, 6))
	hashes := make([]uint32, 500)
	for i := range hashes {
		hashes[i] = r.Uint32()
	}
	b.ReportAllocs()
	for b.Loop() {
		var s Sums
		table.Add(&s, hashes)
	}
}
