package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/page"
)

const (
	heldBack    = 8 // mails that come in while somebody looks
	arriveFirst = 3 * time.Second
	arriveEvery = 20 * time.Second
)

// Serve plays the demonstration and then shows its register in a browser until
// the context ends, signed in as an administrator. At first mail still comes
// in. Nothing is left behind.
func Serve(ctx context.Context, o Options) (err error) {
	todo, err := schedule(o.Now)
	if err != nil {
		return err
	}
	dir, remove, err := place("")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	p, err := open(dir, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	first := len(todo) - heldBack
	playing, stop := context.WithTimeout(ctx, limit)
	defer stop()
	if err := p.play(playing, todo[:first], o.Now); err != nil {
		return err
	}
	return p.serve(ctx, o.Out, todo[first:])
}

// serve runs the daemon with its page, by the real time.
func (p *player) serve(ctx context.Context, out io.Writer, coming []delivery) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open an address for the page: %w", err)
	}
	begun := p.now
	started := time.Now()
	p.live = func() time.Time { return begun.Add(time.Since(started)) }
	pages, err := p.daemon.Page(config.Web{Listen: l.Addr().String()})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	word, err := p.daemon.Accounts.Begin(accounts.Person{Address: officer, Name: "FOI officer", Role: casework.Administrator})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	enter := http.NewServeMux()
	enter.Handle("/", pages.Handler())
	enter.HandleFunc("GET /demonstration", func(w http.ResponseWriter, r *http.Request) { pages.Enter(w, r, word) })
	running := make(chan error, 2)
	go func() { running <- p.daemon.Run(ctx) }()
	go func() { running <- page.Serve(ctx, l, enter, p.daemon.Log) }()
	if _, err := fmt.Fprintf(out, "The officers' page of the demonstration: http://%s/demonstration\nYou are signed in as an administrator. Mail comes in for some three minutes. Ctrl-C ends it and leaves nothing behind.\n", l.Addr()); err != nil {
		end(err)
	}
	end(errors.Join(p.arrive(ctx, coming)))
	return errors.Join(<-running, <-running)
}

// arrive delivers the mails one after another, and waits for the context to
// end.
func (p *player) arrive(ctx context.Context, coming []delivery) error {
	wait := arriveFirst
	for _, d := range coming {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
		wait = arriveEvery
		d.at = p.live().Truncate(time.Second)
		if err := p.deliver(d); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}
