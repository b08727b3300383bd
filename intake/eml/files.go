package eml

import (
	"fmt"

	"requestd/intake"
)

// File is one attachment with its bytes.
type File struct {
	intake.Attachment
	Content []byte
	Whole   bool // its end was seen
}

// Files gives the attachments of a mail in the order of Parse, which names
// them. No document among them is read.
func Files(raw []byte, complete bool) (list []File, err error) {
	defer func() {
		if r := recover(); r != nil {
			list, err = nil, fmt.Errorf("reading the mail failed (%v); open it in the mailbox", r)
		}
	}()
	var f faults
	t := tree{faults: &f}
	return t.fileList(raw, complete, 0), nil
}

func (t *tree) fileList(raw []byte, whole bool, depth int) (list []File) {
	b := body{faults: t.faults, tree: t}
	b.collect(t.read(raw, depth, whole))
	add := func(e *entity) []byte {
		content := e.content(len(e.body), t.faults)
		list = append(list, File{intake.Attachment{Name: e.fileName(), Type: e.typ, Size: int64(len(content)), Inline: e.inline()}, content, e.whole})
		return content
	}
	for _, e := range b.attached {
		add(e)
	}
	for _, e := range b.mails {
		content := add(e)
		if e.depth+1 < maxDepth && t.parts < maxParts {
			list = append(list, t.fileList(content, e.whole, e.depth+1)...)
		}
	}
	return list
}
