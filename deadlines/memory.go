package deadlines

import "encoding/binary"

// Memory computes the same as its calendar, and remembers the results: many
// requests of one day have the same. It is for one goroutine.
type Memory struct {
	cal   *Calendar
	known map[facts]outcome
	dates []byte // of the last request's events; kept to reuse its memory
}

// facts are everything that a result depends on.
type facts struct {
	kind, of string
	received Day
	rules    Rules
	events   string
}

type outcome struct {
	res Result
	err error
}

// mostRemembered limits a memory. When it is full it starts again.
const mostRemembered = 2_000

// Memory returns a new Memory.
func (c *Calendar) Memory() *Memory { return &Memory{cal: c, known: map[facts]outcome{}} }

// Compute is Calendar.Compute. All callers share the slices of a result, which
// must not be changed.
func (m *Memory) Compute(r Request, rules Rules) (Result, error) {
	b := m.dates[:0]
	for _, e := range r.Events {
		b = append(binary.AppendVarint(append(b, e.Name...), int64(e.Date)), 0)
	}
	m.dates = b
	known, ok := m.known[facts{r.Kind, r.Of, r.Received, rules, string(b)}]
	if !ok {
		if len(m.known) == mostRemembered {
			clear(m.known)
		}
		known.res, known.err = m.cal.Compute(r, rules)
		m.known[facts{r.Kind, r.Of, r.Received, rules, string(b)}] = known
	}
	return known.res, known.err
}
