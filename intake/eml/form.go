package eml

import (
	"cmp"
	"slices"
	"strings"

	"requestd/intake"
	"requestd/intake/phrases"
)

// formField says what a line of a form holds.
type formField int

const (
	formNone formField = iota
	formName
	formFirst
	formLast
	formAddr
	formText
	formMore
)

// formLabels are the names of fields in web forms, in English and Welsh.
var formLabels = func() map[string]formField {
	m := map[string]formField{}
	for field, list := range map[formField]string{
		formName:  "visitor|visitor's name|message from|name|your name|full name|your full name|contact name|sender name|visitor name|customer name|applicant name|name of applicant|requester|requester name|requestor|requestor name|submitted by|sent by|responder|respondent|from|enw|eich enw|enw llawn|eich enw llawn|enw'r anfonwr|enw cyswllt",
		formFirst: "first name|forename|given name|your first name|enw cyntaf",
		formLast:  "last name|surname|family name|your last name|cyfenw",
		formAddr:  "visitor's email|customer's email|their email|contact|email|e-mail|email address|e-mail address|your email|your e-mail|your email address|your e-mail address|contact email|contact e-mail|contact email address|sender email|visitor email|customer email|email id|reply to|reply-to|reply email|responder email|responders' email|respondent's email|applicant email|requester email|requestor email|preferred email|email (for reply)|mail|e-bost|ebost|cyfeiriad e-bost|cyfeiriad ebost|eich e-bost|eich cyfeiriad e-bost|eich ebost",
		formText:  "content|text|message|your message|message body|message text|comment|comments|comment or message|your comments|enquiry|your enquiry|enquiry details|inquiry|query|your query|question|your question|details|your details of request|request|your request|request details|details of request|details of your request|description|how can we help|how can we help you|how can we help?|what would you like to know|what information do you need|information requested|information you need|please describe|neges|eich neges|ymholiad|eich ymholiad|cwestiwn|manylion|cais|eich cais|manylion y cais|sylwadau|sut allwn ni helpu",
		formMore:  "phone|telephone|phone number|telephone number|contact number|tel|mobile|mobile number|address|postal address|postcode|post code|town|city|county|country|organisation|organization|company|subject|topic|department|type of enquiry|enquiry type|reason for contact|reason|category|consent|date of birth|dob|i agree|gdpr consent|submitted|submitted on|submitted at|submission date|submission time|submission id|date|time|page|page url|url|ip|ip address|remote ip|user agent|reference|reference number|form|form name|form id|entry id|are you|relationship|preferred contact|contact method|ffôn|rhif ffôn|cyfeiriad|cod post|pwnc|sefydliad|math o ymholiad|dyddiad geni|cyfeirnod",
	} {
		for _, name := range strings.Split(list, "|") {
			m[name] = field
		}
	}
	return m
}()

// form reads a form that a site forwards: lines that begin with the name of a
// field, or names on their own lines above their values. It returns nil for a
// mail that is no form, and for a form whose fields name nobody other than its
// sender.
func form(m *intake.Message) *intake.Form {
	text := m.Text
	if !strings.Contains(text, "@") && !strings.Contains(text, "ame") && !strings.Contains(text, "nw") {
		return nil // neither an address nor a name, Enw
	}
	lines := strings.Split(text[:min(len(text), 16<<10)], "\n")
	seen, cells := map[formField]int{}, map[formField]string{}
	f := &intake.Form{}
	first, last := "", ""
	for i := 0; i < len(lines) && i < 200; i++ {
		field, value := formLine(lines[i])
		if field == formNone {
			if f, v := formCell(lines[i]); f != formNone && cells[f] == "" {
				cells[f] = v
			}
			continue
		}
		if value == "" {
			if next := skipBlank(lines, i+1); next < len(lines) {
				if g, _ := formLine(lines[next]); g == formNone {
					value = strings.TrimSpace(lines[next])
				}
			}
		}
		addr := ""
		if field == formAddr || field == formName {
			addr = findAddr(value)
		}
		if field == formAddr && addr == "" {
			continue
		}
		if seen[field]++; seen[field] > 1 && field != formMore {
			continue
		}
		switch field {
		case formName:
			f.Name = intake.OneLine(value, maxName)
			if a := quotedAddress(value); addr != "" {
				f.Name = a.Name
			}
		case formFirst:
			first = intake.OneLine(value, maxName)
		case formLast:
			last = intake.OneLine(value, maxName)
		}
		if addr != "" && f.Addr == "" {
			f.Addr = addr
			seen[formAddr]++
		}
	}
	f.Name = cmp.Or(f.Name, strings.TrimSpace(first+" "+last))
	if f.Addr != "" { // the address has its label: so have the cells of the same table
		for field, v := range cells {
			seen[field]++
			if field == formName && f.Name == "" {
				f.Name = intake.OneLine(v, maxName)
			}
		}
	}
	named := f.Name != "" || f.Addr != ""
	kinds := 0
	for _, n := range seen {
		if n > 0 {
			kinds++
		}
	}
	if kinds < 2 && f.Addr == "" {
		return spokenFor(m)
	}
	if !named || kinds < 2 || seen[formText] == 0 && kinds+seen[formMore] < 3 && f.Addr == "" || f.Addr == "" && seen[formText] == 0 {
		return nil
	}
	own := func(a intake.Address) bool {
		return f.Addr != "" && strings.EqualFold(a.Addr, f.Addr) || f.Name != "" && strings.EqualFold(a.Name, f.Name)
	}
	if slices.ContainsFunc(m.From, own) {
		return nil
	}
	return f
}

