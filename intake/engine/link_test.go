package engine_test

import (
	"strings"
	"testing"

	"requestd/store"
)

// TestMailToStaffLinksToTheCase if the page has an address, and else has no
// link.
func TestMailToStaffLinksToTheCase(t *testing.T) {
	for address, settings := range map[string]string{"": settings, "https://requests.example.org": settings + "web: {base_url: https://requests.example.org}\n"} {
		o := newOfficeWith(t, "2026-11-20 10:00", settings)
		a := o.one("cafcass", foiMail("a@example.org"))
		some := 0
		for _, l := range o.letters("") {
			if l.Purpose.Outside() || l.Ref == "" {
				continue
			}
			err := o.db.View(func(tx *store.Tx) (err error) { l, err = tx.Letter(l.ID); return err })
			if err == nil {
				err = o.e.Notices.WriteStaffMail(&l)
			}
			if err != nil {
				t.Fatal(err)
			}
			some++
			if says := strings.Contains(string(l.Raw), "On the page: "+address+"/case/"+a.Ref); says != (address != "") || strings.Contains(string(l.Raw), "On the page") != (address != "") {
				t.Errorf("with the address %q the %s says a link: %v", address, l.Purpose, says)
			}
		}
		for _, l := range o.letters("") {
			if l.Purpose.Outside() && strings.Contains(string(l.Raw), "requests.example.org") {
				t.Errorf("a letter to the requester names the page")
			}
		}
		if some == 0 {
			t.Error("no mail to staff was written")
		}
	}
}
