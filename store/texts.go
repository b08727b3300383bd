package store

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"requestd/intake"
)

// MaxText is how much of a mail's readable text is kept, in bytes.
const MaxText = 64 << 10

// The keys of texts begin with whose they are. Texts of mail that belongs to no
// case are separate, since their period is different and short.
const (
	textOfCase   = 0 // of a mail that belongs to a case
	textLoose    = 1 // of a mail that belongs to no case
	textOfLetter = 2 // the whole bytes of a letter that was sent
)

// The first byte of a text says how it is stored.
const (
	textWhole = 0
	textCut   = 1 // the text was longer than MaxText
)

func textKey(whose byte, id uint64) []byte { return append([]byte{whose}, idKey(id)...) }

func mailTextKey(a *intake.Arrival) []byte {
	if a.Ref == "" {
		return textKey(textLoose, a.ID)
	}
	return textKey(textOfCase, a.ID)
}

// PackText compresses a mail's readable text for KeepText, at most MaxText
// bytes of it; nil if there is none. It takes longer than everything that is
// written for the mail, and so is done before the transaction.
func PackText(text string, cut bool) []byte {
	if len(text) > MaxText {
		text, cut = intake.CutText(text, MaxText), true
	}
	if text == "" {
		return nil
	}
	how := byte(textWhole)
	if cut {
		how = textCut
	}
	return packText(how, []byte(text))
}

// KeepText stores the text of a registered message, as PackText returned it.
// Erasing removes it.
func (tx *Tx) KeepText(a *intake.Arrival, packed []byte) error {
	if len(packed) > 0 {
		tx.put(bTexts, mailTextKey(a), packed)
	}
	return tx.err
}

// TextOf returns the stored text of a registered message, and whether there was
// more of it. For a further copy it is the text of the mail that it repeats. It
// returns "" if none is stored (any more).
func (tx *Tx) TextOf(a *intake.Arrival) (text string, cut bool, err error) {
	v := tx.get(bTexts, mailTextKey(a))
	if v == nil && a.Twin != 0 {
		first, err := tx.Arrival(a.Twin)
		if err != nil {
			return "", false, err
		}
		v = tx.get(bTexts, mailTextKey(&first))
	}
	if v == nil {
		return "", false, nil
	}
	how, b, err := unpackText(v)
	if err != nil {
		return "", false, tx.unreadable("text of "+messageRecord(a.ID), err)
	}
	return string(b), how == textCut, nil
}

// BytesOf returns the bytes of a letter as it was sent; nil if none are stored
// (any more). For mail to staff none are: it repeats what the case says.
func (tx *Tx) BytesOf(letter uint64) ([]byte, error) {
	v := tx.get(bTexts, textKey(textOfLetter, letter))
	if v == nil {
		return nil, nil
	}
	_, b, err := unpackText(v)
	if err != nil {
		return nil, tx.unreadable("text of "+letterRecord(letter), err)
	}
	return b, nil
}

// keepsText reports whether the bytes of a letter are kept once it was sent:
// they are for letters to people outside, and to colleagues who forwarded a
// request.
func keepsText(p intake.Purpose) bool { return p.Outside() || p == intake.ForReceipt }

// keepLetter stores what a letter said when its bytes leave the outbox.
func (tx *Tx) keepLetter(l *intake.Letter) {
	raw := l.Raw
	if raw == nil {
		raw = tx.get(bRaw, idKey(l.ID))
	}
	if raw != nil && keepsText(l.Purpose) {
		tx.put(bTexts, textKey(textOfLetter, l.ID), packText(textWhole, raw))
	}
}

// moveText moves the text of a message to where its present case requires.
func (tx *Tx) moveText(a, old *intake.Arrival) {
	from, to := mailTextKey(old), mailTextKey(a)
	if bytes.Equal(from, to) {
		return
	}
	if v := tx.get(bTexts, from); v != nil {
		tx.put(bTexts, to, bytes.Clone(v))
		tx.remove(bTexts, from)
	}
}

// LooseTexts iterates over the messages without a case whose text is stored, in
// the order in which they were registered.
func (tx *Tx) LooseTexts() iter.Seq[uint64] {
	start := []byte{textLoose}
	return each(tx.from(bTexts, start, hasPrefix(start)), func(k, _ []byte) uint64 { return keyID(k) })
}

// DropText deletes the text of a message without a case, and leaves what else
// is stored of it.
func (tx *Tx) DropText(id uint64) error {
	tx.remove(bTexts, textKey(textLoose, id))
	tx.noteErased()
	return tx.err
}

// dropMailText removes a message's stored text, wherever it is.
func (tx *Tx) dropMailText(id uint64) {
	tx.remove(bTexts, textKey(textOfCase, id))
	tx.remove(bTexts, textKey(textLoose, id))
}

// packers are reused: each takes nearly a megabyte.
var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.DefaultCompression)
	if err != nil { // only if the level does not exist
		panic("store: " + err.Error())
	}
	return w
}}

func packText(how byte, text []byte) []byte {
	b := bytes.NewBuffer([]byte{how})
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(b)
	_, err := w.Write(text)
	if err := errors.Join(err, w.Close()); err != nil { // a buffer takes everything
		panic("store: " + err.Error())
	}
	return b.Bytes()
}

// maxUnpacked limits what a damaged text can expand to, in bytes.
const maxUnpacked = 16 << 20

func unpackText(v []byte) (how byte, text []byte, err error) {
	if len(v) == 0 {
		return 0, nil, errShort
	}
	text, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(v[1:])), maxUnpacked))
	if err != nil {
		return 0, nil, fmt.Errorf("its kept text: %w", err)
	}
	return v[0], text, nil
}
