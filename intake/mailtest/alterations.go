package mailtest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Ways to alter an answer, for IMAPFault.Alter.

var literalHead = regexp.MustCompile(`\{(\d+)\}\r\n`)

// WithoutData keeps only the tagged line: a success that returns nothing.
func WithoutData(answer string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(answer, "\r\n"), "\r\n")
	return lines[len(lines)-1] + "\r\n"
}

// Announce makes the first literal claim another size than it has; its bytes
// are unchanged. The size is a text, so that it may be absurd.
func Announce(size string) func(string) string {
	return func(answer string) string {
		at := literalHead.FindStringIndex(answer)
		if at == nil {
			return answer
		}
		return answer[:at[0]] + "{" + size + "}\r\n" + answer[at[1]:]
	}
}

// Stretch makes the first literal claim to be longer by this many bytes than it
// is, or shorter if by is negative.
func Stretch(by int) func(string) string {
	return func(answer string) string {
		m := literalHead.FindStringSubmatch(answer)
		if m == nil {
			return answer
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return answer
		}
		return Announce(strconv.Itoa(n + by))(answer)
	}
}

// ByeInLiteral breaks off after that many bytes of the first literal and
// continues with a BYE, like a server that is shut down. Use it with a Cut that
// is longer than any answer, so that the connection ends too.
func ByeInLiteral(after int) func(string) string {
	return func(answer string) string {
		at := literalHead.FindStringIndex(answer)
		if at == nil {
			return answer
		}
		return answer[:min(at[1]+after, len(answer))] + "\r\n* BYE Server shutting down\r\n"
	}
}

// Insert puts a line before the answer, such as "* 1 EXPUNGE".
func Insert(line string) func(string) string {
	return func(answer string) string { return line + "\r\n" + answer }
}

// InsertLast puts a line before the tagged one.
func InsertLast(line string) func(string) string {
	return func(answer string) string {
		tagged := WithoutData(answer)
		return strings.TrimSuffix(answer, tagged) + line + "\r\n" + tagged
	}
}

// NotConnected is the Answer of Exchange Online when it is overloaded or the
// account may not open the mailbox.
const NotConnected = "{tag} BAD User is authenticated but not connected."

// Throttled is an Answer by which Exchange Online asks for a pause.
func Throttled(milliseconds int) string {
	return fmt.Sprintf("{tag} BAD Request is throttled. Suggested Backoff Time: %d milliseconds", milliseconds)
}
