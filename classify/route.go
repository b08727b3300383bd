package classify

import (
	"strings"

	"requestd/intake"
	"requestd/intake/holds"
	"requestd/intake/phrases"
)

const seemsWdraw = "withdrawal"

// route checks, once the kind is decided, what the words alone do not show:
// whether all of the mail could be read, for whom a form speaks, and whether
// the words are about the handling of a request instead of asking anew.
func (c *Classifier) route(m *intake.Message, s *signs, r *intake.Reading) {
	strange := foreign(s.text)
	if strange { // words of other languages look Welsh
		r.Language = "en"
	}
	if r.Urgent != "" {
		return
	}
	low := lowered(s.words.body)
	switch {
	case s.withdrawn(low, r):
		r.Kind, r.Of, r.Also, r.Decision = intake.Other, "", []intake.Kind{}, intake.Pass
		r.Seems, r.Followup = seemsWdraw, r.Followup || s.ctx.reply
		return
	case r.Decision != intake.Pass && r.Attention == "" && s.remark(m, low):
		r.Kind, r.Of, r.Also, r.Decision = intake.Other, "", []intake.Kind{}, intake.Pass
		if r.Followup = true; r.Seems == "" {
			r.Seems = "remark"
		}
		return
	}
	unasked := r.Decision == intake.Acknowledge && s.ctx.attached && !s.asksPlainly // the request must be in an attachment
	if unasked || r.Decision == intake.Pass && !(r.Followup && s.proved()) {
		if what, quote := s.unreadable(m, low); what != "" {
			r.Decision = intake.Triage
			r.Evidence = append(r.Evidence, intake.Evidence{Signal: what, Quote: clip(quote, 120)})
		}
	}
	if r.Decision == intake.Pass {
		return
	}
	if s.words.passed != nil {
		r.Hold = append(r.Hold, holds.PassedOn)
		r.Evidence = append(r.Evidence, intake.Evidence{Signal: "passed on by somebody who is no colleague", Quote: s.words.passed.From.Name + " " + s.words.passed.From.Addr})
	} else if f := m.Form; f != nil && s.words.forward == nil && !spokenFor(m, f) {
		r.Hold = append(r.Hold, holds.Form)
		r.Evidence = append(r.Evidence, intake.Evidence{Signal: "a form speaks for somebody else", Quote: strings.TrimSpace(f.Name + " " + f.Addr)})
	}
	if words := offers.In(low); words.Has(offersSurely) || words.Has(offersPerhaps) && !words.Has(namesRecords) && s.ctx.words < 120 {
		r.Hold = append(r.Hold, holds.Offer)
		r.Evidence = append(r.Evidence, intake.Evidence{Signal: "offers something", Quote: clip(strings.TrimSpace(low), 120)})
	}
	if r.Decision == intake.Acknowledge && strange {
		r.Decision = intake.Triage
		r.Evidence = append(r.Evidence, intake.Evidence{Signal: "in another language than English and Welsh"})
	}
}

// spokenFor reports whether an answer to the mail reaches the person who filled
// in its form.
func spokenFor(m *intake.Message, f *intake.Form) bool {
	to := m.AnswerTo(nil)
	if f.Addr != "" {
		return strings.EqualFold(to.Addr, f.Addr)
	}
	return len(m.ReplyTo) > 0 || f.Name == "" || strings.Contains(lowered(to.Name+" "+to.Addr), lastWord(f.Name))
}

func lastWord(s string) string {
	w := strings.Fields(strings.ToLower(s))
	if len(w) == 0 {
		return ""
	}
	return w[len(w)-1]
}

// proved reports whether the mail certainly belongs to a request of ours: a
// heading that begins with Re: alone proves nothing.
func (s *signs) proved() bool {
	return s.ctx.known || s.ctx.letter.ours || s.ctx.refSubject || s.ctx.refText
}

// What an offer says, in the order of the phrases below.
const (
	offersSurely = iota
	offersPerhaps
	namesRecords
)

