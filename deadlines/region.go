package deadlines

// Division is one of the three parts of the United Kingdom for which GOV.UK
// lists bank holidays.
type Division string

// The divisions, named as in GOV.UK's file.
const (
	DivisionEnglandAndWales Division = "england-and-wales"
	DivisionScotland        Division = "scotland"
	DivisionNorthernIreland Division = "northern-ireland"
)

// Divisions lists all three.
func Divisions() []Division {
	return []Division{DivisionEnglandAndWales, DivisionScotland, DivisionNorthernIreland}
}

func (d Division) label() string {
	switch d {
	case DivisionScotland:
		return "Scotland"
	case DivisionNorthernIreland:
		return "Northern Ireland"
	default:
		return "England and Wales"
	}
}

// Region says whose holidays a clock leaves out.
type Region string

// AnyUK leaves out a bank holiday in any part of the United Kingdom (FOIA
// s.10(6)); EnglandAndWales leaves out only its own. Every other value is
// treated as EnglandAndWales, whose dates are never later.
const (
	AnyUK           Region = "any-uk"
	EnglandAndWales Region = "england-and-wales"
)

// Holiday is a bank holiday of one division.
type Holiday struct {
	Division Division `json:"division"`
	Date     Day      `json:"date"`
	Title    string   `json:"title"`
}

func (r Region) label() string {
	if r == AnyUK {
		return "the whole United Kingdom"
	}
	return "England and Wales"
}
