package page

import (
	"strings"
	"testing"
)

// A letter is shown with each paragraph as one line, which the window breaks;
// its content and what is sent stay the same.
func TestALetterFlows(t *testing.T) {
	const folded = `Dear Siân O'Neill-Example,

Thank you for your message. This letter acknowledges that we have
received it. It was prepared automatically, but people will read your
message and answer it.

  Our reference: REF26-00017
  Date received: 21 November 2026
  Part 3: we will reply by 22 December 2026, if we need nothing more
  from you

  Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF
  casework@example.org
  https://www.example.org/a-path-that-is-as-long-as-it-needs-to-be-here

- what you have already, or know where it lies, need not be looked for
  once more
- and this

> We hold 7 of 12.

| quoted words that are as long as a line of a letter can be, no more now
| and go on

Yours sincerely
Information Governance
`
	const want = `Dear Siân O'Neill-Example,

Thank you for your message. This letter acknowledges that we have received it. It was prepared automatically, but people will read your message and answer it.

  Our reference: REF26-00017
  Date received: 21 November 2026
  Part 3: we will reply by 22 December 2026, if we need nothing more from you

  Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF
  casework@example.org
  https://www.example.org/a-path-that-is-as-long-as-it-needs-to-be-here

- what you have already, or know where it lies, need not be looked for once more
- and this

> We hold 7 of 12.

| quoted words that are as long as a line of a letter can be, no more now
| and go on

Yours sincerely
Information Governance
`
	if got := flowing(folded); got != want {
		t.Errorf("it flows as\n%s", got)
	}
	if strings.Join(strings.Fields(flowing(folded)), " ") != strings.Join(strings.Fields(folded), " ") {
		t.Error("the words are not the same")
	}
}
