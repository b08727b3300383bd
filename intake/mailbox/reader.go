package mailbox

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// batch is a run of mails that is being processed: fetched, then read by the
// Sink, fetched further if the Sink asks for more, then committed.
type batch struct {
	mails   []Fetched
	through uint32
	want    []int64       // how much more the Sink wants of each; valid once read is closed
	read    chan struct{} // closed when the Sink has read all
}

// reader reads one folder to its end over one connection. While one batch is
// being committed the next is being read and the one after that fetched, so at
// most three are in memory.
type reader struct {
	w    *Watcher
	s    *session
	at   Folder
	todo chan *batch // to the committing goroutine
	done chan error  // its result
}

// readAll fetches and delivers the UIDs, which are in order. Those up to the
// folder's careful mark are fetched one at a time, since a connection has died
// at one of them.
func (w *Watcher) readAll(ctx context.Context, s *session, uids []uint32) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &reader{w: w, s: s, at: s.at, todo: make(chan *batch), done: make(chan error, 1)}
	go r.commit(ctx, cancel)
	err := r.run(ctx, uids)
	close(r.todo)
	if commitErr := <-r.done; commitErr != nil {
		return commitErr // it came first, and cancelled the fetching
	}
	return err
}

func (r *reader) commit(ctx context.Context, cancel context.CancelCauseFunc) {
	var err error
	for b := range r.todo {
		if err != nil {
			continue
		}
		if err = r.w.sink.TakeIn(ctx, r.at, b.mails, b.through); err != nil {
			cancel(err)
			continue
		}
		r.w.status.read(len(b.mails))
		clear(b.mails) // the batch that this is a part of may still be in use
	}
	r.done <- err
}

func (r *reader) run(ctx context.Context, uids []uint32) error {
	var before *batch
	for len(uids) > 0 {
		var b *batch
		var err error
		if alone := r.w.careful[r.at.Folder]; uids[0] <= alone {
			// The batch before is committed first: this connection may die.
			if err = r.finish(ctx, before); err != nil {
				return err
			}
			before = nil
			b, err = r.alone(ctx, uids[0])
			uids = uids[1:]
		} else {
			n := min(len(uids), r.s.opt.Limits.Batch)
			b, err = r.many(ctx, uids[:n])
			uids = uids[n:]
		}
		if err != nil {
			return errors.Join(err, r.finish(ctx, before))
		}
		if err := r.finish(ctx, before); err != nil {
			return err
		}
		go b.ask(r.w.sink, r.at)
		before = b
	}
	return r.finish(ctx, before)
}

// many fetches the first bytes of several mails in one command.
func (r *reader) many(ctx context.Context, uids []uint32) (*batch, error) {
	last := uids[len(uids)-1]
	got, err := r.s.fetch(ctx, uids, section{meta: true, size: r.s.opt.Limits.Partial})
	if err != nil && !refused(err) {
		r.w.beCareful(ctx, r.at, last)
		return nil, err
	}
	if errors.Is(err, ErrThrottled) || errors.Is(err, ErrAccess) {
		return nil, err
	}
	b := &batch{through: last, read: make(chan struct{})}
	for _, uid := range uids {
		f, err := r.take(ctx, uid, got[uid])
		if err != nil {
			return nil, err
		}
		if f != nil {
			b.mails = append(b.mails, *f)
		}
	}
	return b, nil
}

// take makes a mail of the piece that came, or fetches the mail alone if
// nothing came; nil if it is no longer there.
func (r *reader) take(ctx context.Context, uid uint32, p *piece) (*Fetched, error) {
	if p != nil && p.has {
		return fetched(p), nil
	}
	return r.single(ctx, uid)
}

// fetched makes a mail of its first piece.
func fetched(p *piece) *Fetched {
	f := &Fetched{UID: p.uid, Received: p.received, Size: p.size, Raw: p.data}
	// A server may cut a partial short, and the size that it states is an
	// estimate. Only both together show the end.
	f.Complete = p.end && p.size <= int64(len(p.data))+int64(len(p.data))/8+1024
	if placeholder(f.Raw) {
		f.Raw, f.Complete, f.Unreadable = nil, false, unreadablePlaceholder
	}
	return f
}

// readers is how many mails are read at the same time at most: enough for a
// small machine, and few enough that a backlog leaves processor time to others.
const readers = 4

// ask lets the Sink read every mail, independently of the connection.
func (b *batch) ask(sink Sink, at Folder) {
	defer close(b.read)
	b.want = make([]int64, len(b.mails))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(readers, runtime.GOMAXPROCS(0), len(b.mails)) {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(b.mails)); i = next.Add(1) - 1 {
				b.mails[i].Read, b.want[i] = sink.Read(at, &b.mails[i])
			}
		})
	}
	all.Wait()
}

// finish waits until the Sink has read a batch, fetches what it still wants,
// and passes the batch on to be committed, in parts if it wants much.
func (r *reader) finish(ctx context.Context, b *batch) error {
	if b == nil {
		return nil
	}
	<-b.read
	for _, part := range b.split(r.s.opt.Limits.Cap) {
		if err := r.more(ctx, part); err != nil {
			r.w.beCareful(ctx, r.at, part.through)
			return err
		}
		select {
		case r.todo <- part:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
