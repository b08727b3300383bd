package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"

	"requestd/store"
)

// Client asks an API: over a socket, or in its own process.
type Client struct{ http *http.Client }

// Dial makes a client of the daemon behind a control socket. If nobody answers
// on the socket, it returns the error.
func Dial(ctx context.Context, path string) (*Client, error) {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	c, err := dial(ctx, "", "")
	if err != nil {
		return nil, fmt.Errorf("reach the daemon: %w", err)
	}
	if err := c.Close(); err != nil {
		return nil, fmt.Errorf("reach the daemon: %w", err)
	}
	// A command makes one request: keeping the connection for more would count
	// towards the daemon's limit.
	return &Client{&http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}, nil
}

// Within makes a client of a handler in the same process.
func Within(h http.Handler, actor string) *Client {
	return &Client{&http.Client{Transport: within{h, actor}}}
}

type within struct {
	h     http.Handler
	actor string
}

func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w.h.ServeHTTP(rec, r.WithContext(WithActor(r.Context(), w.actor)))
	return &http.Response{
		StatusCode: rec.status, Status: http.StatusText(rec.status), Header: rec.header,
		Body: io.NopCloser(&rec.body), Request: r,
	}, nil
}

// recorder keeps an answer that stays within the process.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// Problem is a failure reported by the API, with its code.
type Problem struct{ Failure }

func (p *Problem) Error() string { return p.Failure.Error }

// Get makes a request and decodes the answer into v.
func (c *Client) Get(ctx context.Context, path string, q url.Values, v any) error {
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return c.do(ctx, http.MethodGet, path, nil, v)
}

// Post requests a change and decodes the answer into v.
func (c *Client) Post(ctx context.Context, path string, in, v any) error {
	return c.do(ctx, http.MethodPost, path, in, v)
}

func (c *Client) do(ctx context.Context, method, path string, in, v any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	res, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(v); err != nil {
		return fmt.Errorf("read the daemon's answer: %w", err)
	}
	return nil
}

func (c *Client) send(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://requestd"+path, body)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the daemon: %w", err)
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	var p Problem
	if err := json.NewDecoder(res.Body).Decode(&p.Failure); err != nil {
		return nil, fmt.Errorf("ask the daemon: %s", res.Status)
	}
	return nil, &p
}

// Backup copies the register to w, unless the file at path is the register
// itself (store.ErrItself). BackedUp records the copy once it is in its place.
func (c *Client) Backup(ctx context.Context, w io.Writer, path string) error {
	res, err := c.send(ctx, http.MethodGet, "/v1/backup", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if id := res.Header.Get(StoreHeader); id != "" && id == store.IdentityOf(path) {
		return fmt.Errorf("copy the register to %s: %w", path, store.ErrItself)
	}
	if _, err := io.Copy(w, res.Body); err != nil {
		return fmt.Errorf("copy the register: %w", err)
	}
	return nil
}

// BackedUp records that a copy of the register was made.
func (c *Client) BackedUp(ctx context.Context) error {
	var done struct{}
	return c.Post(ctx, "/v1/backup", nil, &done)
}
