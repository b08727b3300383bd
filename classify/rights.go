package classify

import (
	"requestd/intake"
	"requestd/intake/phrases"
)

// rightWords are the phrases with which people name the rights, in the order of
// intake.RightNames.
var rightWords = phrases.New(
	[]string{"delete", "erase", "erasure", "remove", "destroy", "shred", "wipe", "forgotten", "get rid of", "take me off", "take my", "off your system", "article 17", "art 17", "art. 17",
		"dileu", "ddileu", "difa", "ddifa", "cael gwared", "gwared ar", "tynnu fy", "chwalu", "erthygl 17", "anghofio"},
	[]string{"correct", "rectif", "put right", "put it right", "amend", "fix ", "change the", "change my", "change it", "wrong", "mistake", "misspel", "spelt", "spelled", "inaccura", "update my", "update the", "article 16", "art 16", "art. 16",
		"cywiro", "gywiro", "cywirwch", "newid y", "anghywir", "camsill", "unioni", "erthygl 16"},
	[]string{"restrict", "freeze", "put a hold on", "on hold while", "stop using", "stop processing", "not use my", "don't use my", "do not use my", "lock ", "set aside while", "until you have checked", "until this is sorted", "article 18", "art 18", "art. 18",
		"cyfyngu", "gyfyngu", "rhewi", "peidio â defnyddio", "peidiwch â defnyddio", "erthygl 18"},
	[]string{"portab", "machine readable", "machine-readable", "transfer my data", "move my data", "in a form that i can take", "to another organisation in", "article 20", "art 20", "art. 20",
		"cludadw", "erthygl 20"},
	[]string{"object to", "objection", "stop sharing", "stop passing", "stop sending my", "not to share", "don't share", "do not share", "not share", "no longer consent", "withdraw my consent", "withdraw consent", "take back my consent", "without my consent", "not be passed", "opt out", "article 21", "art 21", "art. 21",
		"gwrthwynebu", "rhoi'r gorau i rannu", "peidio â rhannu", "peidiwch â rhannu", "stopio rhannu", "tynnu fy nghydsyniad", "erthygl 21"},
)

// rights finds which rights a mail exercises. A mail that does this and asks
// for nothing under another regime is of the kind rights, and waits for a
// person; together with a request for own records they are a part of their own.
func (s *signs) rights(r *intake.Reading) {
	if r.Attention != "rights" || r.Decision == intake.Ignore {
		return
	}
	r.Right = append(r.Right, s.rightsNamed()...)
	switch r.Kind {
	case intake.Other:
		r.Kind, r.Of, r.Decision = intake.Rights, "", intake.Triage
	case intake.DSAR:
		r.Also = append(r.Also, intake.Rights)
	}
}

// rightsNamed returns the rights that the sender's words name.
func (s *signs) rightsNamed() (names []string) {
	says := rightWords.In(lowered(s.words.subject + "\n" + s.words.body))
	for i, name := range intake.RightNames {
		if says.Has(i) {
			names = append(names, name)
		}
	}
	return names
}
