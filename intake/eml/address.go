package eml

import (
	"net/mail"
	"slices"
	"strings"

	"requestd/intake"
)

// addresses reads the address fields of that name, every instance of them. What
// the grammar of RFC 5322 refuses is read by looking for what real senders
// mean: the part in angle brackets, or else the word with an @ in it.
func addresses(fields []intake.Field, name string) []intake.Address {
	var list []intake.Address
	for i := range fields {
		if fields[i].Name != name {
			continue
		}
		before := len(list)
		list = appendAddresses(list, fields[i].Value)
		if v := fields[i].Value; !addressed(list[before:]) && strings.Contains(v, "=?") {
			if d := decodeWords(v); strings.Contains(d, "@") { // the address itself was encoded
				list = appendAddresses(list[:before], d)
			}
		}
	}
	return list
}

func addressed(list []intake.Address) bool {
	return slices.ContainsFunc(list, func(a intake.Address) bool { return a.Addr != "" })
}

func appendAddresses(list []intake.Address, v string) []intake.Address {
	start := len(list)
	l := addressList{v: v, quote: strings.LastIndexByte(v, '"'), angle: strings.LastIndexByte(v, '>'), round: strings.LastIndexByte(v, ')')}
	for tries := 0; l.pos < len(v) && len(list) < maxAddresses && tries < 2*maxAddresses; tries++ {
		s := l.next()
		a, ok := address(s)
		if !ok {
			continue
		}
		// A name with a comma that should be in quotes: Farrow, Imogen
		// <i@example.org>
		if n := len(list); n > start && list[n-1].Addr == "" && a.Addr != "" && a.Name != "" && strings.Contains(s, "<") {
			a.Name = intake.OneLine(list[n-1].Name+", "+a.Name, maxName)
			list = list[:n-1]
		}
		list = append(list, a)
	}
	return list
}

// addressList is a list being read from pos on. The position of the last
// closing mark of each sort tells whether an opening one is ever closed.
type addressList struct {
	v                   string
	pos                 int
	quote, angle, round int
}

// next takes the first element off a list separated by commas or semicolons
// outside quotes, comments and brackets. A group's name is dropped.
func (l *addressList) next() string {
	quoted, angle, round := false, false, 0
	start := l.pos
	for i := l.pos; i < len(l.v); i++ {
		switch c := l.v[i]; {
		case c == '\\' && (quoted || round > 0):
			i++
		case c == '"' && round == 0:
			quoted = !quoted && i < l.quote
		case quoted:
		case c == '(' && i < l.round:
			round++
		case c == ')' && round > 0:
			round--
		case round > 0:
		case c == '<':
			angle = i < l.angle
		case c == '>':
			angle = false
		case angle:
		case c == ':' && !strings.Contains(l.v[start:i], "@"):
			start = i + 1
		case c == ',' || c == ';':
			l.pos = i + 1
			return l.v[start:i]
		}
	}
	l.pos = len(l.v)
	return l.v[start:]
}

// address reads one mailbox: "Name <local@domain>", "local@domain (Name)" and
// their broken forms. A name without an address is kept; ok is false if there
// is neither.
func address(s string) (a intake.Address, ok bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return a, false
	}
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		spec, _, _ := strings.Cut(s[open+1:], ">")
		a.Addr = cleanAddr(spec)
		name := s[:open]
		if i := strings.IndexByte(name, '<'); i >= 0 && a.Addr != "" && strings.Contains(name[i:], "@") {
			name = name[:i] // Name <a@b<mailto:a@b>>
		}
		a.Name = displayName(name)
		if a.Addr == "" { // <Name> address, or nothing in the brackets
			a.Addr = findAddr(s)
		}
		return a, a.Addr != "" || a.Name != ""
	}
	if open := strings.IndexByte(s, '('); open >= 0 {
		comment, _, _ := strings.Cut(s[open+1:], ")")
		a.Name = displayName(comment)
		s = s[:open]
	}
	if a.Addr = cleanAddr(s); a.Addr == "" {
		a.Addr = findAddr(s)
	}
	if a.Addr == "" && a.Name == "" {
		a.Name = displayName(s)
	}
	return a, a.Addr != "" || a.Name != ""
}

