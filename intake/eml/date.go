package eml

import (
	"cmp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"requestd/deadlines"
	"requestd/intake"
)

// readDate reads a date in the forms of headers and quoted blocks, in English
// and Welsh, day first: RFC 5322 and asctime, "Friday, June 6, 2025 9:12 AM",
// "Dydd Llun, 26 Ionawr 2026 12:41", "26/01/2026 12:41". Without a zone it is
// London time. It returns the zero time if it cannot read the date.
func readDate(s string) time.Time {
	if len(s) > 4*maxDateText {
		return time.Time{}
	}
	if t, err := time.Parse("Mon, 02 Jan 2006 15:04:05 -0700", strings.TrimSpace(s)); err == nil && sane(t) {
		return t
	}
	if iso := strings.TrimSpace(s); len(iso) > 10 && iso[10] == 'T' {
		if t, err := time.Parse(time.RFC3339, iso); err == nil && sane(t) {
			return t
		}
	}
	var d dateParts
	d.read(plainDate(s))
	return d.time()
}

// plainDate removes accents, and converts the digits and date signs of other
// scripts to ours.
func plainDate(s string) string {
	if isASCII([]byte(s)) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			return -1
		case r == '年' || r == '月' || r == '년' || r == '월':
			return '/'
		case digitOf(r) >= 0:
			return '0' + rune(digitOf(r))
		}
		return r
	}, norm.NFD.String(s))
}

// settleDates chooses between the two readings of a numeric date in an earlier
// mail. The date cannot be after the mail that quotes it; and with a 12-hour
// clock and the later reading close by it is American. If both are possible the
// British reading is kept, which is the earlier date or the usual one, and
// staff are told.
func settleDates(m *intake.Message) {
	if m.Date.IsZero() {
		return
	}
	for i := range m.Inner {
		in := &m.Inner[i]
		var d dateParts
		d.read(plainDate(in.DateText))
		if in.Attached || in.Date.IsZero() || d.named || d.count != 3 || d.digits[0] > 2 || d.numbers[0] > 12 || d.numbers[1] > 12 || d.numbers[0] == d.numbers[1] {
			continue
		}
		american := d
		american.numbers[0], american.numbers[1] = d.numbers[1], d.numbers[0]
		alt, latest := american.time(), m.Date.Add(24*time.Hour)
		switch {
		case alt.IsZero() || alt.After(latest):
		case in.Date.After(latest), (d.am || d.pm) && m.Date.Sub(alt) < 31*24*time.Hour && m.Date.Sub(in.Date) > 60*24*time.Hour:
			in.Date = alt
		case d.am || d.pm:
			f := faults(m.Faults)
			f.add("the date " + in.DateText + " of the earlier mail can be read in two ways")
			m.Faults = f
		}
	}
}

func sane(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 2199 }

type dateParts struct {
	year, month, day int
	hour, min, sec   int
	named            bool // the month was given as a word
	vague            bool // the word may be a day of the week: Maw, mar.
	timed, pm, am    bool
	zone             *time.Location
	numbers          [3]int
	digits           [3]int
	count            int
}

func (d *dateParts) read(s string) {
	for i := 0; i < len(s); {
		j := i
		switch c := s[i]; {
		case isDigit(c):
			for j < len(s) && isDigit(s[j]) {
				j++
			}
			j = d.number(s, i, j)
		case (c == '+' || c == '-') && d.timed && i+5 <= len(s) && allDigits(s[i+1:i+5]):
			d.offset(s[i : i+5])
			j = i + 5
		case isLetter(c):
			for j < len(s) && isLetter(s[j]) {
				j++
			}
			d.word(strings.ToLower(s[i:j]))
		case c == '(':
			return // a comment ends the date
		default:
			j = i + 1
		}
		i = j
	}
}

// number reads a time or a bare number at s[i:]; its digits end at j.
func (d *dateParts) number(s string, i, j int) int {
	n := atoi(s[i:j])
	sep := byte(0)
	if j < len(s) {
		sep = s[j]
	}
	isTime := sep == ':' || sep == '.' && d.count >= 3 && !d.timed || sep == '.' && d.named && d.year != 0 && !d.timed
	if isTime && j-i <= 2 && j+2 < len(s)+0 && j+1 < len(s) && isDigit(s[j+1]) && !d.timed {
		k := j + 1
		for k < len(s) && isDigit(s[k]) {
			k++
		}
		d.timed, d.hour, d.min = true, n, atoi(s[j+1:k])
		if k+2 < len(s) && s[k] == ':' && isDigit(s[k+1]) && isDigit(s[k+2]) {
			d.sec = atoi(s[k+1 : k+3])
			k += 3
		}
		return k
	}
	if j-i == 4 && n >= 1970 && n <= 2199 && d.year == 0 {
		d.year = n
		if d.count == 0 && !d.named {
			d.numbers[0], d.digits[0], d.count = n, 4, 1
		} else if d.count < 3 {
			d.numbers[d.count], d.digits[d.count] = n, 4
			d.count++
		}
		return j
	}
	if j-i <= 2 && d.count < 3 {
		d.numbers[d.count], d.digits[d.count] = n, j-i
		d.count++
	}
	return j
}

