package mailbox

import (
	"context"
	"errors"
)

// If the text of a mail is never found, more of it is asked for at most so
// often.
const mostRounds = 8

// more fetches more of the mails, in a few commands for the whole batch, until
// the Sink has enough or the cap is reached.
func (r *reader) more(ctx context.Context, b *batch) error {
	for range mostRounds {
		groups := b.groups(r.s.opt.Limits.Cap)
		if len(groups) == 0 {
			return nil
		}
		for _, g := range groups {
			if err := r.grow(ctx, b, g); err != nil {
				return err
			}
		}
	}
	return nil
}

// mostFetchedOn is how many more bytes of a batch may be fetched before it is
// committed: a hundred long mails take no more memory than a few.
const mostFetchedOn = 16 << 20

// split divides a batch so that the mails of each part, of which at most most
// bytes each are fetched, cannot grow beyond mostFetchedOn.
func (b *batch) split(most int64) []*batch {
	var parts []*batch
	begin, grown := 0, int64(0)
	for i := range b.mails {
		f := &b.mails[i]
		if b.want[i] <= 0 || f.Complete || f.Unreadable != "" {
			continue
		}
		grow := most
		if f.Size > 0 {
			grow = min(most, f.Size)
		}
		if grown+grow > mostFetchedOn && i > begin {
			parts = append(parts, &batch{mails: b.mails[begin:i], want: b.want[begin:i], through: b.mails[i-1].UID})
			begin, grown = i, 0
		}
		grown += grow
	}
	return append(parts, &batch{mails: b.mails[begin:], want: b.want[begin:], through: b.through})
}

// group is the mails of a batch that want the same range of bytes.
type group struct {
	offset, size int64
	index        []int
}

// Ranges are rounded up to these, so that few commands serve many mails.
var ranges = []int64{16 << 10, 64 << 10, 256 << 10, 1 << 20}

// A command returns at most this much, to limit memory.
const groupBytes = 8 << 20

func (b *batch) groups(most int64) []group {
	var all []group
	find := make(map[[2]int64]int)
	for i := range b.mails {
		f := &b.mails[i]
		have := int64(len(f.Raw))
		want := min(b.want[i], most-have)
		if want <= 0 || f.Complete || f.Unreadable != "" {
			continue
		}
		for _, size := range ranges {
			if want <= size {
				want = size
				break
			}
		}
		want = min(want, most-have)
		key := [2]int64{have, want}
		n, ok := find[key]
		if !ok || int64(len(all[n].index))*want >= groupBytes {
			n = len(all)
			find[key], all = n, append(all, group{offset: have, size: want})
		}
		all[n].index = append(all[n].index, i)
	}
	return all
}

func (r *reader) grow(ctx context.Context, b *batch, g group) error {
	uids := make([]uint32, len(g.index))
	for k, i := range g.index {
		uids[k] = b.mails[i].UID
	}
	got, err := r.s.fetch(ctx, uids, section{offset: g.offset, size: g.size})
	if err != nil && (!refused(err) || errors.Is(err, ErrThrottled)) {
		return err
	}
	for _, i := range g.index {
		f := &b.mails[i]
		p := got[f.UID]
		if p == nil || !p.has { // gone by now, or not sent: what came must do
			b.want[i] = 0
			continue
		}
		f.Raw = append(f.Raw, p.data...)
		f.Complete = p.end
		f.Read, b.want[i] = r.w.sink.Read(r.at, f)
	}
	return nil
}