// offers are phrases of spam and sales.
var offers = phrases.New(
	[]string{
		"offer you a loan", "loan offer", "business loan", "personal loan", "unsecured loan", "financial assistance to individuals", "interest rate of", "guest post", "backlink", "link building", "link exchange", "first page of google", "rank your website", "rank on google", "search engine ranking", "seo services", "seo audit", "seo package", "website traffic", "redesign your website", "web design services", "app development services", "next of kin", "inheritance fund", "unclaimed fund", "lottery", "you have won", "million dollars", "million usd", "atm card", "bank draft", "western union", "investment opportunity", "crypto investment", "email list of", "contact list of", "database of decision makers", "attendees list", "lead generation", "increase your sales", "limited time offer", "buy now", "discount code", "book a demo", "free demo", "schedule a demo", "free trial",
	},
	[]string{
		"we help ", "we supply ", "contract end date", "current tariff", "price list", "company profile", "we can provide", "we can offer", "we offer", "our services", "our company", "our product", "our platform", "our software", "our team of experts", "free audit", "free quote", "free consultation", "best price", "competitive price", "quick call", "15 minutes", "15-minute", "who manages your", "i came across your website", "i visited your website", "i was looking at your website", "i noticed your website", "dear sir/madam, we are a", "we are a leading", "copy of your passport", "copy of your id", "your bank details", "your account details", "all your details",
	},
	[]string{"freedom of information", " foi", "subject access", "data protection act", "gdpr", "about me", "about my", "my file", "my case", "my child", "my son", "my daughter", "section 7", "family court", "cafcass"},
)

// What a text says about taking a request back, in the order of the phrases
// below.
const (
	takesBack = iota
	butAsks
)

var takingBack = phrases.New(
	[]string{
		"as withdrawn", "withdraw my", "withdraw the", "withdraw this", "withdraw it", "withdrawing my", "i withdraw", "like to withdraw", "want to withdraw", "wish to withdraw", "is withdrawn", "be withdrawn", "disregard my", "disregard the", "disregard this", "disregard it", "ignore my request", "ignore my foi", "ignore my last", "ignore my previous", "ignore my email", "ignore my e-mail", "ignore this request", "ignore the request", "cancel my", "cancel the request", "cancel this request", "cancelling my", "no longer wish to proceed", "no longer wish to pursue", "no longer want to proceed", "no longer need", "no longer require", "no longer want", "not wish to continue", "not wish to proceed", "don't wish to proceed", "not want to proceed", "don't want to proceed", "not proceed with", "not proceeding with", "not going ahead with", "don't need it any", "do not need it any", "don't need this any", "do not need this any", "drop my request", "drop the request", "drop this request", "close my request", "close the request", "close this request", "close my case", "sent by mistake", "sent in error", "don't bother with my", "forget my request", "forget about my request", "forget the request", "take back my request",
		"tynnu fy nghais yn ôl", "tynnu'r cais yn ôl", "tynnu fy nghais i'n ôl", "tynnu nghais yn ôl", "tynnu'n ôl", "anwybyddwch fy nghais", "anwybyddwch fy", "anwybyddu fy nghais", "canslo fy nghais", "canslo'r cais", "ddim angen yr wybodaeth", "ddim angen y wybodaeth", "nid oes angen yr wybodaeth", "does dim angen yr wybodaeth", "nid oes angen ateb", "ddim angen ateb", "angen bellach", "angen mwyach", "peidio â pharhau", "peidiwch â pharhau", "ddim am barhau", "ddim eisiau parhau",
	},
	[]string{
		" instead", " but please", " but i would", " but i'd", " but i still", " however", " new request", " replace it", " replaced by", " in its place", " rather than", " complaint", " unhappy", " not happy", " dissatisfied", " internal review", " if you", " unless", " do not withdraw", " not withdraw", " did not withdraw", " won't withdraw", " will not withdraw", " never withdrew", " refuse to withdraw", " part of", " first part", " second part", " question 1", " question 2", " only need", " only want", " still want", " still need", " why ", " how many", " everything you", "?",
		" yn lle", " cais newydd", " ond ", " cwyn", " anhapus", " adolygiad", " os ",
	},
)

// withdrawn reports whether a short mail takes a request back and wants nothing
// else.
func (s *signs) withdrawn(low string, r *intake.Reading) bool {
	if s.ctx.words > 60 || r.Attention != "" || s.words.forward != nil {
		return false
	}
	says := takingBack.In(low)
	return says.Has(takesBack) && !says.Has(butAsks) && (s.threaded() || s.ctx.reply || strings.Contains(low, "request") || strings.Contains(low, "cais") || strings.Contains(low, "nghais"))
}