func (d *dateParts) word(w string) {
	switch w {
	case "am", "yb":
		// Welsh "am 16:11" means "at": only what follows the time counts.
		d.am = d.am || d.timed
	case "pm", "yh", "prynhawn", "hwyr":
		d.pm = d.pm || d.timed
	case "bst":
		d.zone = time.FixedZone("BST", 3600)
	case "gmt", "utc", "ut":
		d.zone = cmp.Or(d.zone, time.UTC)
	case "z":
		if d.timed {
			d.zone = cmp.Or(d.zone, time.UTC)
		}
	case "cest":
		d.zone = time.FixedZone("CEST", 7200)
	case "cet":
		d.zone = time.FixedZone("CET", 3600)
	default:
		if m := months[w]; m > 0 && (d.month == 0 || d.vague) {
			d.month, d.named = m, true
			d.vague = d.count == 0 && (w == "maw" || w == "mawrth" || w == "mar")
		}
	}
}

// months are English and Welsh month names and their short forms, also after a
// soft or nasal mutation ("Chwefror", "o Fai", "ym Mis Fawrth"), and those of others.
var months = func() map[string]int {
	m := map[string]int{}
	for i, names := range []string{
		"jan january ionawr ion januar januari janvier janv enero ene gennaio gen janeiro stycznia sty ianuarie ian",
		"feb february chwefror chwe chwef gwefror februar februari fevrier fevr febrero febbraio fevereiro fev lutego lut februarie",
		"mar march mawrth maw fawrth marz maerz marzo mars marco maart mrt marca martie",
		"apr april ebrill ebr aprile abril abr avril avr kwietnia kwi aprilie",
		"may mai fai mayo maggio mag maio mei maja maj",
		"jun june mehefin meh fehefin juni juin junio giugno giu junho czerwca cze iunie iun",
		"jul july gorffennaf gorff gor orffennaf juli juillet juil julio luglio lug julho lipca lip iulie iul",
		"aug august awst aws agosto ago aout augusti augustus sierpnia sie",
		"sep sept september medi med fedi septembre septiembre settembre set setembro wrzesnia wrz septembrie",
		"oct october hydref hyd oktober okt octobre octubre ottobre ott outubro pazdziernika paz octombrie",
		"nov november tachwedd tach tac dachwedd novembre noviembre novembro listopada lis noiembrie",
		"dec december rhagfyr rhag rha ragfyr dezember dez decembre diciembre dic dicembre dezembro grudnia gru decembrie",
	} {
		for _, n := range strings.Fields(names) {
			m[n] = i + 1
		}
	}
	return m
}()

func (d *dateParts) offset(s string) {
	secs := (atoi(s[1:3])*60 + atoi(s[3:5])) * 60
	if s[0] == '-' {
		secs = -secs
	}
	if secs > -24*3600 && secs < 24*3600 {
		d.zone = time.FixedZone("", secs)
	}
}

// time combines the parts, or returns the zero time.
func (d *dateParts) time() time.Time {
	if d.vague && d.count == 3 && d.digits[0] <= 2 && d.digits[1] <= 2 && d.digits[2] != 1 {
		d.named, d.month = false, 0 // Tuesday: the month is a number
	}
	switch {
	case d.named:
		for i := 0; i < d.count; i++ {
			if d.digits[i] == 4 {
				continue
			}
			if d.day == 0 {
				d.day = d.numbers[i]
			} else if d.year == 0 {
				d.year = century(d.numbers[i])
			}
		}
	case d.count == 3 && d.digits[0] == 4:
		d.month, d.day = d.numbers[1], d.numbers[2]
	case d.count == 3:
		d.day, d.month = d.numbers[0], d.numbers[1]
		d.year = cmp.Or(d.year, century(d.numbers[2]))
		if d.month > 12 && d.day <= 12 {
			d.day, d.month = d.month, d.day
		}
	}
	if d.hour < 12 && d.pm {
		d.hour += 12
	} else if d.hour == 12 && d.am {
		d.hour = 0
	}
	if d.year < 1970 || d.year > 2199 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 || d.hour > 23 || d.min > 59 || d.sec > 60 {
		return time.Time{}
	}
	zone := cmp.Or(d.zone, deadlines.London())
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec, 0, zone)
	if t.Day() != d.day {
		return time.Time{} // 31 June
	}
	return t
}

func century(n int) int {
	if n < 100 {
		return 2000 + n
	}
	return n
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func atoi(s string) int {
	n := 0
	for i := 0; i < len(s) && i < 6; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
