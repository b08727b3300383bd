package intake

import "requestd/deadlines"

// readAck finds the state of the acknowledgement. Once made it stays made,
// whatever becomes of another letter, such as a correction or one that was no
// longer needed.
func (v *View) readAck(live []Event) {
	for _, e := range live {
		if !v.Ack.At.IsZero() && e.Letter != 0 && e.Letter != v.Ack.Letter {
			continue
		}
		switch e.Name {
		case AckQueued:
			v.Ack = Ack{Queued: true, Letter: e.Letter}
		case AckHeld:
			if e.Code == AckWithdrawn && len(v.Ack.Held) > 0 {
				continue // it was held already, and the reason still holds
			}
			v.Ack = Ack{Held: splitCodes(e.Code), Letter: e.Letter}
		case AckSent:
			v.Ack = Ack{At: e.At, Letter: e.Letter}
		case AckBounced, AckFailed:
			v.Ack = Ack{Bounced: true, Letter: e.Letter}
		case Acknowledged:
			at := e.Day.Time(12, 0).UTC()
			if e.At.Before(at) && deadlines.DayOf(e.At) == e.Day {
				at = e.At // it was made no later than it was recorded
			}
			if v.Ack.ByHand || v.Ack.At.IsZero() || at.Before(v.Ack.At) { // a later one does not make it late
				v.Ack = Ack{At: at, ByHand: true}
			}
		}
	}
	if !v.Ack.At.IsZero() {
		at := v.Ack.At
		v.AcknowledgedAt, v.AckByHand = &at, v.Ack.ByHand
	}
}

func (v *View) readState(merged bool) {
	finished, waiting := 0, 0
	counts := map[string]int{}
	for _, k := range v.Clocks {
		counts[k.State]++
		if k.Finished() {
			finished++
		} else if k.RespondBy == 0 {
			waiting++
		}
	}
	switch {
	case v.Kind == NotARequest:
		v.State = StateNotARequest
	case merged:
		v.State = StateClosed
	case finished == len(v.Clocks) && counts["responded"] > 0:
		v.State = StateResponded
	case finished == len(v.Clocks) && counts["withdrawn"] > 0:
		v.State = StateWithdrawn
	case finished == len(v.Clocks):
		v.State = StateClosed
	case !v.Decided:
		v.State = StateTriage
	case waiting > 0 && waiting+finished == len(v.Clocks):
		v.State = StateWaiting
	default:
		v.State = StateOpen
	}
}

// Due returns the earliest due day of the parts of the case that have not
// ended; 0 if none has a date.
func (v *View) Due() deadlines.Day { return v.Earliest(Clock.Due) }

// Earliest returns the earliest of a date of the parts of the case that have
// not ended; 0 if none has that date.
func (v *View) Earliest(date func(Clock) deadlines.Day) (first deadlines.Day) {
	for _, k := range v.Clocks {
		if d := date(k); !k.Finished() && d != 0 && (first == 0 || d < first) {
			first = d
		}
	}
	return first
}

// readLate finds for each part whether it was ever late in law, and for a house
// target whether it was missed.
func (v *View) readLate(today deadlines.Day) {
	for i := range v.Clocks {
		k := &v.Clocks[i]
		k.LateSince, k.DaysLate = k.Result.LateSince(today), k.Result.DaysLate(today)
		if k.LateSince != 0 && (v.LateSince == 0 || k.LateSince < v.LateSince) {
			v.LateSince = k.LateSince
		}
		if k.Kind == Review && k.Of != EIR && k.RespondBy != 0 {
			until := today
			if k.Result.Answered != 0 {
				until = k.Result.Answered
			} else if k.Finished() {
				until = k.Result.Ended
			}
			k.Missed = until > k.RespondBy
		}
	}
}

// DaysLate returns how late the latest part was, in calendar days.
func (v *View) DaysLate() (n int) {
	for _, k := range v.Clocks {
		n = max(n, k.DaysLate)
	}
	return n
}

func (v *View) readDue(today deadlines.Day) {
	due := v.Due()
	v.Overdue = v.IsOpen() && due != 0 && due < today
	for _, k := range v.Clocks {
		v.Warnings = append(v.Warnings, k.Result.Warnings...)
	}
}
