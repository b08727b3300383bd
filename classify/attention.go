package classify

import "requestd/intake"

// attention marks mail that is no request but has its own deadline: the rights
// of UK GDPR Articles 16 to 21 run for a month as access does (Article 12(3));
// the regulator and the courts set theirs.
func (s *signs) attention(r *intake.Reading) {
	disputes := r.Kind == intake.Other || r.Kind == intake.Review // a regulator's or a court's letter may be read as these
	switch {
	case disputes && s.marked(markRegulator), r.Kind == intake.Other && s.any("regulator"):
		r.Attention = "regulator"
		r.Evidence = append(r.Evidence, s.tagEvidence("from the regulator", "regulator"))
	case (disputes || r.Kind == intake.DSAR) && s.marked(markLegal), r.Kind == intake.Other && s.any("legal"):
		r.Attention = "legal"
		r.Evidence = append(r.Evidence, s.tagEvidence("legal papers", "legal"))
	case isRequest(r.Kind) && r.Kind != intake.DSAR:
	case s.marked(markRights) && (r.Kind != intake.DSAR || len(s.rightsNamed()) > 0), s.any("rights-sure"), r.Kind == intake.Other && s.any("rights") && !s.any("thanks"):
		r.Attention = "rights"
		r.Evidence = append(r.Evidence, s.tagEvidence("asks for correction, erasure or objects", "rights-sure", "rights"))
	}
}

// marked reports whether the model sets a mark.
func (s *signs) marked(m mark) bool {
	return float64(s.reading.marks[m]) >= s.model.bounds.Marks[m]
}
