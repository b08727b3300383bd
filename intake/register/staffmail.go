package register

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"requestd/intake"
	"requestd/store"
)

// staffFailedFor is how long a mail to staff that was refused or came back is a
// reason for an alarm.
const staffFailedFor = 7 * 24 * time.Hour

// returnedPrefix is where the register keeps which mail to staff came back
// lately, and when, by the letter's number.
const returnedPrefix = "returned/"

// StaffMailReturned records that a mail to staff came back.
func StaffMailReturned(tx *store.Tx, letter uint64) error {
	for name := range tx.FactNames(returnedPrefix) {
		at, _ := store.Fact[time.Time](tx, name)
		if tx.Now().Sub(at).Abs() >= staffFailedFor {
			if err := tx.DeleteFact(name); err != nil {
				return err
			}
		}
	}
	return tx.SetFact(fmt.Sprint(returnedPrefix, letter), tx.Now())
}

// staffMail counts mail to staff that did not reach them, as long as more may
// be sent to the same address: once the address was corrected there is nothing
// left to mend.
type staffMail struct {
	rg     *Register
	tx     *store.Tx
	people []string // officers and deputies of open cases; nil until they are needed
}

// refused reports whether a failed letter counts.
func (s *staffMail) refused(l *intake.Letter) bool {
	return !l.Purpose.Outside() && s.tx.Now().Sub(l.Created) < staffFailedFor && s.writes(l.To)
}

// returned counts mails to staff that came back.
func (s *staffMail) returned() (n int, err error) {
	for name := range s.tx.FactNames(returnedPrefix) {
		at, _ := store.Fact[time.Time](s.tx, name)
		id, err := strconv.ParseUint(strings.TrimPrefix(name, returnedPrefix), 10, 64)
		if err != nil || s.tx.Now().Sub(at).Abs() >= staffFailedFor {
			continue
		}
		l, err := s.tx.Letter(id)
		if err != nil {
			return 0, err
		}
		if l.State == intake.LetterBounced && s.writes(l.To) {
			n++
		}
	}
	return n, nil
}

// writes reports whether mail to staff may be sent to an address now.
func (s *staffMail) writes(to string) bool {
	for _, p := range s.rg.cases.Settings().Staff {
		if intake.SameAddress(p.Address, to) || intake.SameAddress(p.EscalateTo, to) {
			return true
		}
	}
	if s.people == nil {
		s.people = []string{""}
		for _, d := range s.rg.open(s.tx) {
			s.people = append(s.people, d.Officer, d.Cover)
		}
	}
	return slices.ContainsFunc(s.people, func(p string) bool { return intake.SameAddress(p, to) })
}
