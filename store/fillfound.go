package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"

	"requestd/intake"
)

// fillFound makes the indexes of words, of states and of the tokens of a case.
// Which state an open case is in is not known here: whoever opens the register
// sorts the open cases anew.
func (tx *Tx) fillFound() error {
	for k, v := range tx.from(bOpen, nil, all) {
		k, v = bytes.Clone(k), bytes.Clone(v)
		due, n := binary.Varint(v)
		if n <= 0 {
			continue // it could not be read before either
		}
		tx.put(bOpen, k, append(binary.AppendVarint(nil, due<<stateBits), v[n:]...))
		tx.put(bStates, stateKey("", k), none)
	}
	var words, issued [][]byte
	var told []string // of which the Commissioner told: they may belong among the open ones
	for _, open := range []bool{true, false} {
		for k, v := range tx.from(half(open), nil, all) {
			c, _, err := decodeUnlinked(k, v, open)
			if err != nil {
				continue
			}
			for _, w := range c.FoundBy() {
				words = append(words, foundKey(w, k))
			}
			if !open && slices.ContainsFunc(c.Events, func(e intake.Event) bool { return e.Name == intake.CommissionerNotified }) {
				told = append(told, c.Ref)
			}
		}
	}
	for k, v := range tx.from(bTokens, nil, all) {
		var t Token
		if json.Unmarshal(v, &t) == nil && t.Ref != "" {
			issued = append(issued, issuedKey(t.Ref, k))
		}
	}
	tx.fill(bFound, words)
	tx.fill(bIssued, issued)
	for _, ref := range told {
		c, err := tx.Case(ref)
		if err == nil {
			err = tx.PutCase(c, intake.Index{Open: true})
		}
		if err != nil {
			return err
		}
	}
	return tx.err
}

// fill puts many keys into an empty table, in their order: in any other each
// would cost more than the one before, since a table's page is parted only when
// the transaction ends.
func (tx *Tx) fill(bucket []byte, keys [][]byte) {
	slices.SortFunc(keys, bytes.Compare)
	for _, k := range keys {
		tx.put(bucket, k, none)
	}
}
