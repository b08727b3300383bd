package daemon

import (
	"context"
	"net"

	"requestd/intake/config"
	"requestd/intake/page"
)

// listenPage opens the address of the officers' page, nil where web.listen
// names none.
func (d *Daemon) listenPage() (net.Listener, error) {
	if d.web.Listen == "" {
		return nil, nil
	}
	return page.Listen(d.web)
}

// Page prepares the officers' page over this daemon.
func (d *Daemon) Page(w config.Web) (*page.Server, error) {
	return page.New(page.Options{
		Web: w, Cases: d.Engine.Cases, Register: d.Engine.Register, Store: d.Store, Accounts: d.Accounts,
		Status: d.Status, Now: d.now, Log: d.Log,
	})
}

func (d *Daemon) servePage(ctx context.Context, l net.Listener) error {
	s, err := d.Page(d.web)
	if err != nil {
		return err
	}
	d.Log.Info("the page is served", "address", d.web.Address())
	return page.Serve(ctx, l, s.Handler(), d.Log)
}
