package config

import (
	"net"
	"net/url"
	"regexp"
	"strings"
)

const domainPattern = `[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*`

var (
	nameForm      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	referenceForm = regexp.MustCompile(`^[A-Z]{2,5}$`)
	addressForm   = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@" + domainPattern + "$")
	domainForm    = regexp.MustCompile("^" + domainPattern + "$")
)

// uniq finds values that occur twice, ignoring case.
type uniq struct {
	*checker
	what string
	seen map[string]string
}

func (u uniq) add(key, value string) {
	if first, ok := u.seen[strings.ToLower(value)]; ok {
		u.checker.add(key, show(value)+" stands at "+first+" already", "each "+u.what+" stands once")
		return
	}
	u.seen[strings.ToLower(value)] = key
}

func (k *checker) address(key, a string) bool {
	if len(a) <= 254 && addressForm.MatchString(a) {
		return true
	}
	k.add(key, show(a)+" is no mail address", "write it as name@example.org")
	return false
}

// url accepts https, or http to a loopback address.
func (k *checker) url(key, s string) {
	u, err := url.Parse(s)
	if err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())) {
		return
	}
	k.add(key, show(s)+" is no address that can be trusted", "write it as https://… (http only to a loopback address)")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
