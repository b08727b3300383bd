package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	"requestd/intake"
)

// memory is a Sink that keeps everything, and refuses what would be a fault in
// the reader: mail out of order, or delivered twice.
type memory struct {
	sync.Mutex
	marks   map[string]Mark
	mails   map[Folder]map[uint32]Fetched
	order   []string // folder/uid as delivered
	tries   map[string]int
	need    func(*Fetched) int64
	fail    func(batch []Fetched) error
	renewed int
	faults  []string
	changed chan struct{} // a token after each TakeIn
}

func newMemory() *memory {
	return &memory{
		marks: make(map[string]Mark), mails: make(map[Folder]map[uint32]Fetched),
		tries: make(map[string]int), changed: make(chan struct{}, 1),
	}
}

func (m *memory) Mark(_ context.Context, _, folder string) (Mark, error) {
	m.Lock()
	defer m.Unlock()
	return m.marks[folder], nil
}

func (m *memory) Unhandled(_ context.Context, at Folder, seen []Seen) ([]uint32, error) {
	m.Lock()
	defer m.Unlock()
	var missed []uint32
	for _, s := range seen {
		if f, ok := m.mails[at][s.UID]; !ok || !f.Received.Equal(s.Received) {
			missed = append(missed, s.UID)
		}
	}
	return missed, nil
}

func (m *memory) CountAttempt(_ context.Context, at Folder, uid uint32) (int, error) {
	m.Lock()
	defer m.Unlock()
	key := fmt.Sprint(at, uid)
	m.tries[key]++
	return m.tries[key], nil
}

func (m *memory) Read(_ Folder, f *Fetched) (read *intake.ReadMail, more int64) {
	if m.need == nil {
		return nil, 0
	}
	return nil, m.need(f)
}

func (m *memory) TakeIn(_ context.Context, at Folder, batch []Fetched, through uint32) error {
	m.Lock()
	defer m.Unlock()
	if m.fail != nil {
		if err := m.fail(batch); err != nil {
			return err
		}
	}
	if m.mails[at] == nil {
		m.mails[at] = make(map[uint32]Fetched)
	}
	var last uint32
	for _, f := range batch {
		if f.UID <= last || f.UID > through {
			m.faults = append(m.faults, fmt.Sprintf("%v: uid %d after %d, through %d", at, f.UID, last, through))
		}
		last = f.UID
		if old, ok := m.mails[at][f.UID]; ok && old.Received.Equal(f.Received) {
			m.faults = append(m.faults, fmt.Sprintf("%v: uid %d twice", at, f.UID))
		}
		f.Raw = bytes.Clone(f.Raw)
		m.mails[at][f.UID] = f
		m.order = append(m.order, fmt.Sprintf("%s/%d", at.Folder, f.UID))
	}
	if mark := m.marks[at.Folder]; mark.UIDValidity != at.UIDValidity || mark.Through < through {
		m.marks[at.Folder] = Mark{at.UIDValidity, through}
	}
	select {
	case m.changed <- struct{}{}:
	default:
	}
	return nil
}

func (m *memory) Renumber(_ context.Context, at Folder) error {
	m.Lock()
	defer m.Unlock()
	m.renewed++
	m.marks[at.Folder] = Mark{UIDValidity: at.UIDValidity}
	delete(m.mails, at)
	return nil
}

// uids returns what was delivered of a folder, in order of UID.
func (m *memory) uids(folder string) []uint32 {
	m.Lock()
	defer m.Unlock()
	var all []uint32
	for at, mails := range m.mails {
		if at.Folder == folder {
			for uid := range mails {
				all = append(all, uid)
			}
		}
	}
	slices.Sort(all)
	return all
}

// mail returns one mail of a folder.
func (m *memory) mail(folder string, uid uint32) (Fetched, bool) {
	m.Lock()
	defer m.Unlock()
	for at, mails := range m.mails {
		if f, ok := mails[uid]; ok && at.Folder == folder {
			return f, true
		}
	}
	return Fetched{}, false
}

// count returns how many mails are kept.
func (m *memory) count() int {
	m.Lock()
	defer m.Unlock()
	n := 0
	for _, mails := range m.mails {
		n += len(mails)
	}
	return n
}
