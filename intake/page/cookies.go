package page

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"requestd/intake/casework"
	"requestd/store"
)

// Cookies. A session's contains only its word.
const (
	sessionCookie = "requestd"
	langCookie    = "language"
	flashCookie   = "notice"
	backCookie    = "back"
	aYear         = 365 * 24 * 60 * 60 // seconds
	aWhile        = 10 * 60
)

func (s *Server) secure() bool { return strings.HasPrefix(s.Web.Address(), "https:") }

// sessionName returns the cookie's name. With the prefix browsers accept it
// only from this host and over TLS.
func (s *Server) sessionName() string {
	if s.secure() {
		return "__Host-" + sessionCookie
	}
	return sessionCookie
}

func (s *Server) word(r *http.Request) (string, bool) {
	c, err := r.Cookie(s.sessionName())
	if err != nil || c.Value == "" {
		return "", false
	}
	return c.Value, true
}

func (s *Server) setCookie(w http.ResponseWriter, name, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode})
}

func lang(r *http.Request) string {
	if to := turnsTo(r); to != "" {
		return to
	}
	if c, err := r.Cookie(langCookie); err == nil && c.Value == "cy" {
		return "cy"
	}
	return "en"
}

// flash is what the next screen says about the act before it. It is kept in a cookie
// meanwhile, so it names nobody: whatever names somebody is read from the register then.
type flash struct {
	Notice string    `json:"n,omitempty"`
	Letter uint64    `json:"l,omitempty"` // that it set off
	Draft  uint64    `json:"d,omitempty"` // or drafted
	Stays  string    `json:"s,omitempty"` // the case whose acknowledgement stays held
	Warns  []string  `json:"w,omitempty"`
	Undo   *undoable `json:"u,omitempty"`
}

// done sends the browser on after something was done, and tells of it there.
func (v *visit) done(to, notice string) error { return v.tell(to, flash{Notice: notice}) }

// did is done, and says as well which letter an act on a case caused and what it warns
// of. With undo it offers to take the act back.
func (v *visit) did(to string, f *frame, notice string, ch *casework.Change, undo *undoable) error {
	x := flash{Notice: notice, Letter: ch.Letter, Draft: ch.Draft, Undo: undo}
	if v.leavesHeld(ch) {
		x.Stays = ch.View.Ref
	}
	for _, w := range ch.Warnings {
		x.Warns = append(x.Warns, f.Says(w))
	}
	return v.tell(to, x)
}

func (v *visit) tell(to string, x flash) error {
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	v.s.keep(v.w, flashCookie, string(b))
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

func (v *visit) takeFlash(f *frame) {
	var x flash
	if json.Unmarshal([]byte(v.s.takeKept(v.w, v.r, flashCookie)), &x) == nil {
		f.Notice = strings.TrimSpace(strings.Join(append([]string{x.Notice, v.follows(f, x)}, x.Warns...), " "))
		f.Look, f.Undo = v.toLetter(f, x), x.Undo
	}
}

const longestWay = 1000 // bytes: it must fit into a cookie

// here returns the address of a screen with its filters; for a form that was
// sent, only its path.
func here(r *http.Request) string {
	if u := r.URL.RequestURI(); r.Method == http.MethodGet && len(u) <= longestWay {
		return u
	}
	return (&url.URL{Path: r.URL.Path}).EscapedPath()
}

// back returns where somebody wanted to go before they had to sign in: always a
// path of this page.
func (s *Server) back(w http.ResponseWriter, r *http.Request) string {
	return ownPath(s.takeKept(w, r, backCookie))
}

// ownPath returns a path if it is one of this page, else "/". Browsers read a
// backslash as a slash and drop tabs and line breaks: "/\t/" is "//" to them,
// with another site's name after it.
func ownPath(p string) string {
	foreign := func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsFunc(p, foreign) {
		return "/"
	}
	return p
}

// place returns the address that a request comes from: if it came through a
// trusted proxy, the last address that is not one of the proxies'.
func (s *Server) place(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	trusted := s.Web.Proxies()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(trusted, host); i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		host = a.Unmap().String()
	}
	return host
}

func within(list []netip.Prefix, host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// write records something of the page's own, and notes whether the register
// could be written.
func (s *Server) write(f func(*store.Tx) error) error {
	err := s.Store.Update(f)
	s.faulty.Store(store.DiskFault(err))
	return err
}

// How often the page tests whether the register can be written, in seconds.
const (
	tryEvery  = 60
	tryFaulty = 1 // while it could not
)

// broken reports whether the register cannot be written, testing it now and
// then.
func (s *Server) broken() bool {
	now, last, wait := s.Now().Unix(), s.tried.Load(), int64(tryEvery)
	if s.faulty.Load() {
		wait = tryFaulty
	}
	if now-last >= wait && s.tried.CompareAndSwap(last, now) {
		_ = s.write(func(tx *store.Tx) error { return tx.SetFact("page/tried", tx.Now().Truncate(time.Second)) }) // write notes the result
	}
	return s.faulty.Load()
}

// keep stores a value in the browser for a few minutes.
func (s *Server) keep(w http.ResponseWriter, name, value string) {
	s.setCookie(w, name, base64.RawURLEncoding.EncodeToString([]byte(value)), aWhile)
}

// takeKept returns such a value and deletes it.
func (s *Server) takeKept(w http.ResponseWriter, r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	s.setCookie(w, name, "", -1)
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return ""
	}
	return string(b)
}
