package config

import (
	"maps"

	"github.com/spf13/viper"
)

// tree is a part of a configuration in the same form as the file.
type tree = map[string]any

const (
	icoWebsite = "https://ico.org.uk"
	icoPhone   = "0303 123 1113"
)

// fileDefaults are the defaults of the keys outside lists.
var fileDefaults = tree{
	"store": tree{"wait": "5s"},
	"sending": tree{
		"retry":         []any{"1m", "5m", "15m", "30m", "1h"},
		"retry_every":   "1h",
		"give_up":       "48h",
		"in_doubt_wait": []any{"2m", "10m", "30m"},
		"account_pause": "15m",
		"per_minute":    20,
		"per_address":   tree{"hour": 3, "day": 10},
		"breaker":       tree{"count": 60, "within": "10m"},
	},
	"reminders": tree{
		"at":            "08:00",
		"half_time":     true,
		"before":        []any{5, 2, 0},
		"ack_before":    1,
		"overdue":       true,
		"recall_every":  10,
		"suggest_close": 40,
		"triage_after":  1,
		"urgent_after":  "1h",
	},
	"digest":  tree{"at": "08:00", "empty": false, "new_cases": NewAtOnce, "names_in_subjects": true},
	"replies": tree{"undo_wait": "10m", "token_days": 30},
	"regulator": tree{
		"name":    "Information Commissioner's Office",
		"name_cy": "Swyddfa'r Comisiynydd Gwybodaeth",
		"address": "Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF",
		"email":   "casework@ico.org.uk",
		"phone":   icoPhone,
		"website": icoWebsite,
	},
	"holidays": tree{"every": "24h", "timeout": "30s", "max_bytes": 1 << 20},
	"limits":   tree{"fetch_bytes": 8 << 20},
	"retention": tree{
		"erase":         "preview",
		"foi":           "3 years",
		"dsar":          "3 years",
		"review":        "3 years",
		"eir":           "3 years",
		"rights":        "3 years",
		"withdrawn":     "3 years",
		"lapsed":        "3 years",
		"transferred":   "3 years",
		"duplicate":     "3 years",
		"not_a_request": "90 days",
		"passed":        "90 days",
		"ignored":       "30 days",
		"texts":         "30 days",
	},
	"alarms": tree{
		"poll_age":          "15m",
		"unsent_age":        "1h",
		"disk_free_percent": 10,
		"certificate_days":  21,
		"secret_days":       30,
		"holiday_days":      180,
		"backup_age":        "36h",
	},
	"web": tree{"oidc": tree{"roles_claim": "roles"}},
	"log": tree{"level": "info", "format": "text"},
}

// mailboxDefaults are the defaults of every mailbox; those of its provider and
// its body take precedence.
var mailboxDefaults = tree{
	"priority": 0,
	"provider": ProviderGeneric,
	"imap": tree{
		"security":      SecurityTLS,
		"auth":          AuthPassword,
		"folder":        "INBOX",
		"poll_interval": "60s",
		"idle":          true,
		"idle_renew":    "9m",
		"timeout":       "1m",
	},
	"trust":                   tree{"spam": "none"},
	"acknowledge":             tree{"days": 3, "calendar": CalendarEnglandWales},
	"neutral_acknowledgement": true,
	"review_days":             20,
	"cost_limit":              tree{"pounds": 450, "hours": 18},
	"signoff":                 tree{"en": "", "cy": ""}, // for the body's own letters
}

var smtpDefaults = tree{
	"security":     SecurityStartTLS,
	"auth":         AuthPassword,
	"timeout":      "1m",
	"data_timeout": "10m", // RFC 5321 section 4.5.3.2.6
	"idle_close":   "30s",
}

var oauthDefaults = tree{"timeout": "20s"}

// The usual ports, by how the connection is secured.
var (
	imapPorts = map[string]int{SecurityTLS: 993, SecurityStartTLS: 143, SecurityNone: 143}
	smtpPorts = map[string]int{SecurityTLS: 465, SecurityStartTLS: 587, SecurityNone: 25}
)

// expand fills in the defaults of sections that are in lists or that are
// optional as a whole, which viper's own defaults cannot reach. The decoder
// reports anything of the wrong shape.
func expand(v *viper.Viper) {
	settings := v.AllSettings()
	if m, ok := settings["smtp"].(tree); ok {
		v.Set("smtp", completeSMTP(m))
	}
	_, shared := settings["smtp"]
	sending, _ := settings["sending"].(tree)
	mapEach(v, "oauth", func(m tree) tree { return under(m, oauthDefaults) })
	mapEach(v, "mailboxes", func(m tree) tree {
		n, ok := sending["per_minute"].(int)
		if most, limited := providers[text(m, "provider")].mailbox["per_minute"].(int); ok && limited && n > 0 && n < most {
			m = under(m, tree{"per_minute": n}) // slower than the provider requires
		}
		m = completeMailbox(m, shared)
		m = completeLimits(m, sending)
		if ok && n >= 0 {
			m = under(m, tree{"per_minute": n})
		}
		return m
	})
}

func completeMailbox(m tree, sharedSMTP bool) tree {
	preset := providers[text(m, "provider")]
	if _, own := m["smtp"]; preset.smtp != nil && (own || !sharedSMTP) {
		m = under(m, tree{"smtp": under(tree{"username": m["address"]}, preset.smtp)})
	}
	m = under(m, preset.mailbox)
	if preset.signsInAsMailbox {
		m = under(m, tree{"imap": tree{"username": m["address"]}})
	}
	m = under(m, knownBody(m))
	m = under(m, mailboxDefaults)
	if s, ok := m["smtp"].(tree); ok {
		m["smtp"] = completeSMTP(s)
	}
	if s, ok := m["imap"].(tree); ok {
		if port, ok := imapPorts[text(s, "security")]; ok {
			m["imap"] = under(s, tree{"port": port})
		}
	}
	return m
}

// completeLimits fills in what a mailbox's own limit leaves out, from the limit
// of all.
func completeLimits(m, sending tree) tree {
	own, ok := m["sending"].(tree)
	if !ok {
		return m
	}
	defaults := tree{}
	for _, key := range []string{"per_address", "breaker"} {
		if _, ok := own[key].(tree); ok {
			defaults[key] = sending[key]
		}
	}
	return under(m, tree{"sending": defaults})
}

func completeSMTP(s tree) tree {
	s = under(s, smtpDefaults)
	if port, ok := smtpPorts[text(s, "security")]; ok {
		s = under(s, tree{"port": port})
	}
	return s
}

func mapEach(v *viper.Viper, key string, f func(tree) tree) {
	list, ok := v.Get(key).([]any)
	if !ok {
		return
	}
	out := make([]any, len(list))
	for i, x := range list {
		if m, ok := x.(tree); ok {
			x = f(m)
		}
		out[i] = x
	}
	v.Set(key, out)
}

// under returns m with the keys of defaults that it lacks, at every depth.
// Neither is changed.
func under(m, defaults tree) tree {
	out := make(tree, len(m)+len(defaults))
	maps.Copy(out, m)
	for k, d := range defaults {
		v, set := out[k]
		if !set || v == nil {
			if d != nil {
				out[k] = d
			}
			continue
		}
		sub, ok1 := v.(tree)
		dsub, ok2 := d.(tree)
		if ok1 && ok2 {
			out[k] = under(sub, dsub)
		}
	}
	return out
}

func text(m tree, key string) string {
	s, _ := m[key].(string)
	return s
}
