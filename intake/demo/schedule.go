package demo

import (
	"embed"
	"time"

	"requestd/deadlines"
)

//go:embed mails/*.eml
var mails embed.FS

// sample is one mail of the demonstration and when it comes in.
type sample struct {
	file    string // in mails/
	box     string // the mailbox; "" for both
	ago     int    // days before the day of the demonstration
	at      string // London time
	earlier int    // for a mail that was passed on: days between the inner mail and its arrival
	answers string // the sample whose acknowledgement this mail answers or returns
}

// samples are in the order in which they come in. The first comes before the
// day from which the daemon answers.
var samples = []sample{
	{file: "before-start", box: cafcass, ago: 40, at: "11:20"},
	{file: "whole-file", box: cafcass, ago: 34, at: "19:44"},
	{file: "agency-costs", box: cafcass, ago: 26, at: "09:12"},
	{file: "ystadegau", box: cymru, ago: 25, at: "10:31"},
	{file: "newsletter", box: cafcass, ago: 25, at: "06:00"},
	{file: "away", box: cymru, ago: 24, at: "08:15"},
	{file: "hybrid", box: cafcass, ago: 24, at: "14:02"},
	{file: "not-satisfied", box: cafcass, ago: 21, at: "16:40"},
	{file: "reply-to-case", box: cafcass, ago: 20, at: "09:55", answers: "agency-costs"},
	{file: "html-only", box: cafcass, ago: 19, at: "12:08"},
	{file: "fy-nghofnodion", box: cymru, ago: 18, at: "20:17"},
	{file: "both-mailboxes", ago: 17, at: "13:26"},
	{file: "whatdotheyknow", box: cafcass, ago: 14, at: "15:49"},
	{file: "letter-attached", box: cafcass, ago: 13, at: "10:03"},
	{file: "forwarded", box: cafcass, ago: 12, at: "09:30", earlier: 4},
	{file: "danger", box: cafcass, ago: 11, at: "23:05"},
	{file: "wrong-address", box: cafcass, ago: 10, at: "17:21"},
	{file: "bounce", box: cafcass, ago: 10, at: "17:25", answers: "wrong-address"},
	{file: "sales", box: cymru, ago: 7, at: "11:11"},
	{file: "thanks", box: cafcass, ago: 6, at: "08:50", answers: "html-only"},
	{file: "complaint", box: cafcass, ago: 6, at: "18:36"},
	{file: "solicitor", box: cafcass, ago: 5, at: "11:58"},
	{file: "invitation", box: cymru, ago: 4, at: "09:00"},
	{file: "young-person", box: cafcass, ago: 4, at: "21:33"},
	{file: "erasure", box: cafcass, ago: 3, at: "13:14"},
	{file: "one-line", box: cymru, ago: 2, at: "16:05"},
	{file: "unclear", box: cafcass, ago: 1, at: "10:22"},
	{file: "dwyieithog", box: cymru, ago: 1, at: "12:47"},
	{file: "supervision", box: cafcass, ago: 0, at: "09:41"},
}

// startAgo is how many days before the demonstration the daemon begins to
// answer mail.
const startAgo = 35

// delivery is a mail that is about to come in.
type delivery struct {
	sample
	raw   []byte // the user's own mail; nil for the sample's
	boxes []string
	at    time.Time
}

// schedule sets the samples on days before now. None comes in later than now.
func schedule(now time.Time) ([]delivery, error) {
	today := deadlines.DayOf(now)
	var all []delivery
	for _, s := range samples {
		clock, err := time.Parse("15:04", s.at)
		if err != nil {
			return nil, err
		}
		d := delivery{sample: s, boxes: []string{s.box}, at: (today - deadlines.Day(s.ago)).Time(clock.Hour(), clock.Minute())}
		if s.box == "" {
			d.boxes = []string{cafcass, cymru}
		}
		if latest := now.Add(-2 * time.Minute); d.at.After(latest) {
			d.at = latest
		}
		d.at = d.at.Truncate(time.Second)
		all = append(all, d)
	}
	return all, nil
}
