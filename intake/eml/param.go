package eml

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// mediaType reads a Content-Type or Content-Disposition value with all the
// mistakes that senders make: missing semicolons, unclosed quotes, empty
// parameters. Types and parameter names are returned in lower case; if a
// parameter occurs twice the first counts. RFC 2231 continuations and charsets
// are read; missing pieces are skipped.
func mediaType(v string) (typ string, param map[string]string) {
	typ, rest, _ := strings.Cut(v, ";")
	typ = strings.ToLower(strings.TrimSpace(typ))
	if i := strings.IndexAny(typ, " \t\""); i >= 0 {
		rest = typ[i:] + ";" + rest
		typ = typ[:i]
	}
	var split map[string]string // pieces of continued parameters
	for range 50 {
		var name, value string
		if name, value, rest = nextParam(rest); name == "" {
			break
		}
		if strings.Contains(name, "*") {
			if split == nil {
				split = map[string]string{}
			}
			if _, twice := split[name]; !twice {
				split[name] = value
			}
			continue
		}
		if !isToken(name) || len(name) > 40 {
			continue
		}
		if param == nil {
			param = make(map[string]string, 2)
		}
		if _, twice := param[name]; !twice {
			param[name] = value
		}
	}
	return typ, joinParams(param, split)
}

func nextParam(s string) (name, value, rest string) {
	i := -1
	for range 50 {
		s = strings.TrimLeft(s, " \t;,")
		if i = strings.IndexAny(s, "=;"); i < 0 {
			return "", "", ""
		}
		if s[i] == '=' {
			break
		}
		s = s[i:] // a word without a value
	}
	if s[i] == ';' {
		return "", "", ""
	}
	name = strings.ToLower(strings.TrimSpace(s[:i]))
	if j := strings.LastIndexAny(name, " \t"); j >= 0 {
		name = name[j+1:]
	}
	name = cmp.Or(name, "?")
	s = strings.TrimLeft(s[i+1:], " \t")
	if !strings.HasPrefix(s, `"`) {
		i := strings.IndexByte(s, ';')
		if i < 0 {
			return name, strings.TrimSpace(s), ""
		}
		return name, strings.TrimSpace(s[:i]), s[i+1:]
	}
	value, rest = unquote(s)
	return name, value, rest
}

// unquote reads the quoted string at the start of s.
func unquote(s string) (value, rest string) {
	s = s[1:]
	if i := strings.IndexAny(s, `"\`); i >= 0 && s[i] == '"' {
		return s[:i], s[i+1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// joinParams adds to param the values that were written as name*=, name*0= and
// name*0*=.
func joinParams(param, split map[string]string) map[string]string {
	for key := range split {
		name, _, _ := strings.Cut(key, "*")
		if _, done := param[name]; done || name == "" || !isToken(name) || len(name) > 40 {
			continue
		}
		if param == nil {
			param = make(map[string]string, 2)
		}
		param[name] = joinParam(name, split)
	}
	return param
}

func joinParam(name string, split map[string]string) string {
	if v, ok := split[name+"*"]; ok {
		charset, text := extended(v)
		s, _ := decodeCharset(unescape(nil, text, '%'), charset)
		return s
	}
	var out []byte
	charset := ""
	for i, missed := 0, 0; i < 100 && missed < 3; i++ {
		key := name + "*" + strconv.Itoa(i)
		if v, ok := split[key+"*"]; ok {
			if i == 0 {
				charset, v = extended(v)
			}
			out = unescape(out, v, '%')
		} else if v, ok := split[key]; ok {
			out = append(out, v...)
		} else {
			missed++
		}
	}
	s, _ := decodeCharset(out, charset)
	return s
}

// extended splits charset'language'text.
func extended(v string) (charset, text string) {
	charset, rest, ok := strings.Cut(v, "'")
	if !ok {
		return "", v
	}
	if _, text, ok = strings.Cut(rest, "'"); !ok {
		return "", v
	}
	return charset, text
}

// unescape appends s, with each mark and the two hexadecimal digits after it
// replaced by the byte that they mean.
func unescape[T string | []byte](out []byte, s T, mark byte) []byte {
	out = slices.Grow(out, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == mark && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0 {
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}
