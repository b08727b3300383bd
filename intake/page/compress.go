package page

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// compressed sends text compressed to whoever takes that. No answer has both a
// secret and something that a stranger chose, whose length would give it away.
func compressed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if !takesGzip(r.Header.Values("Accept-Encoding")) || r.Method == http.MethodHead {
			h.ServeHTTP(w, r)
			return
		}
		c := &compressor{ResponseWriter: w}
		defer c.close()
		h.ServeHTTP(c, r)
	})
}

// takesGzip reports whether a browser takes text that is compressed: it may
// name gzip to say that it does not (RFC 9110, 12.5.3).
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

var zips = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic("page: " + err.Error()) // the level is one that there is
	}
	return z
}}

// compressor compresses an answer that is text and whole.
type compressor struct {
	http.ResponseWriter
	begun bool
	zip   *gzip.Writer // nil where it is sent as it is
}

func (c *compressor) WriteHeader(status int) {
	h := c.Header()
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	text := strings.HasPrefix(kind, "text/") || kind == "image/svg+xml"
	if !c.begun && text && status != http.StatusNoContent && status != http.StatusNotModified && h.Get("Content-Range") == "" {
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		c.zip = zips.Get().(*gzip.Writer)
		c.zip.Reset(c.ResponseWriter)
	}
	c.begun = true
	c.ResponseWriter.WriteHeader(status)
}

func (c *compressor) Write(b []byte) (int, error) {
	if !c.begun {
		if c.Header().Get("Content-Type") == "" {
			c.Header().Set("Content-Type", http.DetectContentType(b))
		}
		c.WriteHeader(http.StatusOK)
	}
	if c.zip != nil {
		return c.zip.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

func (c *compressor) close() {
	if c.zip != nil {
		_ = c.zip.Close() // the other end is gone; nobody is left to tell
		zips.Put(c.zip)
	}
}
