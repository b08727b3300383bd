package store

import (
	"iter"
	"slices"

	"requestd/deadlines"
	"requestd/intake"
)

// openStates are the states of open cases, by their number in the register:
// append only.
var openStates = []intake.CaseState{"", intake.StateTriage, intake.StateOpen, intake.StateWaiting}

// stateBits is how many bits hold that number, below the day on which a case is
// due.
const stateBits = 4

func stateNumber(s intake.CaseState) int64 { return int64(max(0, slices.Index(openStates, s))) }

// headOf combines the day on which a case is due and its state into one number.
func headOf(ix intake.Index) int64 { return int64(ix.Due)<<stateBits | stateNumber(ix.State) }

func readHead(n int64) (deadlines.Day, intake.CaseState) {
	if state := n & (1<<stateBits - 1); state < int64(len(openStates)) {
		return deadlines.Day(n >> stateBits), openStates[state]
	}
	return deadlines.Day(n >> stateBits), ""
}

func stateKey(s intake.CaseState, ref []byte) []byte {
	return append([]byte{byte(stateNumber(s))}, ref...)
}

// rare reports whether so few open cases are in a state that an index finds
// them; the others are found by going through the open cases.
func rare(s intake.CaseState) bool { return s != intake.StateOpen }

// InCaseState iterates, in order, over the references of the open cases in a
// state after the given one ("" for all).
func (tx *Tx) InCaseState(s intake.CaseState, after string) iter.Seq[string] {
	if !rare(s) {
		return tx.inCommonState(s, after)
	}
	prefix := stateKey(s, nil)
	return each(tx.from(bStates, append(prefix, startAfter(after)...), hasPrefix(prefix)), func(k, _ []byte) string { return string(k[1:]) })
}

func (tx *Tx) inCommonState(s intake.CaseState, after string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k, v := range tx.from(bOpen, startAfter(after), all) {
			if ix, _, err := decodeIndex(v, true); err == nil && ix.State == s && !yield(string(k)) {
				return
			}
		}
	}
}

// stateIndex checks every entry of the index of states against its case.
func (v *verifier) stateIndex() {
	v.each(bStates, func(k, _ []byte) {
		ix, ok := v.openIndex(k[min(1, len(k)):])
		v.want(ok && rare(ix.State) && int64(k[0]) == stateNumber(ix.State), "index states", "%s is not in the state under which it stands", k[min(1, len(k)):])
	})
}
