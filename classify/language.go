package classify

import "strings"

// Words that are in nearly every text of their language and in few of the
// other's, folded. Words that both have (i, a, am, o, y, or) are left out.
var welshWords = wordSet(`yr yn mae maer oes nid ddim dim ar gan gyda efo wedi di bod bydd byddai oedd roedd rwyf rwyn dwi dwin wyf wy fi fin chi
	ti ni nhw eich ein eu fy dy ei iw oi ai ac neu ond os pan pam pwy beth be ble sut faint pob bob unrhyw hwn hon hyn hynny rhyw rhai
	diolch annwyl cofion gywir plis hoffwn hoffem licio lico isio eisiau moyn gennych gynnoch sydd sydd syn sy yw ydi ydy dach
	rydych rydw rydym rwan nawr heb dros drwy gwybodaeth wybodaeth cais gais nghais amdana amdanaf llys plant blant wneud gwneud
	gael cael gweld weld roi rhoi copi gopi ffeil helo haia shwmae smae bore prynhawn da dda iawn hefyd eto achos oherwydd felly
	fel rhwng ers tan ata ataf atoch anfon ateb ymateb mewn at dan eisoes ambell gallwch allwch wnewch newch medru gallu
	mi fe nad nac ma na nar dyw dydi sa so taw fo hi he cant mis mlynedd blwyddyn flwyddyn llynedd cymraeg cymru`)

var englishWords = wordSet(`the and of to in is are was were be been have has had i im ive id you your we our my me it its this that these those
	for with on at by from as not dont do does did can could would will please what how many who which when where why there they them
	he she his her about an any all but if or so just like want need know get send would thanks thank dear regards sincerely
	because been some than then also only under either average policy maximum freedom information request reports everything stuff fine sorry cheers actually into out up more your yours no hi hello`)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(s) {
		set[word] = true
	}
	for _, w := range []string{"i", "he", "no", "at", "on", "as", "so", "or", "am", "do", "him"} {
		delete(set, w)
	}
	return set
}

// look is the language that a word by itself looks like.
type look uint8

const (
	looksWelsh look = 1 << iota
	looksEnglish
)

func lookOf(w []byte) (l look) {
	if welshWords[string(w)] || welshLook(w) {
		l |= looksWelsh
	}
	if englishWords[string(w)] {
		l |= looksEnglish
	}
	return l
}

// language returns the language in which the sender wrote: en, cy, or bi if a
// good part is in each. A text that shows neither is English in an English
// mailbox, Welsh if it has Welsh letters.
func language(t *text, fallback string) string {
	var cy, en int
	var cySents, enSents int
	for i := range t.sents {
		s := &t.sents[i]
		var c, e int
		for _, tok := range t.toks[s.from:s.to] {
			if tok.look&looksWelsh != 0 {
				c++
			}
			if tok.look&looksEnglish != 0 {
				e++
			}
		}
		cy += c
		en += e
		if c > e && c >= 2 {
			cySents++
		}
		if e > c && e >= 2 {
			enSents++
		}
	}
	switch {
	case cy == 0 && en == 0:
		return fallback
	case cy >= 4*en && (en < 5 || en*5 < cy):
		return "cy"
	case en >= 4*cy:
		return "en"
	case cy > en && en >= 5 && en*5 >= cy:
		return "bi"
	case cy > en && (en < 4 || enSents == 0 && en*3 < cy):
		return "cy"
	case en > cy && (cy < 4 || cySents == 0 && cy*3 < en):
		return "en"
	}
	return "bi"
}

// welshLook recognises letter groups that Welsh words have and English ones do
// not: the mutations ngh, mh, nh at the start, dd and ll inside with Welsh
// vowels, and the endings -aeth, -iad, -wyd, -wch.
func welshLook(w []byte) bool {
	n := len(w)
	if n < 4 {
		return false
	}
	s := string(w)
	switch {
	case s[:3] == "ngh", s[:2] == "mh", s[:2] == "nh", s[:2] == "ff", s[:2] == "dd", s[:3] == "rhy", s[:3] == "gwy", s[:2] == "ll":
		return true
	}
	switch s[n-3:] {
	case "wch", "wyd", "odd", "ydd", "wyr":
		return true
	}
	return n > 5 && (s[n-4:] == "aeth" || s[n-4:] == "iadu" || s[n-4:] == "iwyd" || s[n-4:] == "adau" || s[n-4:] == "idau" || s[n-4:] == "iant")
}
