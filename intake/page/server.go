// Package page is the officers' page: what an officer does with cases, in a
// browser. It uses the same queries and acts as commands and mail do, and has
// no rules about cases itself. Each screen is a file of its own, with its
// template in screens.
package page

import (
	"context"
	"crypto/tls"
	"embed"
	"errors"
	"fmt"
	"hash/crc32"
	"html/template"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"requestd/intake"
	"requestd/intake/accounts"
	"requestd/intake/casework"
	"requestd/intake/config"
	"requestd/intake/health"
	"requestd/intake/register"
	"requestd/store"
	"requestd/templates/welsh"
)

// Options are what the page needs.
type Options struct {
	Web      config.Web
	Cases    *casework.Cases
	Register *register.Register
	Store    *store.DB
	Accounts *accounts.Accounts
	Status   func(context.Context) (*health.Status, error)
	// Files returns the attachments of a mail from its mailbox, with the bytes of
	// the nth, and reports whether the whole mail was looked at. The error is
	// ErrGone if the mail is no longer there, and intake.Unreadable if it cannot
	// be taken apart.
	Files func(ctx context.Context, at intake.MailLocation, n int) (list []intake.File, whole bool, err error)
	Now   func() time.Time
	Log   *slog.Logger
}

// Server serves the page.
type Server struct {
	Options
	words   *words
	sayings []welsh.Saying     // in which acts refuse and warn
	screens *template.Template // each between the same head and foot
	oidc    *provider          // nil where people sign in with accounts of the register's own
	tally   tally
	looked  together     // records who read what
	faulty  atomic.Bool  // the register could not be written at the last attempt
	tried   atomic.Int64 // when the page last tested that (unix time)
}

//go:embed assets screens words_cy.tsv
var files embed.FS

// New makes the page. It connects to nothing.
func New(o Options) (*Server, error) {
	s := &Server{Options: o}
	s.looked.write = s.write
	var err error
	if s.words, err = readWords(); err != nil {
		return nil, err
	}
	if s.sayings, err = welsh.Read(welsh.Acts); err != nil {
		return nil, err
	}
	if s.screens, err = readScreens(); err != nil {
		return nil, err
	}
	if o.Web.OIDC.Issuer != "" {
		s.oidc = &provider{web: o.Web}
		o.Accounts.AtProvider()
	}
	return s, nil
}

// Handler returns the routes. Everything that changes something is a POST,
// which no other site can make a browser send (net/http.CrossOriginProtection).
func (s *Server) Handler() http.Handler {
	m := http.NewServeMux()
	assets, err := fs.Sub(files, "assets")
	if err != nil {
		panic("page: " + err.Error()) // cannot be: it is embedded
	}
	m.Handle("GET /assets/", http.StripPrefix("/assets/", cached(http.FileServerFS(assets))))
	m.HandleFunc("GET /sign-in", s.signInForm)
	m.HandleFunc("POST /sign-in", s.signIn)
	m.HandleFunc("POST /language", s.language)
	if s.oidc != nil {
		m.HandleFunc("GET /sign-in/provider", s.toProvider)
		m.HandleFunc("GET /sign-in/answer", s.fromProvider)
	}
	m.HandleFunc("POST /sign-out", s.signOut)
	m.HandleFunc("GET /calendar/{token}", s.feed)
	for _, r := range routes() {
		m.HandleFunc(r.pattern, s.signedIn(r.act, turning(r)))
	}
	m.HandleFunc("/", s.signedIn(casework.ToReadStatus, func(v *visit) error { return errNoPage }))
	return headers(compressed(http.NewCrossOriginProtection().Handler(bounded(m))))
}

// route is one screen or act, with the act that its visitor's role must allow.
type route struct {
	pattern string
	act     casework.ActName
	serve   func(*visit) error
}

func routes() []route {
	all := slices.Concat(todayRoutes, triageRoutes, caseRoutes, actRoutes, searchRoutes, openRoutes, lettersRoutes, mailRoutes, figuresRoutes, calendarRoutes, statusRoutes, accountRoutes)
	return append(all, toScreens(all)...)
}

// toScreens adds a route for each address that only accepts a form, leading to
// the screen above it: a browser goes there after the language was changed on
// the answer to such a form, or after signing in.
func toScreens(all []route) (more []route) {
	for _, r := range all {
		at, post := strings.CutPrefix(r.pattern, "POST ")
		if post && !slices.ContainsFunc(all, func(x route) bool { return x.pattern == "GET "+at }) {
			more = append(more, route{"GET " + at, r.act, func(v *visit) error {
				http.Redirect(v.w, v.r, (&url.URL{Path: path.Dir(v.r.URL.Path)}).EscapedPath(), http.StatusSeeOther)
				return nil
			}})
		}
	}
	return more
}

const (
	maxForm  = 256 << 10 // bytes
	mayTake  = 30 * time.Second
	cacheFor = "public, max-age=86400"
)

// policy lets the page load nothing but its own styles, scripts and forms.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func headers(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := w.Header()
		x.Set("Content-Security-Policy", policy)
		x.Set("X-Content-Type-Options", "nosniff")
		x.Set("Referrer-Policy", "same-origin")
		x.Set("Cross-Origin-Opener-Policy", "same-origin")
		x.Set("Cross-Origin-Resource-Policy", "same-origin")
		x.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		x.Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
}

// asset returns the address of one of the page's own files, which browsers keep
// for a day: it changes when the file does.
func asset(name string) (string, error) {
	b, err := files.ReadFile("assets/" + name)
	return fmt.Sprintf("/assets/%s?%08x", name, crc32.ChecksumIEEE(b)), err
}

func cached(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", cacheFor)
		h.ServeHTTP(w, r)
	})
}

// bounded accepts only forms of a few fields, and no upload.
func bounded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			if t := r.Header.Get("Content-Type"); t != "" && t != "application/x-www-form-urlencoded" && t != "application/x-www-form-urlencoded;charset=UTF-8" {
				http.Error(w, "only forms are taken here, and no files", http.StatusUnsupportedMediaType)
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			if err := r.ParseForm(); err != nil {
				http.Error(w, "the form cannot be read: it is too long or broken", http.StatusRequestEntityTooLarge)
				return
			}
		}
		h.ServeHTTP(w, r)
	})
}

// Listen listens on the address of the page, with TLS if a certificate is
// named. The certificate is read at each handshake, so that a renewed one needs
// no restart.
func Listen(w config.Web) (net.Listener, error) {
	l, err := net.Listen("tcp", w.Listen)
	if err != nil {
		return nil, fmt.Errorf("web.listen: %w: name an address and port that are free, or \"\" for no page", err)
	}
	if w.CertFile == "" {
		return l, nil
	}
	get := func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return certificate(w) }
	if _, err := get(nil); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return tls.NewListener(l, &tls.Config{GetCertificate: get, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}), nil
}

func certificate(w config.Web) (*tls.Certificate, error) {
	cert, err := w.CertFile.Open()
	if err != nil {
		return nil, fmt.Errorf("web.cert_file: %w", err)
	}
	key, err := w.KeyFile.Open()
	if err != nil {
		return nil, fmt.Errorf("web.key_file: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("web.cert_file and web.key_file: %w", err)
	}
	return &pair, nil
}

// Serve serves until the context ends.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: mayTake, WriteTimeout: sendWithin,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve the page: %w", err)
	case <-ctx.Done():
	}
	ending, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if err := s.Shutdown(ending); err != nil {
		return s.Close()
	}
	return nil
}
