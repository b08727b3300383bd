package deadlines

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// vector is one worked example; each rule uses some of the fields.
type vector struct {
	Rule   string
	Note   string
	Source string

	Received, Due               Day
	Pit                         Day `json:"pit_40wd"`
	RelevantTime                Day `json:"relevant_time"`
	Base                        Day
	DueEW                       Day `json:"due_EW"`
	DueAnyUK                    Day `json:"due_if_anyUK"`
	Base3m                      Day `json:"base_3m"`
	Due3m                       Day `json:"due_3m_EW"`
	Correct3m                   Day `json:"correct_3m"`
	WrongChained                Day `json:"wrong_chained"`
	NoticeBy                    Day `json:"notice_by_unrolled"`
	Asked                       Day
	DaysStatute                 int `json:"excluded_days_statute_inclusive"`
	DueStatute                  Day `json:"due_statute"`
	DaysConservative            int `json:"excluded_days_conservative"`
	DueConservative             Day `json:"due_conservative"`
	IDRequested                 Day `json:"id_requested"`
	IDReceived                  Day `json:"id_received"`
	DueWithoutIDRequest         Day `json:"due_without_id_request"`
	ClarificationAsked          Day `json:"clarification_asked"`
	ClarificationReceived       Day `json:"clarification_received"`
	OldDue                      Day `json:"old_due"`
	Notice                      Day
	Paid                        Day
	PayBy                       Day `json:"pay_by"`
	Target20                    Day `json:"target_20wd"`
	Max40                       Day `json:"max_40wd"`
	ResponseIssued              Day `json:"response_issued"`
	UsualLastDay                Day `json:"usual_last_day"`
	DueICO                      Day `json:"due_ICO_EW"`
	CautiousNoRollBeginningWith Day `json:"cautious_no_roll_beginning_with"`
	UTC                         time.Time
	LocalDate                   Day `json:"local_date"`
}

func TestWorkedExamples(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 60 {
		t.Fatalf("%d worked examples, want 60", len(vectors))
	}
	for _, v := range vectors {
		day := max(v.Received, v.RelevantTime, v.LocalDate, v.ResponseIssued)
		t.Run(v.Rule+"/"+day.String(), func(t *testing.T) { v.check(t) })
	}
}

func (v vector) check(t *testing.T) {
	c := Default()
	foi := func(events ...Event) Result { return compute(t, KindFOI, "", v.Received, events...) }
	dsar := func(day Day, events ...Event) Result { return compute(t, KindDSAR, "", day, events...) }
	switch v.Rule {
	case "foi_20wd_anyUK":
		same(t, "due", foi().RespondBy, v.Due)
		if v.Received.Year() == 2017 {
			// The example overlooks the twelfth of July, a bank holiday in Northern
			// Ireland, because its list begins with 2018.
			v.Pit++
		}
		same(t, "extended", foi(Event{Extended, v.Received}).RespondBy, v.Pit)
	case "sar_1month":
		same(t, "base", v.RelevantTime.AddMonths(1), v.Base)
		same(t, "due", dsar(v.RelevantTime).RespondBy, v.DueEW)
		same(t, "roll on any-UK", c.OnOrAfter(AnyUK, v.Base), v.DueAnyUK)
		same(t, "three months", v.RelevantTime.AddMonths(3), v.Base3m)
		same(t, "extended", dsar(v.RelevantTime, Event{Extended, v.RelevantTime}).RespondBy, v.Due3m)
	case "sar_extension_from_start_not_chained":
		r := dsar(v.RelevantTime, Event{Extended, v.RelevantTime})
		same(t, "extended", r.RespondBy, v.Correct3m)
		same(t, "notice", r.ExtensionNoticeBy, v.NoticeBy)
		same(t, "chained", v.RelevantTime.AddMonths(1).AddMonths(2), v.WrongChained)
	case "sar_clarification_pause":
		r := dsar(v.RelevantTime, Event{ClarificationRequested, v.Asked}, Event{ClarificationReceived, v.Received})
		same(t, "due", r.RespondBy, v.DueConservative)
		same(t, "statute", r.LongerReading, v.DueStatute)
	case "sar_id_resets":
		r := dsar(v.Received, Event{IdentityRequested, v.IDRequested}, Event{IdentityReceived, v.IDReceived})
		same(t, "due", r.RespondBy, v.DueEW)
		same(t, "without", dsar(v.Received).RespondBy, v.DueWithoutIDRequest)
	case "foi_clarification_reset":
		r := foi(Event{ClarificationRequested, v.ClarificationAsked}, Event{ClarificationReceived, v.ClarificationReceived})
		same(t, "due", r.RespondBy, v.Due)
		same(t, "old due", foi().RespondBy, v.OldDue)
	case "foi_fee_notice":
		same(t, "due", foi(Event{FeeRequested, v.Notice}, Event{FeeReceived, v.Paid}).RespondBy, v.Due)
		same(t, "pay by", FeePayableBy(v.Notice), v.PayBy)
	case "foi_internal_review":
		same(t, "target", compute(t, KindReview, KindFOI, v.Received).RespondBy, v.Target20)
		same(t, "extended", compute(t, KindReview, KindFOI, v.Received, Event{Extended, v.Received}).RespondBy, v.Max40)
	case "foi_ir_request_window_40wd":
		same(t, "last day", c.AddWorkingDays(AnyUK, v.ResponseIssued, 40), v.UsualLastDay)
	case "cafcass_cymru_ack_3wd":
		same(t, "acknowledge", foi().AcknowledgeBy, v.DueEW)
		same(t, "on any-UK", c.AddWorkingDays(AnyUK, v.Received, 3), v.DueAnyUK)
	case "dpa_164A_ack_30d":
		same(t, "acknowledge", compute(t, KindReview, KindDSAR, v.Received).ComplaintAcknowledgeBy, v.DueICO)
	case "timezone":
		same(t, "London day", DayOf(v.UTC), v.LocalDate)
	default:
		t.Fatalf("no check for the rule %s", v.Rule)
	}
}

func compute(t *testing.T, kind, of string, received Day, events ...Event) Result {
	t.Helper()
	r, err := Default().Compute(Request{Kind: kind, Of: of, Received: received, Events: events}, DefaultRules())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func same(t *testing.T, what string, got, want Day) {
	t.Helper()
	if want == 0 {
		t.Errorf("%s: the example gives no date", what)
	}
	if got != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}
