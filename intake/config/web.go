package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// Web is the officers' page.
type Web struct {
	Listen   string `mapstructure:"listen"`   // host:port; "" is off
	BaseURL  string `mapstructure:"base_url"` // as people reach it; "" is Listen itself
	CertFile Path   `mapstructure:"cert_file"`
	KeyFile  Path   `mapstructure:"key_file"`
	// TrustedProxies are addresses or networks whose X-Forwarded-For is believed.
	TrustedProxies []string `mapstructure:"trusted_proxies"`
	OIDC           OIDC     `mapstructure:"oidc"`
}

// OIDC says how people sign in to the page by OpenID Connect. Without an Issuer
// they sign in with accounts of the register's own.
type OIDC struct {
	Issuer     string     `mapstructure:"issuer"`
	ClientID   string     `mapstructure:"client_id"`
	Secret     SecretFile `mapstructure:"secret_file"`
	RolesClaim string     `mapstructure:"roles_claim"` // its values: officer, or officer:MAILBOX
}

// Address returns where people reach the page, without a final slash.
func (w *Web) Address() string {
	switch {
	case w.BaseURL != "":
		return strings.TrimRight(w.BaseURL, "/")
	case w.CertFile != "":
		return "https://" + w.Listen
	}
	return "http://" + w.Listen
}

// Proxies returns the networks of TrustedProxies.
func (w *Web) Proxies() []netip.Prefix {
	var list []netip.Prefix
	for _, s := range w.TrustedProxies {
		if p, ok := network(s); ok {
			list = append(list, p)
		}
	}
	return list
}

func network(s string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

func (k *checker) validateWeb(w *Web) {
	for i, p := range w.TrustedProxies {
		if _, ok := network(p); !ok {
			k.add(fmt.Sprintf("web.trusted_proxies[%d]", i), show(p)+" is no address or network", "write it as 127.0.0.1 or 10.0.0.0/24")
		}
	}
	if (w.CertFile == "") != (w.KeyFile == "") {
		k.add("web.key_file", "certificate and key go together", "name both cert_file and key_file, or neither")
	}
	if w.BaseURL != "" {
		k.url("web.base_url", w.BaseURL)
		if u, err := url.Parse(w.BaseURL); err == nil && (u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "") {
			k.add("web.base_url", show(w.BaseURL)+" is more than a host", "write it as https://requests.example.org: the page needs a host of its own")
		}
	}
	k.validateOIDC(w)
	if w.Listen == "" {
		return
	}
	host, port, err := net.SplitHostPort(w.Listen)
	switch {
	case err != nil || port == "":
		k.add("web.listen", show(w.Listen)+" is no address with a port", `write "127.0.0.1:8443", or "" for no page`)
	case !loopback(host) && w.CertFile == "" && len(w.TrustedProxies) == 0:
		k.add("web.listen", show(w.Listen)+" can be reached from other machines without TLS", "name cert_file and key_file, or the trusted_proxies that speak TLS, or listen on 127.0.0.1")
	}
}

func (k *checker) validateOIDC(w *Web) {
	o := &w.OIDC
	if o.Issuer == "" {
		if o.ClientID != "" || o.Secret.Path != "" {
			k.add("web.oidc.issuer", "is missing beside client_id or secret_file", "name the provider, such as https://login.microsoftonline.com/TENANT/v2.0")
		}
		return
	}
	k.url("web.oidc.issuer", o.Issuer)
	k.need("web.oidc.client_id", o.ClientID, "name this application as the provider knows it")
	k.need("web.oidc.roles_claim", o.RolesClaim, "name the claim that has the roles, such as roles")
	if w.Listen != "" && o.Secret.IsZero() {
		k.add("web.oidc.secret_file", "is missing", "name the file that holds the application's secret, or set $"+o.Secret.Env)
	}
}
