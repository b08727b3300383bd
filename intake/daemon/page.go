package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"

	"requestd/intake"
	"requestd/intake/config"
	"requestd/intake/eml"
	"requestd/intake/mailbox"
	"requestd/intake/page"
)

// listenPage listens on the address of the officers' page; nil if web.listen
// names none.
func (d *Daemon) listenPage() (net.Listener, error) {
	if d.web.Listen == "" {
		return nil, nil
	}
	return page.Listen(d.web)
}

// Page makes the officers' page over this daemon.
func (d *Daemon) Page(w config.Web) (*page.Server, error) {
	return page.New(page.Options{
		Web: w, Cases: d.Engine.Cases, Register: d.Engine.Register, Store: d.Store, Accounts: d.Accounts,
		Status: d.Status, Files: d.filesAt, Now: d.now, Log: d.Log,
	})
}

const maxShown = 64 << 20 // bytes of a mail that is fetched for its attachments

// filesAt fetches a mail for its attachments, one mail at a time, since it is
// in memory meanwhile. If mail is read in child processes, it is taken apart in
// one too.
func (d *Daemon) filesAt(ctx context.Context, at intake.MailLocation, n int) ([]intake.File, bool, error) {
	select {
	case d.showing <- struct{}{}:
	case <-ctx.Done():
		return nil, false, context.Cause(ctx)
	}
	defer func() { <-d.showing }()
	raw, whole, err := d.mailAt(ctx, at)
	if err != nil {
		return nil, false, err
	}
	files := eml.Files
	if d.pool != nil {
		files = d.pool.Files
	}
	list, err := files(raw, whole, n)
	return list, whole, err
}

// mailAt fetches a mail from its mailbox.
func (d *Daemon) mailAt(ctx context.Context, at intake.MailLocation) ([]byte, bool, error) {
	for _, l := range d.current() {
		if l.name != at.Mailbox {
			continue
		}
		f, err := l.watch.Fetch(ctx, at.Folder, at.UIDValidity, at.UID, maxShown)
		switch {
		case errors.Is(err, mailbox.ErrGone):
			return nil, false, errors.Join(page.ErrGone, err)
		case err != nil:
			return nil, false, err
		case f.Raw == nil:
			return nil, false, errors.New("the server gives no such mail")
		}
		return f.Raw, f.Complete, nil
	}
	return nil, false, fmt.Errorf("mailbox %s is configured no more", at.Mailbox)
}

func (d *Daemon) servePage(ctx context.Context, l net.Listener) error {
	s, err := d.Page(d.web)
	if err != nil {
		return err
	}
	d.Log.Info("the page is served", "address", d.web.Address(), "listens", l.Addr().String())
	return page.Serve(ctx, l, d.pace.paced(s.Handler()), d.Log)
}