// displayName removes quotes, escapes and encoding from a name.
func displayName(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, `"`) {
		var rest string
		if s, rest = unquote(s); strings.TrimSpace(rest) != "" {
			s += " " + strings.TrimSpace(rest)
		}
	}
	s = decodeWords(s)
	return intake.OneLine(strings.Trim(s, "\"' \t"), maxName)
}

// cleanAddr returns local@domain with the domain in lower case, or "" when spec
// is none. It keeps what a server may accept: dots where they should not be,
// non-ASCII letters, quoted local parts.
func cleanAddr(spec string) string {
	spec = strings.Trim(spec, " \t'`\u00a0\u2018\u2019\u201c\u201d")
	if len(spec) > 7 && strings.EqualFold(spec[:7], "mailto:") {
		spec = spec[7:]
	}
	at := strings.LastIndexByte(spec, '@')
	if at <= 0 || at == len(spec)-1 || len(spec) > maxAddr {
		return ""
	}
	local, domain := spec[:at], strings.ToLower(strings.TrimRight(spec[at+1:], "."))
	if domain == "" || strings.ContainsAny(domain, " \t\"(),:;<>@\\[]") && !literal(domain) {
		return ""
	}
	if strings.ContainsAny(local, " \t(),:;<>@\\\"") {
		if p, err := mail.ParseAddress(local + "@x.example"); err != nil || !strings.HasPrefix(local, `"`) || strings.ContainsAny(p.Address, "\r\n\x00") {
			return ""
		}
	}
	addr := local + "@" + domain
	if intake.OneLine(addr, maxAddr) != addr {
		return "" // it contains an invisible character: it is not what it seems
	}
	return addr
}

// literal reports whether a host is given by its number, such as [192.0.2.1].
func literal(domain string) bool {
	inner, ok := strings.CutPrefix(domain, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	return ok && closed && strings.Trim(strings.TrimPrefix(inner, "ipv6:"), "0123456789abcdef:.") == ""
}

// findAddr returns the first word that is an address.
func findAddr(s string) string {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool {
		return r <= ' ' || strings.ContainsRune(`<>()[],;:"'`, r)
	}) {
		if strings.IndexByte(w, '@') > 0 {
			if a := cleanAddr(strings.Trim(w, ".")); a != "" {
				return a
			}
		}
	}
	return ""
}

// ids reads Message-IDs out of the fields of that name: whatever stands in
// angle brackets without blanks, since real ids break every grammar.
func ids(fields []intake.Field, name string) []string {
	var out []string
	for i := range fields {
		if fields[i].Name == name {
			out = appendIDs(out, fields[i].Value)
		}
	}
	return out
}

func appendIDs(out []string, v string) []string {
	if strings.Contains(v, "=?") {
		v = decodeWords(v)
	}
	for len(out) < maxIDs {
		id, rest, ok := cutID(v)
		if !ok {
			break
		}
		out = append(out, id)
		v = rest
	}
	return out
}

func cutID(v string) (id, rest string, ok bool) {
	for {
		open := strings.IndexByte(v, '<')
		if open < 0 {
			return "", "", false
		}
		v = v[open+1:]
		end := strings.IndexAny(v, "<>")
		if end < 0 {
			return "", "", false
		}
		if v[end] == '<' {
			continue
		}
		id, v = strings.Join(strings.Fields(v[:end]), ""), v[end+1:]
		if id != "" && len(id) <= maxID && intake.OneLine(id, maxID) == id {
			return id, v, true
		}
	}
}

// firstID returns the Message-ID itself; one without brackets counts too.
func firstID(v string) string {
	if id, _, ok := cutID(v); ok {
		return id
	}
	v = strings.TrimSpace(v)
	if strings.ContainsAny(v, " <>") || len(v) > maxID || strings.IndexByte(v, '@') <= 0 || intake.OneLine(v, maxID) != v {
		return ""
	}
	return v
}