// spokenFor reads a site's mail that is no form but says for whom it was sent,
// in a sentence with an address.
func spokenFor(m *intake.Message) *intake.Form {
	head := m.Text[:min(len(m.Text), 600)]
	if !strings.Contains(head, "@") || len(m.From) == 0 {
		return nil
	}
	addr := findAddr(head)
	local, _, _ := strings.Cut(strings.ToLower(m.From[0].Addr), "@")
	if addr == "" || strings.EqualFold(addr, m.From[0].Addr) || !slices.Contains(siteNames, local) && !relaying.Any(plainWords(head)) {
		return nil
	}
	return &intake.Form{Addr: addr}
}

// siteNames are the names of mailboxes from which sites write.
var siteNames = strings.Fields("web website webmaster webforms forms form wordpress www www-data apache nobody noreply no-reply donotreply notifications notification notify mailer contact contactform contact-form enquiries enquiry submissions survey gwefan")

// relaying are phrases with which a site says that it forwards what somebody
// wrote there.
var relaying = phrases.New([]string{"contact form", "web form", "online form", "enquiry form", "feedback form", "request form", "via the website", "via our website", "through the website", "through our website", "by the website", "from the website", "from your website", "on your website", "on our website", "form submission", "has been submitted", "was submitted", "has submitted", "new submission", "sent you a message through", "sent a message via", "sent on behalf of", "ffurflen gyswllt", "ffurflen we", "drwy'r wefan", "trwy'r wefan"})

// formLine reads "Name: value", "Name | value", "Name<tab>value", a name alone,
// or the name of an address field before an address.
func formLine(l string) (formField, string) {
	l = strings.TrimLeft(strings.Trim(l, " *_#-•|>\t"), "0123456789.) ")
	if l == "" || len(l) > 4000 {
		return formNone, ""
	}
	if i := strings.IndexAny(l, ":|\t=："); i > 0 && i <= 60 {
		_, value, _ := strings.Cut(l[i:], string([]rune(l[i:])[0]))
		if f := formLabel(l[:i]); f != formNone {
			return f, strings.Trim(value, " *_|\t")
		}
	}
	if len(l) > 60 {
		return formNone, ""
	}
	if f := formLabel(l); f != formNone {
		return f, ""
	}
	if at := strings.IndexByte(l, '@'); at > 0 {
		if i := strings.LastIndexAny(l[:at], " \t"); i > 0 && formLabel(l[:i]) == formAddr {
			return formAddr, l[i+1:]
		}
	}
	return formNone, ""
}

// formCell reads a label and its value that were in two cells of a table.
func formCell(l string) (formField, string) {
	label, value, _ := strings.Cut(strings.TrimSpace(l), " ")
	f := formLabels[strings.ToLower(label)]
	if value = strings.TrimSpace(value); f != formName && f != formText || value == "" || value[0] < 'A' || value[0] > 'Z' {
		return formNone, ""
	}
	return f, value
}

func formLabel(s string) formField {
	s = strings.Trim(plainWords(s), " *_?.:()")
	for part := range strings.SplitSeq(s, "/") { // in two languages
		if f, ok := formLabels[strings.TrimSpace(part)]; ok {
			return f
		}
	}
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(s, "(required)"), "*"))
	if f, ok := formLabels[s]; ok {
		return f
	}
	if len(s) < 80 && beginsWith(s, []string{"describe ", "please describe ", "please tell us ", "please give details", "what information ", "what would you like", "details of ", "tell us about"}) {
		return formText
	}
	return formNone
}
