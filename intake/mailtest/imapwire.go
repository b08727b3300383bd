package mailtest

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
)

// readUnit reads a response: a line and, if it ends with a literal's size, that
// literal and what follows it.
func readUnit(in *bufio.Reader) ([]byte, error) {
	var unit []byte
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		unit = append(unit, line...)
		n, literal := literalSize(line)
		if !literal {
			return unit, nil
		}
		start := len(unit)
		unit = slices.Grow(unit, int(n))[:start+int(n)]
		if _, err := io.ReadFull(in, unit[start:]); err != nil {
			return nil, err
		}
	}
}

// literalSize reads {n} or {n+} at the end of a line.
func literalSize(line []byte) (int64, bool) {
	text := bytes.TrimRight(line, "\r\n")
	open := bytes.LastIndexByte(text, '{')
	if open < 0 || !bytes.HasSuffix(text, []byte("}")) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(string(text[open+1:len(text)-1]), "+"), 10, 32)
	return n, err == nil && n >= 0
}

func firstLiteral(unit []byte) (int64, bool) {
	line, _, _ := bytes.Cut(unit, []byte("\n"))
	return literalSize(line)
}

// verbOf returns a command's verb without its tag, UID included.
func verbOf(text string) string {
	words := strings.Fields(strings.ToUpper(text))
	switch {
	case len(words) == 0:
		return ""
	case words[0] == "UID" && len(words) > 1:
		return "UID " + words[1]
	case words[0] == "EXAMINE":
		return "SELECT"
	}
	return words[0]
}

func withoutSecret(verb, text string) string {
	keep := 0
	switch verb {
	case "LOGIN", "AUTHENTICATE":
		keep = 2
	}
	if words := strings.Fields(text); keep > 0 && len(words) > keep {
		return strings.Join(words[:keep], " ")
	}
	return text
}
