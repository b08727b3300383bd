package intake

import "strings"

// Has reports whether each word of a search stands somewhere in the case's
// reference, its subject, or the name or address of its requester, in any
// letters. An empty search finds every case.
func (v *View) Has(search string) bool {
	in := strings.ToLower(v.Ref + " " + v.Requester.Name + " " + v.Requester.Addr + " " + v.Subject)
	for w := range strings.FieldsSeq(strings.ToLower(search)) {
		if !strings.Contains(in, w) {
			return false
		}
	}
	return true
}
