package store

import (
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// Fact returns the named fact, read from its JSON form. One that cannot be read
// counts as missing, and Damaged reports it.
func Fact[T any](tx *Tx, name string) (v T, ok bool) {
	return fromJSON[T](tx, bFacts, []byte(name), "fact "+name)
}

func fromJSON[T any](tx *Tx, bucket, key []byte, where string) (v T, ok bool) {
	b := tx.get(bucket, key)
	if b == nil {
		return v, false
	}
	if err := json.Unmarshal(b, &v); err != nil {
		_ = tx.unreadable(where, err) // it is as if it had never been recorded
		return v, false
	}
	return v, true
}

// SetFact records a fact under a name, in its JSON form.
func (tx *Tx) SetFact(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s to the store: %w", name, err)
	}
	tx.put(bFacts, []byte(name), b)
	return tx.err
}

// DeleteFact deletes the fact of that name.
func (tx *Tx) DeleteFact(name string) error {
	tx.remove(bFacts, []byte(name))
	return tx.err
}

// FactNames iterates over the names of facts that begin with prefix.
func (tx *Tx) FactNames(prefix string) iter.Seq[string] {
	return each(tx.from(bFacts, []byte(prefix), hasPrefix([]byte(prefix))), func(k, _ []byte) string { return string(k) })
}

// Token says what a random word in a mail to staff allows.
type Token struct {
	Ref     string    `json:"ref"`
	Staff   string    `json:"staff"` // address to which it was issued
	Purpose string    `json:"purpose"`
	Letter  string    `json:"letter,omitempty"` // key of the letter that carries it
	Expires time.Time `json:"expires"`
}

// tokenSize is how much of a token's hash is kept; the token itself is not.
const tokenSize = 16

func tokenKey(token string) []byte { return hash(tokenSize, []byte(token)) }

// PutToken records what a token allows.
func (tx *Tx) PutToken(token string, t Token) error {
	b, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("write a token to the store: %w", err)
	}
	tx.put(bTokens, tokenKey(token), b)
	if t.Ref != "" {
		tx.put(bIssued, issuedKey(t.Ref, tokenKey(token)), none)
	}
	return tx.err
}

// issuedKey returns the key of a token among those for a case.
func issuedKey(ref string, token []byte) []byte { return append(issuedFor(ref), token...) }

func issuedFor(ref string) []byte { return append(refKey(ref), 0) }

// Token returns what a token allows, expired or not.
func (tx *Tx) Token(token string) (Token, bool) {
	return fromJSON[Token](tx, bTokens, tokenKey(token), "token")
}

// ExpireTokens deletes the tokens that expired before t.
func (tx *Tx) ExpireTokens(t time.Time) error {
	for k, v := range tx.from(bTokens, nil, all) {
		var is Token
		if err := json.Unmarshal(v, &is); err != nil {
			_ = tx.unreadable("token", err)
			continue
		}
		if is.Expires.Before(t) {
			tx.remove(bTokens, k)
			tx.remove(bIssued, issuedKey(is.Ref, k))
		}
	}
	return tx.err
}

// dropTokens deletes the tokens for a case.
func (tx *Tx) dropTokens(ref string) {
	prefix := issuedFor(ref)
	for k := range tx.from(bIssued, prefix, hasPrefix(prefix)) {
		tx.remove(bTokens, k[len(prefix):])
		tx.remove(bIssued, k)
	}
}

// FirstTime reports whether the name is seen for the first time, and remembers it.
func (tx *Tx) FirstTime(name string) (first bool) {
	key := hash(tokenSize, []byte(name))
	if tx.get(bOnce, key) != nil {
		return false
	}
	tx.put(bOnce, key, timeKey(tx.now, nil))
	return true
}

// ForgetFirstTimes deletes the names remembered before t.
func (tx *Tx) ForgetFirstTimes(t time.Time) error {
	for k, v := range tx.from(bOnce, nil, all) {
		if keyTime(v).Before(t) {
			tx.remove(bOnce, k)
		}
	}
	return tx.err
}
