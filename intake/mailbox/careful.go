package mailbox

import (
	"context"
	"errors"
)

// beCareful makes every mail of the folder up to this UID be fetched alone from
// now on: the connection died while one of them came in, and it is not known
// which.
func (w *Watcher) beCareful(ctx context.Context, at Folder, through uint32) {
	if ctx.Err() == nil && through > w.careful[at.Folder] {
		w.careful[at.Folder] = through
	}
}

// alone fetches one mail and returns it as a batch.
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

// mostTries is how often fetching a mail is tried before the mail is left in
// the mailbox.
const mostTries = 3

// single fetches one mail. It counts each attempt before making it, since the
// attempt may end the connection or the daemon. After three attempts a person
// is to look at the mail, and all later mail goes on. It returns nil if the
// mail is gone.
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
		if n == mostTries { // with some servers only a partial fetch fails
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

// lone fetches more of one mail alone, so that a failure concerns only that
// mail.
func (r *reader) lone(ctx context.Context, f *Fetched) error {
	b := &batch{mails: []Fetched{*f}}
	b.read = make(chan struct{})
	b.ask(r.w.sink, r.at)
	err := r.more(ctx, b)
	*f = b.mails[0]
	return err
}

// quarantine returns what can still be had of a mail that failed: its header,
// then only its date and size, then nothing, if each attempt ends the
// connection.
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

// mostDoubts is how many further attempts a failing server gets.
const mostDoubts = 8

// blame makes sure that the mail fails and not the server, by fetching another
// mail, if possible one that came through before. If a server fails at every
// mail, they must not all be left to a person.
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

// there reports whether the mail is still in the folder.
func (s *session) there(ctx context.Context, uid uint32) (bool, error) {
	uids, err := s.uids(ctx, uidCriteria(uid), uid)
	return len(uids) > 0 && uids[0] == uid, err
}