// What a short answer to a letter of ours is about, in the order of the phrases
// below.
const (
	aboutHandling = iota
	asksAnew
)

// handling are phrases of remarks on how a request is dealt with: the form of
// its answer, who deals with it, how long it takes, what exactly was meant.
var handling = phrases.New(
	[]string{
		"to this address", "shall i send", "should i send", "how will you send", "add to my request", "broken down", "break it down", "breakdown by", "name of the officer", "name of whoever", "excel", "spreadsheet", "csv", "pdf", " word format", "word document", "large print", "by post", " post the answer", " post it", " email it", " email the answer", " send it by", " send it as", " send it in", "by email", "by e-mail", "electronic", "in the post", "paper copy", "hard copy", "on paper", "format", "who is dealing", "who's dealing", "who is handling", "who will be dealing", "who is looking", "who do i", "who should i", "name of the person", "speak to someone", "speak to somebody", "someone i can", "somebody i can", "contact number", "telephone number", "phone number", "a number ", "reach you", "ring you", "call you", "call me", "ring me", "phone me", "confirm that you have", "confirm you have", "confirm receipt", "confirm that you received", "confirm that you got", "did you get", "did you receive", "have you received", "have you got my", "received my", "got my", "how long", "how many days", "how many weeks", "normally take", "usually take", "does it take", "will it take", "is it likely to take", "when will", "when can i expect", "when should i expect", "when do you", "what date", "what day", "by when", "happy to wait", "can wait", "no rush", "no hurry", "no problem", "not urgent", "take your time", "in your own time", "narrow", "would it help", "does it help", "to help you", "helps you", "to clarify", "to be clear", "i meant", "i mean ", "what i mean", "by that i", "please include", "please also include", "please leave out", "please exclude", "can you include", "could you include", "in the figures", "in my request", "of my request", "about my request", "with my request", "limit it to", "limited to", "only need", "only want", "just need", "just want", "you can leave out", "do you need", "do you require", "anything else you need", "anything further", "anything else from me", "more information from me", "my reference", "the reference", "my address is", "my new address", "my new email", "my phone is", "my number is", "address to send", "use this address", "use this email", "will be away", "am away", "be on holiday", "be away", "out of the country", "that is fine", "that's fine", "that is clear", "is there a charge", "is there a fee", "is it free", "do i have to pay", "is there anything",
		"taenlen", "ar bapur", "drwy'r post", "trwy'r post", "ar e-bost", "fformat", "pwy sy'n delio", "pwy sy'n ymdrin", "rhif ffôn", "faint o amser", "pa mor hir", "pryd fydd", "pryd fyddaf", "pryd ga", "cadarnhau eich bod", "ydych chi wedi derbyn", "wedi derbyn fy", "hapus i aros", "dim brys", "dim problem", "culhau", "cyfyngu", "yn fy nghais", "fy nghais i", "byddaf i ffwrdd", "bydda i ffwrdd", "a fyddai'n help", "oes angen",
	},
	[]string{
		"freedom of information act", " foi request for", " foia", " under the ", " also like", " also want", " also ask", " also tell", " also send", " also provide", " also please", " another request", " new request", " further request", " second request", " different request", " separate request", " in addition", " additionally", " as well as", " as well please", " subject access", " about me", " about my ", " my file", " my records", " my data", " copy of", " copies of", " how many ", " how much ", " number of ", " spent ", " budget", " policy", " policies", " internal review", " review of", " review your", " review the", " appeal", " complain", " unhappy", " not happy", " dissatisfied", " disagree", " not satisfied", " unsatisf", " not accept", " late", " overdue", " delay", " deadline", " 20 working days", " twenty working days", " one month", " should have had", " should have been", " should have received", " not had ", " still waiting", " no reply", " not replied", " no answer", " not answered", " unanswered", " failed to", " ico ", " commissioner", " ombudsman", " solicitor", " delete", " erase", " incorrect", " wrong ", " why ", " refus", " exempt", " redact", " withheld", " missing", " not good enough", " too long", " unacceptable", " ridiculous", " disgust", " disappoint", " reconsider", " look again", " not what i asked", " not answer", "n't answer", " not accept", " haven't had", " have not had", " have had nothing", " heard nothing", " nothing from you", " breach", " danger", " afraid", " kill", " hurt", " police",
		" rhyddid gwybodaeth", " hefyd", " cais newydd", " cais arall", " copi", " copïau", " amdana", " fy ffeil", " faint o ", " sawl ", " polisi", " adolygiad", " apel", " apêl", " cwyn", " anhapus", " anfodlon", " hwyr", " oedi", " heb gael", " heb ateb", " annerbyniol", " siom", " ailystyried", " dim byd", " comisiynydd", " dileu", " anghywir", " pam ",
	},
)

