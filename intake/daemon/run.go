package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"requestd/intake/admin"
)

// running is a daemon while it runs.
type running struct {
	d     *Daemon
	ctx   context.Context
	end   context.CancelCauseFunc
	parts sync.WaitGroup
}

// start runs a part. If it cannot go on, all parts end.
func (r *running) start(name string, run func(context.Context) error) {
	r.parts.Go(func() { r.fails(r.ctx, name, run(r.ctx)) })
}

func (r *running) fails(ctx context.Context, name string, err error) {
	if err != nil && ctx.Err() == nil {
		r.end(fmt.Errorf("%s: %w", name, err))
	}
}

// Run watches and sends until the context ends, or until a part cannot go on;
// then all of them end.
func (d *Daemon) Run(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	control, err := admin.Listen(d.socket, d.group)
	if err != nil {
		return err
	}
	watcher, err := d.listenWatcher()
	if err != nil {
		return errors.Join(err, control.Close())
	}
	metrics, err := d.listenMetrics()
	if err != nil {
		return errors.Join(err, control.Close(), closed(watcher))
	}
	pages, err := d.listenPage()
	if err != nil {
		return errors.Join(err, control.Close(), closed(watcher), closed(metrics))
	}
	d.endReading(ctx)
	defer context.AfterFunc(ctx, d.toEnd)()
	r := &running{d: d, ctx: ctx, end: end}
	d.begin()
	if err := d.firstRound(); err != nil {
		return errors.Join(err, control.Close(), closed(watcher), closed(metrics), closed(pages))
	}
	r.arm(d.current())
	api := &admin.API{Engine: d.Engine, Store: d.Store, Log: d.Log, Status: d.Status, Reload: d.Reload, Accounts: d.Accounts}
	r.start("control socket", func(ctx context.Context) error { return admin.Serve(ctx, control, api.Handler()) })
	if watcher != nil {
		r.start("status socket", func(ctx context.Context) error { return admin.Serve(ctx, watcher, api.StatusHandler()) })
	}
	if metrics != nil {
		r.start("metrics", func(ctx context.Context) error { return d.serveMetrics(ctx, metrics) })
	}
	if pages != nil {
		r.start("page", func(ctx context.Context) error { return d.servePage(ctx, pages) })
	}
	d.readHolidays(ctx)
	for _, l := range d.current() {
		r.startLane(l)
	}
	if d.share != nil {
		r.start("share the work", d.runShare)
		r.start("tell other daemons", d.runTelling)
		r.start("listen to other daemons", d.runListening)
	}
	r.start("remind", d.runClock)
	r.start("look after itself", d.runCare)
	r.start("fetch bank holidays", d.runHolidays)
	d.tellReady()
	r.start("watchdog", d.runWatchdog)
	r.wait()
	d.notify("STOPPING=1\nSTATUS=Stopping: mail on its way is finished first")
	r.parts.Wait()
	d.storeLast()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// listenWatcher listens on the socket for monitoring; nil if none is
// configured.
func (d *Daemon) listenWatcher() (net.Listener, error) {
	if d.watcher.path == "" {
		return nil, nil
	}
	return admin.Listen(d.watcher.path, d.watcher.group)
}

func closed(l net.Listener) error {
	if l == nil {
		return nil
	}
	return l.Close()
}

// wait handles reloads, and makes the right mailboxes be watched, until the
// daemon ends.
func (r *running) wait() {
	var changed chan struct{} // nil if there are no other daemons
	if r.d.share != nil {
		changed = r.d.share.changed
	}
	for {
		select {
		case <-r.ctx.Done():
			return
		case answer := <-r.d.reloads:
			answer <- r.reload()
		case <-changed:
			r.keepToShare()
		}
	}
}
