package store

import (
	"encoding/binary"
	"encoding/json"
	"slices"

	"requestd/intake"
)

// giveState makes room in the record of an open case for its state. The state
// is not known here: opening the register sorts the open cases again.
func (tx *Tx) giveState(k, v []byte) error {
	due, n := binary.Varint(v)
	if n <= 0 {
		return nil // it was already unreadable
	}
	tx.put(bOpen, k, append(binary.AppendVarint(nil, due<<stateBits), v[n:]...))
	tx.put(bStates, stateKey("", k), none)
	return tx.err
}

// wordKeys returns the keys of the index of words, as they were in schemas 4 and 5.
func (tx *Tx) wordKeys(yield func([]byte) bool) {
	for k, c := range tx.everyCase() {
		for _, w := range c.SearchWords() {
			if !yield(slices.Concat([]byte(w), []byte{0}, k)) {
				return
			}
		}
	}
}

// issuedKeys returns the keys of the index of tokens.
func (tx *Tx) issuedKeys(yield func([]byte) bool) {
	for k, v := range tx.from(bTokens, nil, all) {
		var t Token
		if json.Unmarshal(v, &t) == nil && t.Ref != "" && !yield(issuedKey(t.Ref, k)) {
			return
		}
	}
}

// openAwaited moves a case on which the Commissioner told us of a complaint to
// the open ones, where it may belong.
func (tx *Tx) openAwaited(k, v []byte) error {
	c, _, err := decodeImpersonal(k, v, false)
	if err != nil || !slices.ContainsFunc(c.Events, func(e intake.Event) bool { return e.Name == intake.CommissionerNotified }) {
		return nil //nolint:nilerr // one that cannot be read could not be before either
	}
	if c, err = tx.Case(c.Ref); err != nil {
		return err
	}
	return tx.PutCase(c, intake.Index{Open: true})
}

// gatherReceived moves an entry of the index of receipts into the index of
// words.
func (tx *Tx) gatherReceived(k, _ []byte) error {
	tx.remove(bReceived, k)
	if len(k) > 4 {
		tx.findBy(dayWord(keyDay(k)), k[4:])
	}
	return tx.err
}

// dropCommonState removes an entry of a state in which most cases are.
func (tx *Tx) dropCommonState(k, _ []byte) error {
	if len(k) > 0 && int64(k[0]) == stateNumber(intake.StateOpen) {
		tx.remove(bStates, k)
	}
	return tx.err
}
