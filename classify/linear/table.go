package linear

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"unsafe"
)

// Columns is the most classes that a Table has.
const Columns = 8

// Table is a linear model whose features are hashed into a fixed number of
// rows. Its weights are stored in a byte each, so that a row is read from
// memory as one number and all its columns are added at once.
type Table struct {
	classes int
	rows    [][Columns]byte // a weight for each column, as an int8
	bias    [Columns]float32
	unit    float32 // the value of a weight of one
}

// NewTable stores weights in a byte each. Their number of features must be a
// power of two.
func NewTable(w *Weights) *Table {
	top := float32(1e-6)
	for _, x := range w.Rows {
		top = max(top, max(x, -x))
	}
	// The few largest weights are cut off, so that the others keep their
	// differences.
	t := &Table{classes: w.Classes, rows: make([][Columns]byte, len(w.Rows)/w.Classes), unit: min(top, 4) / 127}
	for i := range t.rows {
		for c := range w.Classes {
			t.rows[i][c] = byte(int8(max(-127, min(127, math.Round(float64(w.Rows[i*w.Classes+c]/t.unit))))))
		}
	}
	copy(t.bias[:], w.Bias)
	return t
}

// Sums is the sum of the rows of a text's features.
type Sums struct {
	cells [Columns]int32
	n     int32 // how many features
}

const (
	zeroWeight = 128                // a weight of zero is added as this, so that no byte is negative
	everyZero  = 0x8080808080808080 // a row of them
	fourBytes  = 0x00ff00ff00ff00ff // every second column of a row, each with room above it
	mostAtOnce = 256                // rows whose bytes fit into that room
)

// Add adds features. Four columns are added in one number.
func (t *Table) Add(s *Sums, hashes []uint32) {
	rows, mask := t.rows, uint32(len(t.rows)-1)
	s.n += int32(len(hashes))
	for some := range slices.Chunk(hashes, mostAtOnce) {
		var even, odd uint64
		for _, h := range some {
			row := binary.LittleEndian.Uint64(rows[h&mask][:]) ^ everyZero
			even += row & fourBytes
			odd += row >> 8 & fourBytes
		}
		for c := 0; c < Columns; c += 2 {
			s.cells[c] += int32(uint16(even>>(8*c))) - int32(zeroWeight*len(some))
			s.cells[c+1] += int32(uint16(odd>>(8*c))) - int32(zeroWeight*len(some))
		}
	}
}

// Scores are the scores of all features together, whose length is one however
// many they are.
func (t *Table) Scores(s *Sums, p []float32) {
	v := t.unit * LengthOne(int(s.n))
	for c := range p {
		p[c] = t.bias[c] + v*float32(s.cells[c])
	}
}

// LengthOne returns the value of each of n features that together have the
// length one.
func LengthOne(n int) float32 { return float32(1 / math.Sqrt(float64(max(1, n)))) }

// Append appends the table to b.
func (t *Table) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.rows)))
	b = append(b, byte(t.classes))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(t.unit))
	for _, x := range t.bias {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	for i := range t.rows {
		b = append(b, t.rows[i][:]...)
	}
	return b
}

// ReadTable reads what Append wrote, and returns what follows it. The weights
// are not copied: b must not change. So all processes that run one program
// share the pages of a model that is embedded in it.
func ReadTable(b []byte) (*Table, []byte, error) {
	const head = 4 + 1 + 4 + 4*Columns
	if len(b) < head {
		return nil, nil, fmt.Errorf("table of weights: %d bytes are no head of one", len(b))
	}
	n := int(binary.LittleEndian.Uint32(b))
	t := &Table{classes: int(b[4]), unit: math.Float32frombits(binary.LittleEndian.Uint32(b[5:]))}
	for c := range t.bias {
		t.bias[c] = math.Float32frombits(binary.LittleEndian.Uint32(b[9+4*c:]))
	}
	b = b[head:]
	if n <= 0 || n&(n-1) != 0 || len(b)/Columns < n || t.classes > Columns {
		return nil, nil, fmt.Errorf("table of weights: %d rows of %d classes in %d bytes", n, t.classes, len(b))
	}
	t.rows = unsafe.Slice((*[Columns]byte)(b), n) // sound: n rows are there, and bytes may lie anywhere
	return t, b[n*Columns:], nil
}
