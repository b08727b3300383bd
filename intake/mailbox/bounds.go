package mailbox

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"sync/atomic"
)

// What a server may send between two commands, besides the mail that was asked
// for. The library keeps a line until it is complete, and much of a reply until
// it ends. The longest known is a SEARCH in a mailbox of half a million mails,
// of eight bytes each.
const (
	longestLine  = 8 << 20
	longestReply = 16 << 20
	longestWord  = 64 << 10 // of a literal that is not mail
)

var errEndless = errors.New("the server's answer has no end")

// bounds checks what comes in for lines and replies without end.
type bounds struct {
	line    int
	reply   atomic.Int64
	literal int64 // bytes of a literal that are still to come
	mail    bool  // the literal is mail, which its reader takes as it comes
	end     []byte
}

// asked begins a new reply: a command was sent to the server.
func (w *bounds) asked() { w.reply.Store(0) }

// took counts what came in.
func (w *bounds) took(b []byte) error {
	for len(b) > 0 {
		if w.literal > 0 {
			n := min(int64(len(b)), w.literal)
			w.literal -= n
			b = b[n:]
			if !w.mail {
				w.line += int(n)
				w.reply.Add(n)
			}
		} else {
			n := bytes.IndexByte(b, '\n') + 1
			part := b[:n]
			if n == 0 {
				part, n = b, len(b)
			}
			w.line += n
			w.reply.Add(int64(n))
			w.end = append(w.end, part[max(0, len(part)-announced):]...)
			w.end = w.end[max(0, len(w.end)-announced):]
			if part[n-1] == '\n' {
				if err := w.ended(); err != nil {
					return err
				}
			}
			b = b[n:]
		}
		if w.line > longestLine || w.reply.Load() > longestReply {
			return errEndless
		}
	}
	return nil
}

// announced is how much of a line's end is searched for a literal.
const announced = 256

var (
	aLiteral  = regexp.MustCompile(`\{(\d{1,19})\+?\}\r?\n$`)
	aBodyPart = regexp.MustCompile(`(?i)BODY\[[^\]]*\](<\d+>)? ~?\{\d+\+?\}\r?\n$`)
)

// ended looks at the end of a line: either another line begins, or a literal.
func (w *bounds) ended() error {
	defer func() { w.end = w.end[:0] }()
	var m [][]byte
	if bytes.HasSuffix(bytes.TrimRight(w.end, "\r\n"), []byte("}")) { // few lines do
		m = aLiteral.FindSubmatch(w.end)
	}
	if m == nil {
		w.line = 0
		return nil
	}
	size, _ := strconv.ParseInt(string(m[1]), 10, 64) // the greatest, if it is out of range
	w.literal, w.mail = min(size, longestLiteral+1), aBodyPart.Match(w.end)
	if !w.mail && size > longestWord {
		return errEndless
	}
	return nil
}
