package eml

import (
	"fmt"

	"requestd/intake"
)

// Files returns the attachments of a mail in the order in which Parse lists
// them: the nth with its content, counted from one, the others only with their
// size. It reads the text of none.
func Files(raw []byte, complete bool, n int) (list []intake.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			list, err = nil, fmt.Errorf("reading the mail failed (%v); open it in the mailbox", r)
		}
	}()
	var f faults
	t := tree{faults: &f}
	t.addFiles(&list, n, raw, complete, 0)
	return list, nil
}

func (t *tree) addFiles(list *[]intake.File, n int, raw []byte, whole bool, depth int) {
	b := body{faults: t.faults, tree: t}
	b.collect(t.read(raw, depth, whole))
	add := func(e *entity) []byte {
		content := e.content(len(e.body), t.faults)
		f := intake.File{Attachment: intake.Attachment{Name: e.fileName(), Type: e.typ, Size: int64(len(content)), Inline: e.inline()}, Whole: e.whole}
		if len(*list) == n-1 {
			f.Content = content
		}
		*list = append(*list, f)
		return content
	}
	for _, e := range b.attached {
		add(e)
	}
	for _, e := range b.mails {
		content := add(e)
		if e.depth+1 < maxDepth && t.parts < maxParts {
			t.addFiles(list, n, content, e.whole, e.depth+1)
		}
	}
}
