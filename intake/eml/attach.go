package eml

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"strings"

	"requestd/intake"
	"requestd/intake/eml/doctext"
)

// attachments lists what is attached and reads the text of text documents.
func (t *tree) attachments(m *intake.Message, b *body) {
	var texts []string
	size := 0
	for _, e := range b.attached {
		name := e.fileName()
		m.Attachments = append(m.Attachments, intake.Attachment{Name: name, Type: e.typ, Size: e.size(), Inline: e.inline(), Read: e.taken})
		if size >= maxText {
			continue
		}
		if text := strings.TrimSpace(t.fileText(e, name)); text != "" {
			m.Attachments[len(m.Attachments)-1].Read = true
			text = intake.PlainText(text, maxText-size)
			texts = append(texts, text)
			size += len(text)
		}
	}
	m.Attached = strings.Join(texts, "\n\n")
}

// inline reports whether the entity is shown in the text.
func (e *entity) inline() bool { return e.disp == "inline" || e.header.get("content-id") != "" }

// fileText returns the text of an attachment that is a text document, else "".
func (t *tree) fileText(e *entity, name string) string {
	kind := fileKind(e.typ, name)
	switch kind {
	case "":
		return ""
	case "txt", "html":
		b := body{faults: t.faults}
		return b.text(&entity{depth: e.depth, header: e.header, typ: map[string]string{"txt": "text/plain", "html": "text/html"}[kind], param: e.param, body: e.body, whole: e.whole})
	}
	if !e.whole {
		return "" // cut: the caller fetches more if it is needed
	}
	if t.files++; t.files > maxDocuments {
		t.faults.add("the mail has too many documents attached; the later ones were not read")
		return ""
	}
	text, err := document(kind, e.content(maxFile, t.faults), t.documents())
	if err != nil && !errors.Is(err, doctext.ErrNoText) { // a scan without text is no fault
		t.faults.add("an attachment (" + kind + ") could not be read: " + err.Error())
	}
	return text
}

// document reads the text of a document. If a defect of the program makes it
// panic, only the attachment is lost and not the mail.
func document(kind string, raw []byte, left *doctext.Budget) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			text, err = "", fmt.Errorf("reading it failed (%v)", r)
		}
	}()
	switch kind {
	case "docx":
		return doctext.DOCX(raw, left)
	case "pdf":
		return doctext.PDF(raw, left)
	}
	return doctext.RTF(raw, left)
}

// documents returns what reading the mail's documents may still cost.
func (t *tree) documents() *doctext.Budget {
	if t.budget == nil {
		t.budget = doctext.NewBudget()
	}
	return t.budget
}

// fileKind returns the kind of a readable attachment by its type, else by its
// name.
func fileKind(typ, name string) string {
	return cmp.Or(fileTypes[typ], fileEndings[path.Ext(strings.ToLower(name))])
}

var fileTypes = map[string]string{
	"text/plain": "txt", "text/html": "html", "application/pdf": "pdf", "application/x-pdf": "pdf",
	"application/rtf": "rtf", "text/rtf": "rtf", "application/x-rtf": "rtf", "text/richtext": "rtf",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}

var fileEndings = map[string]string{
	".txt": "txt", ".text": "txt", ".md": "txt", ".csv": "txt", ".htm": "html", ".html": "html", ".pdf": "pdf", ".rtf": "rtf",
	".docx": "docx", ".docm": "docx", ".dotx": "docx",
}

// mails reads attached mails within the remaining depth and parts.
func (t *tree) mails(m *intake.Message, b *body, depth int) {
	for _, e := range b.mails {
		if len(m.Inner) >= maxInners {
			return
		}
		if e.depth+1 >= maxDepth || t.parts >= maxParts {
			t.faults.add("attached mails are nested too deep; the inner ones were not read")
			return
		}
		in := t.message(e.content(len(e.body), t.faults), e.whole, e.depth+1)
		m.Parts = append(m.Parts, in.Parts...)
		i := intake.Inner{Attached: true, From: in.Author(), To: in.Get("to"), Subject: in.Subject, Date: in.Date, DateText: in.DateText, MessageID: in.MessageID, Text: in.Text}
		if strings.TrimSpace(i.Text) == "" {
			i.Text = in.Attached
		}
		m.Inner = append(m.Inner, i)
		m.Inner = append(m.Inner, in.Inner[:min(len(in.Inner), maxInners-len(m.Inner))]...)
		m.Attachments = append(m.Attachments, intake.Attachment{Name: e.fileName(), Type: e.typ, Size: e.size(), Read: true})
		m.Attachments = append(m.Attachments, in.Attachments...)
		b.open = b.open || in.Incomplete
	}
}
