package mailbox

import (
	"context"
	"errors"
)

// beCareful has every mail of the folder up to this UID fetched alone from now
// on: the connection died while one of them came in, and which is unknown.
func (w *Watcher) beCareful(ctx context.Context, at Folder, through uint32) {
	if ctx.Err() == nil && through > w.careful[at.Folder] {
		w.careful[at.Folder] = through
	}
}

// alone fetches one mail and gives it as a batch of its own.
func (r *reader) alone(ctx context.Context, uid uint32) (*batch, error) {
	b := &batch{through: uid, read: make(chan struct{})}
	f, err := r.single(ctx, uid)
	if err != nil {
		return nil, err
	}
	if f != nil {
		b.mails = []Fetched{*f}
	}
	return b, nil
}

// mostTries is how often a mail is fetched before it is left in the mailbox.
const mostTries = 3

// single fetches one mail, charging each attempt before it is made, since the
// attempt may end the connection or the daemon. After three a person is to look
// at it, and all later mail goes on. It gives nil when the mail is gone.
func (r *reader) single(ctx context.Context, uid uint32) (*Fetched, error) {
	for {
		n, err := r.w.sink.CountAttempt(ctx, r.at, uid)
		if err != nil {
			return nil, err
		}
		if n > mostTries {
			return r.quarantine(ctx, uid, n)
		}
		p := section{meta: true, size: r.s.opt.Limits.Partial}
		if n == mostTries { // some servers fail over a partial alone
			p.whole, p.size = true, r.s.opt.Limits.Cap
		}
		got, err := r.s.fetch(ctx, []uint32{uid}, p)
		if err != nil && (!refused(err) || errors.Is(err, ErrThrottled) || errors.Is(err, ErrAccess)) {
			return nil, err
		}
		if one := got[uid]; one != nil && one.has {
			f := fetched(one)
			return f, r.lone(ctx, f)
		}
		there, err := r.s.there(ctx, uid)
		if err != nil || !there {
			return nil, err
		}
	}
}

// lone fetches on for a mail on its own, so that a failure is its own too.
func (r *reader) lone(ctx context.Context, f *Fetched) error {
	b := &batch{mails: []Fetched{*f}}
	b.read = make(chan struct{})
	b.ask(r.w.sink, r.at)
	err := r.more(ctx, b)
	*f = b.mails[0]
	return err
}

// quarantine gives what can still be had of a mail that failed: its header,
// then only its date and size, then nothing, as each ends the connection.
func (r *reader) quarantine(ctx context.Context, uid uint32, n int) (*Fetched, error) {
	if err := r.blame(ctx, uid, n); err != nil {
		return nil, err
	}
	f := &Fetched{UID: uid, Unreadable: unreadableThrice}
	p := section{meta: true, header: true, size: 64 << 10}
	mail := failing{r.at.Folder, uid}
	r.w.asked[mail]++
	switch r.w.asked[mail] {
	case 1:
	case 2:
		p.none = true
	default:
		return f, nil
	}
	got, err := r.s.fetch(ctx, []uint32{uid}, p)
	if err != nil && !refused(err) {
		return nil, err
	}
	if one := got[uid]; one != nil {
		f.Received, f.Size = one.received, one.size
		if !placeholder(one.data) {
			f.Raw = one.data
		}
		return f, nil
	}
	if there, err := r.s.there(ctx, uid); err != nil || !there {
		return nil, err
	}
	f.Unreadable = unreadableEmpty
	return f, nil
}

// mostDoubts is how many attempts more a failing server is given.
const mostDoubts = 8

// blame makes sure that it is the mail that fails and not the server, by asking
// for another mail, one that came through before where there is one. A server
// that fails at every mail must not have them all left to a person.
func (r *reader) blame(ctx context.Context, uid uint32, n int) error {
	if n > mostTries+mostDoubts {
		return nil
	}
	mark, err := r.w.sink.Mark(ctx, r.at.Mailbox, r.at.Folder)
	if err != nil {
		return err
	}
	other := mark.Through
	if other == 0 {
		all, err := r.s.search(ctx, 1)
		if err != nil {
			return err
		}
		if other = all[len(all)-1]; other == uid {
			return nil
		}
	}
	_, err = r.s.fetch(ctx, []uint32{other}, section{header: true, size: 1})
	return err
}

// there tells whether the mail is still in the folder.
func (s *session) there(ctx context.Context, uid uint32) (bool, error) {
	uids, err := s.uids(ctx, uidCriteria(uid), uid)
	return len(uids) > 0 && uids[0] == uid, err
}
