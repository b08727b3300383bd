package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"requestd/intake/config"
)

// readHolidays reads the configured file of bank holidays. If it cannot be used
// the calendar stays as it was.
func (d *Daemon) readHolidays(ctx context.Context) {
	c := d.Engine.Cases.Settings().Holidays
	if c.File == "" {
		d.noteHolidays("file", nil)
		return
	}
	d.noteHolidays("file", d.takeHolidayFile(ctx, c))
}

func (d *Daemon) takeHolidayFile(ctx context.Context, c config.Holidays) error {
	name, err := c.File.Open()
	if err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open holidays.file: %w", err)
	}
	defer f.Close()
	list, err := readAtMost(f, c.MaxBytes)
	if err != nil {
		return fmt.Errorf("read holidays.file %s: %w", name, err)
	}
	_, err = d.Engine.Clock.AddHolidays(ctx, list, name)
	return err
}

func readAtMost(r io.Reader, limit int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err == nil && len(b) > limit {
		err = fmt.Errorf("it is longer than holidays.max_bytes (%d)", limit)
	}
	return b, err
}

// retryHolidays is how long to wait after an address could not be used.
const retryHolidays = time.Hour

// runHolidays reads the configured file of bank holidays again, and fetches
// them from the configured address, as often as the configuration says.
func (d *Daemon) runHolidays(ctx context.Context) error {
	for read := d.now(); ; {
		wait := longestSleep // a reload may name an address
		c := d.Engine.Cases.Settings().Holidays
		if d.now().Sub(read) >= c.Every {
			read = d.now()
			d.readHolidays(ctx)
		}
		if c.URL == "" {
			d.noteHolidays("url", nil)
		} else {
			last, err := d.Engine.Clock.HolidaysFetched()
			if err != nil {
				return err
			}
			if last == nil || d.now().Sub(*last) >= c.Every {
				d.noteHolidays("url", d.fetchHolidays(ctx, c))
			}
			if d.holidayTrouble() != "" {
				wait = retryHolidays
			}
		}
		if sleep(ctx, wait) != nil {
			return nil //nolint:nilerr // the daemon ends
		}
	}
}

// fetchHolidays fetches the list once. The answer must be in GOV.UK's format;
// otherwise it is refused as a whole.
func (d *Daemon) fetchHolidays(ctx context.Context, c config.Holidays) error {
	ctx, stop := context.WithTimeout(ctx, c.Timeout)
	defer stop()
	list, err := download(ctx, c)
	if err != nil {
		return fmt.Errorf("fetch holidays.url: %w", err)
	}
	if _, err := d.Engine.Clock.AddHolidays(ctx, list, c.URL); err != nil {
		return err
	}
	return d.Engine.Clock.KeepHolidaysFetched()
}

const mostRedirects = 3

func download(ctx context.Context, c config.Holidays) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	client := &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, DisableKeepAlives: true},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > mostRedirects || via[0].URL.Scheme == "https" && r.URL.Scheme != "https" {
				return errors.New("it redirects too often, or away from https")
			}
			return nil
		},
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", r.URL.Host, res.Status)
	}
	return readAtMost(res.Body, c.MaxBytes)
}

// noteHolidays records whether a source of bank holidays could be used.
func (d *Daemon) noteHolidays(source string, err error) {
	d.mu.Lock()
	was := d.trouble[source]
	delete(d.trouble, source)
	if err != nil {
		d.trouble[source] = err.Error()
	}
	d.mu.Unlock()
	if err != nil && err.Error() != was {
		d.Log.Error("bank holidays could not be taken over: the calendar stays as it was", "error", err)
	}
}

// holidayTrouble says why bank holidays could not be read; "" if they could.
func (d *Daemon) holidayTrouble() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(slices.Sorted(maps.Values(d.trouble)), "; ")
}
