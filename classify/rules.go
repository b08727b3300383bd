package classify

// derivedRule is a rule on the whole mail. Its points are where the training
// of its weight begins.
type derivedRule struct {
	name   string
	class  int
	points float64
	test   func(s *signs) bool
}

var derived = []derivedRule{
	{"unhappy in a reply to us", cReview, 2.5, func(s *signs) bool {
		return s.threaded() && s.any("unhappy", "not-answered", "appeal", "exemption", "internal-review") && !s.fromRegulator()
	}},
	{"late, in a reply to us", cReview, 2, func(s *signs) bool { return s.threaded() && s.any("lateness") && s.any("lateness", "unhappy") }},
	{"sends papers in a reply", cDSAR, 3, func(s *signs) bool {
		return s.threaded() && (s.ctx.papers || s.ctx.letter.identity || s.any("authority-words", "id-words") && s.ctx.letters) && s.any("supply", "client") && !s.any("unhappy", "lateness")
	}},
	{"answers our question about a request for figures", cFOI, 2.5, func(s *signs) bool {
		return s.threaded() && (s.ctx.letter.clarify || s.any("clarify")) && !s.dsarThread() && !s.any("unhappy", "not-answered", "withdraw")
	}},
	{"answers our question about a request for own data", cDSAR, 2.5, func(s *signs) bool {
		return s.threaded() && (s.ctx.letter.clarify || s.any("clarify")) && s.dsarThread() && !s.any("unhappy", "not-answered", "withdraw", "lateness")
	}},
	{"thanks and asks nothing", cOther, 2.5, func(s *signs) bool {
		return s.body("thanks") && !s.asks && !s.thanksBut() && !s.any("unhappy", "not-answered", "clarify", "supply")
	}},
	{"from the regulator", cOther, 4, func(s *signs) bool {
		return s.fromRegulator()
	}},
	{"says that own records are late", cReview, 2, func(s *signs) bool {
		return s.any("lateness") && s.any("own", "child-data", "client", "sar-words") && s.any("prior", "unhappy", "ico")
	}},
	{"adds papers to a file", cOther, 2, func(s *signs) bool { return s.any("file-this") && s.any("supply") }},
	{"disputes an answer and asks anew", cReview, 3, func(s *signs) bool {
		return s.threaded() && s.any("unhappy", "internal-review", "appeal", "exemption") && s.any("new-ask")
	}},
	{"threatens with the Commissioner over a request", cReview, 2, func(s *signs) bool {
		return s.any("ico") && s.any("prior", "lateness", "unhappy") && !s.fromRegulator() && !(s.any("ask-count") && s.asksGeneral)
	}},
	{"says that it is automatic", cAuto, 3, func(s *signs) bool { return s.any("auto-sure") && !s.any("client", "form-relay") }},
	{"court papers", cOther, 2, func(s *signs) bool { return s.any("court-sure") && !s.any("client", "count") }},
	{"applies for a post", cOther, 2.5, func(s *signs) bool { return s.any("job") && s.any("supply") && !s.threaded() }},
	{"asks for papers of the dead", cFOI, 2, func(s *signs) bool { return s.asks && s.any("deceased") && !s.any("lateness", "unhappy") }},
	{"asks about somebody else", cFOI, 2, func(s *signs) bool { return s.asks && s.any("third-party") && !s.any("own", "client", "pr") }},
	{"withdraws a request", cOther, 3, func(s *signs) bool { return s.any("withdraw") && (s.threaded() || s.any("prior")) && !s.any("unhappy") }},
	{"asks when the answer comes", cOther, 2.5, func(s *signs) bool {
		return s.threaded() && s.any("chaser") && !s.any("unhappy", "not-answered", "lateness", "ico")
	}},
	{"asks how to ask", cOther, 3, func(s *signs) bool {
		return s.any("how-to") && !s.any("own", "child-data", "client", "count") && !s.threaded()
	}},
	{"speaks of harm and asks for no records", cOther, 3, func(s *signs) bool { return s.any("harm-sure", "child-sure") && !s.asks && !s.any("own") }},
	{"thanks, and goes on with a but", cReview, 2, func(s *signs) bool { return s.thanksBut() }},
	{"a colleague asks", cOther, 2.5, func(s *signs) bool { return s.ctx.staff && s.words.forward == nil && !s.any("own") }},
	{"asks for nothing", cOther, 2, func(s *signs) bool {
		return !s.asks && !s.any("lateness", "unhappy", "internal-review", "not-answered", "own", "appeal")
	}},
	{"written by a program", cAuto, 2, func(s *signs) bool { return s.any("auto-text", "bounce", "ticket") && !s.any("own") }},
	{"asks for records of no person of its own", cFOI, 1, func(s *signs) bool {
		return s.asks && s.any("count", "policy", "spend", "env") && !s.any("own", "child-data", "client") && !(s.threaded() && s.any("unhappy", "internal-review", "appeal"))
	}},
	{"asks for records that are its own alone", cDSAR, 1, func(s *signs) bool {
		return s.asks && s.any("own", "child-data") && !s.any("count", "spend", "env", "lateness", "unhappy", "not-answered", "file-this", "rights-sure", "job")
	}},
	{"acts for somebody and asks for records", cDSAR, 2, func(s *signs) bool {
		return s.asks && s.any("client", "pr") && s.any("records") && !s.any("count", "spend", "policy", "lateness", "no-own")
	}},
	{"says that it is about nobody", cFOI, 1.5, func(s *signs) bool { return s.asks && s.any("no-own") }},
}

// thanksBut reports whether thanks for an answer are followed by what it lacks.
func (s *signs) thanksBut() bool {
	return s.threaded() && s.body("thanks") && s.body("but") && s.ctx.words > 20 && !s.any("chaser", "withdraw", "nothing-more")
}

// fromRegulator reports whether a regulator or a tribunal writes about a
// complaint that it has; people who threaten with a complaint use the same
// words.
func (s *signs) fromRegulator() bool {
	return s.any("regulator") && (s.ctx.role == "sender: regulator" || s.ctx.role == "sender: court") && !s.any("form-relay", "sar-words")
}
