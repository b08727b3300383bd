package store

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"requestd/deadlines"
)

// The buckets. The package comment says what each key holds.
var (
	bMeta     = []byte("meta")
	bArrivals = []byte("arrivals")
	bPlaces   = []byte("places")
	bTwins    = []byte("twins")
	bThreads  = []byte("threads")
	bFolders  = []byte("folders")
	bPosition = []byte("positions")
	bTries    = []byte("tries")
	bOpen     = []byte("open")
	bDone     = []byte("done")
	bDue      = []byte("due")
	bWake     = []byte("wake")
	bPeople   = []byte("people")
	bNumbers  = []byte("numbers")
	bTaken    = []byte("taken")
	bQueue    = []byte("queue")
	bSettled  = []byte("settled")
	bRaw      = []byte("raw")
	bKeys     = []byte("keys")
	bNext     = []byte("next")
	bOutside  = []byte("outside")
	bSentTo   = []byte("sentto")
	bFacts    = []byte("facts")
	bTokens   = []byte("tokens")
	bOnce     = []byte("once")
	bTexts    = []byte("texts")
	bReceived = []byte("received")
	bFound    = []byte("found")
	bFresh    = []byte("fresh")
	bStates   = []byte("states")
	bIssued   = []byte("issued")
)

var buckets = [][]byte{bMeta, bArrivals, bPlaces, bTwins, bThreads, bFolders, bPosition, bTries, bOpen, bDone, bDue,
	bWake, bPeople, bNumbers, bTaken, bQueue, bSettled, bRaw, bKeys, bNext, bOutside, bSentTo, bFacts, bTokens, bOnce, bTexts, bReceived, bFound, bStates, bIssued, bFresh}

// hashSize is how many bytes of a hash an index keeps; what the index finds is
// compared with the record itself.
const hashSize = 8

func hash(size int, parts ...[]byte) []byte {
	h := sha256.New()
	for _, p := range parts {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(p)))
		h.Write(n[:])
		h.Write(p)
	}
	return h.Sum(nil)[:size]
}

func idKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

func keyID(k []byte) uint64 {
	if len(k) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(k[len(k)-8:])
}

// timeKey sorts by time, then by what follows. Times before 1970 count as 1970.
func timeKey(t time.Time, rest []byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, nanos(t)), rest...)
}

func nanos(t time.Time) uint64 {
	switch {
	case t.Unix() < 0:
		return 0
	case t.Unix() >= maxTime/1_000_000_000:
		return maxTime
	}
	return uint64(t.UnixNano())
}

const maxTime = math.MaxInt64

func keyTime(k []byte) time.Time {
	if len(k) < 8 {
		return time.Time{}
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(k))).UTC()
}

func dayKey(d deadlines.Day, ref string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(max(d, 0))), ref...)
}

func keyDay(k []byte) deadlines.Day {
	if len(k) < 4 {
		return 0
	}
	return deadlines.Day(binary.BigEndian.Uint32(k))
}

// personHash returns the key under which a person's cases are listed: a keyed
// hash, so that the index names nobody, not even in pages that the file no
// longer uses.
func (tx *Tx) personHash(address string) []byte {
	m := hmac.New(sha256.New, tx.db.secret)
	m.Write([]byte(NormalAddress(address)))
	return m.Sum(nil)[:hashSize]
}

// Pseudonym returns a replacement for an address in the name of a fact. It is
// always the same for an address in this register, and useless outside it.
func (tx *Tx) Pseudonym(address string) string { return hex.EncodeToString(tx.personHash(address)) }

// NormalAddress returns the form in which addresses are compared: trimmed and
// in lower case.
func NormalAddress(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

var refForm = regexp.MustCompile(`^(?:.*[/\s])?([A-Za-z]+)[\s/-]*(\d\d)\s*[-/]\s*(\d{1,9})$`)

var dashes = strings.NewReplacer("‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "\u00a0", " ")

// splitRef takes a reference apart, however it is spelt.
func splitRef(s string) (prefix, year string, number uint64, ok bool) {
	m := refForm.FindStringSubmatch(strings.TrimSpace(dashes.Replace(s)))
	if m == nil {
		return "", "", 0, false
	}
	n, err := strconv.ParseUint(m[3], 10, 64)
	return strings.ToUpper(m[1]), m[2], n, err == nil
}

// NormalRef returns the form in which references are compared: "Gov/CAF 26 -
// 17" and "caf26-00017" are the same. A text of another shape is reduced to its
// letters and digits.
func NormalRef(s string) string {
	if isNormalRef(s) {
		return s
	}
	if prefix, year, n, ok := splitRef(s); ok {
		return formRef(prefix, year, n)
	}
	return strings.ToUpper(strings.Join(strings.Fields(dashes.Replace(s)), " "))
}

// isNormalRef recognises most references that are in that form already, as
// those in the register are, without taking them apart.
func isNormalRef(s string) bool {
	letters := 0
	for letters < len(s) && 'A' <= s[letters] && s[letters] <= 'Z' {
		letters++
	}
	rest := s[letters:]
	if letters == 0 || len(rest) != len("26-00017") || rest[2] != '-' {
		return false
	}
	for i := range len(rest) {
		if i != 2 && (rest[i] < '0' || rest[i] > '9') {
			return false
		}
	}
	return true
}

func formRef(prefix, year string, n uint64) string {
	digits := strconv.FormatUint(n, 10)
	return prefix + year + "-" + strings.Repeat("0", max(0, 5-len(digits))) + digits
}

// refKey returns the key of a case. Its first byte is never zero, so that it
// can follow a time or a day.
func refKey(ref string) []byte { return []byte(NormalRef(ref)) }

func hasPrefix(prefix []byte) func([]byte) bool {
	return func(k []byte) bool { return bytes.HasPrefix(k, prefix) }
}
