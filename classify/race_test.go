//go:build race

package classify_test

// Training once from some mails is enough to show whether two parts of it
// interfere.
func init() { trainedOn, again = 40, false }