// timed are questions that the word lists of asksAnew would take for new ones.
var timed = strings.NewReplacer(
	" why does it take 20 working days", " how long", " why does it take", " how long",
	" about my request", " with my request", " about my foi", "",
	" how many days", " how long", " how many weeks", " how long", " late january", " january", " late february", " february",
	" faint o amser", " pa mor hir", " sawl diwrnod", " pa mor hir",
)

// wanting are phrases with which a person asks to be given something.
var wanting = phrases.New([]string{" send ", " provide", " supply", " give me", " tell me", " let me have", " i want", " i would like", " i'd like", " i need", " i am asking", " request a", " requesting", " disclose", " release", " anfon", " rhoi i mi", " hoffwn", " gofyn am", " dwi isio", " dwi eisiau"})

// acknowledging and answering are phrases with which our letters say what they
// are.
var acknowledging = phrases.New(
	[]string{"acknowledge", "we have received", "dealing with this as", "dealing with it as", "treating this as", "treating it as", "cydnabod", "yn delio", "yn trin", "wedi derbyn"},
	[]string{"enclose", "attached", "please find", "withheld", "exempt", "do not hold", "not held", "refus", "concludes", "our response", "our answer is", "you asked for", "amgae", "ynghlwm", "nid ydym yn dal"},
)

// underAck reports whether the mail is above our acknowledgement and does not
// dispute it: nothing was answered yet that it could dispute.
func (s *signs) underAck(m *intake.Message) bool {
	says := acknowledging.In(lowered(clip(unquoted.Replace(m.Quoted), 6000)))
	return says.Has(0) && !says.Has(1) && len(m.Attachments) == 0 && !s.body("unhappy", "lateness", "not-answered", "appeal", "exemption", "internal-review", "rights", "rights-sure")
}

// remarkWords is the most words of a mail that names nothing about the handling
// and is still taken for a remark.
const remarkWords = 25

// remark reports whether a short mail in a request's thread only comments on
// how the request is dealt with. It asks for nothing new and disputes nothing,
// so it belongs to its case and needs no letter.
func (s *signs) remark(m *intake.Message, low string) bool {
	if s.ctx.words > 60 || s.ctx.words == 0 || !s.threaded() || !s.proved() && !s.ctx.site || !s.ctx.reply || s.words.forward != nil {
		return false
	}
	if l := &s.ctx.letter; (l.clarify || l.identity) && !l.ack { // it may be the answer to our question
		return false
	}
	if handling.In(timed.Replace(strings.ReplaceAll(low, ",", ""))).Has(asksAnew) {
		return false
	}
	if s.ctx.words <= remarkWords && !s.asksPlainly && !wanting.Any(low) && s.underAck(m) {
		return true
	}
	about := false
	for _, sentence := range strings.FieldsFunc(s.words.body, func(r rune) bool { return r == '.' || r == '?' || r == '!' || r == '\n' }) {
		sentence = timed.Replace(strings.ReplaceAll(lowered(sentence), ",", ""))
		switch handles := handling.In(sentence).Has(aboutHandling); {
		case handles:
			about = true
		case len(strings.Fields(sentence)) > 4 && !courtesies.Any(sentence):
			return false // it also says something else
		}
	}
	return about
}

var courtesies = phrases.New([]string{" thank", " thanks", " hello", " dear ", " hope ", " regards", " sincerely", " faithfully", " sorry to ", " diolch", " annwyl", " cofion", " gobeithio"})
