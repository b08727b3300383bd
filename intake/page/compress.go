package page

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// compressed sends text compressed to clients that accept it. No answer
// contains both a secret and text chosen by a stranger, so its length gives
// nothing away.
func compressed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !takesGzip(r.Header.Values("Accept-Encoding")) || r.Method == http.MethodHead {
			h.ServeHTTP(w, r)
			return
		}
		c := &compressor{ResponseWriter: w}
		h.ServeHTTP(c, r)
		c.close() // not reached if the answer was broken off, which must not look complete
	})
}

// takesGzip reports whether a client accepts gzip: it may name gzip only to say
// that it does not (RFC 9110, 12.5.3).
func takesGzip(accepts []string) bool {
	for offer := range strings.SplitSeq(strings.Join(accepts, ","), ",") {
		coding, weight, _ := strings.Cut(offer, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		_, q, given := strings.Cut(weight, "=")
		how, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		return !given || err != nil || how > 0
	}
	return false
}

// zips are the gzip writers, each with tables of nearly a megabyte. There are
// as many as can work at once, and none is in use while a slow client takes an
// answer.
var zips = make(chan *gzip.Writer, runtime.GOMAXPROCS(0))

func init() {
	for range cap(zips) {
		zips <- nil // made when it is first needed
	}
}

func newZip() *gzip.Writer {
	z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic("page: " + err.Error()) // cannot be: the level exists
	}
	return z
}

// buffers hold answers until they are sent.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const mostHeld = 256 << 10 // bytes: a longer answer is compressed as it is written

func giveBack(b *bytes.Buffer) {
	if b.Cap() <= 2*mostHeld {
		b.Reset()
		buffers.Put(b)
	}
}

// compressor compresses an answer if it is text and complete.
type compressor struct {
	http.ResponseWriter
	begun  bool
	status int
	held   *bytes.Buffer // the answer so far; nil if it is sent as it is written
	zip    *gzip.Writer  // of an answer that is too long to be held
}

// Unwrap lets net/http reach the connection's deadlines.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *compressor) WriteHeader(status int) {
	if c.begun {
		return
	}
	h := c.Header()
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	text := strings.HasPrefix(kind, "text/") || kind == "image/svg+xml"
	c.begun, c.status = true, status
	if text && status != http.StatusNoContent && status != http.StatusNotModified && h.Get("Content-Range") == "" {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		c.held = buffers.Get().(*bytes.Buffer)
		return
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *compressor) Write(b []byte) (int, error) {
	if !c.begun {
		if c.Header().Get("Content-Type") == "" {
			c.Header().Set("Content-Type", http.DetectContentType(b))
		}
		c.WriteHeader(http.StatusOK)
	}
	switch {
	case c.zip != nil:
		return c.zip.Write(b)
	case c.held == nil:
		return c.ResponseWriter.Write(b)
	case c.held.Len()+len(b) <= mostHeld:
		return c.held.Write(b)
	}
	c.zip = newZip()
	c.zip.Reset(c.ResponseWriter)
	c.ResponseWriter.WriteHeader(c.status)
	_, err := c.zip.Write(c.held.Bytes())
	giveBack(c.held)
	if c.held = nil; err != nil {
		return 0, err
	}
	return c.zip.Write(b)
}

// close sends what is held; an error only means that the client has gone.
func (c *compressor) close() {
	switch {
	case c.zip != nil:
		_ = c.zip.Close()
	case c.held != nil:
		out := buffers.Get().(*bytes.Buffer)
		z := <-zips
		if z == nil {
			z = newZip()
		}
		z.Reset(out)
		_, _ = z.Write(c.held.Bytes()) // a buffer takes everything
		_ = z.Close()
		zips <- z
		c.Header().Set("Content-Length", strconv.Itoa(out.Len()))
		c.ResponseWriter.WriteHeader(c.status)
		_, _ = c.ResponseWriter.Write(out.Bytes())
		giveBack(c.held)
		giveBack(out)
	}
}
