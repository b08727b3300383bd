//go:build race

package classify_test

// One training from some mails shows whether two parts of it get in each other's way.
func init() { trainedOn, again = 40, false }
