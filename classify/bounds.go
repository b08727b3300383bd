package classify

import (
	"cmp"
	"slices"
	"sync"
)

// Bounds are the probabilities from which the classifier acts by itself. They
// are found by letting a model read each writer's mail that learned nothing
// from that writer, and keep their promises for such mail.
type Bounds struct {
	Acknowledge float64         // mail that is of one kind of request with at least this probability is acknowledged
	Pass        float64         // mail that is a request with at most this probability is passed, a person's or a program's
	Machine     float64         // mail that has a program's words with at least this probability is nobody's mail
	Marks       [nMarks]float64 // a mark with at least this probability is set
	Suspect     [nMarks]float64 // a mark with at least this probability is suspected: such mail is not passed
	Wary        [nMarks]float64 // with a mark of at least this probability no letter is sent automatically
	Quiet       [nMarks]float64 // below this probability a mark is most likely absent
}

// Costs say how often each mistake may be made, in percent of mails. The costs
// about kinds apply to mail as it really comes, without the misleading sets, of
// which an inbox has few; those about marks apply to all.
type Costs struct {
	WrongKind float64         // of the acknowledgements: those of the wrong kind
	Lost      float64         // of the requests: those that are passed
	NoMachine float64         // of the mails taken for a program's: those of people
	Alarms    [nMarks]float64 // of the mails without a mark: those that get it
	Unseen    float64         // of the mails with a mark: those that seem quiet
	Suspects  float64         // how many times as many mails may be suspected as get an alarm
	Wary      float64         // how many times as many may get no letter automatically
}

// DefaultCosts weigh a letter of the wrong kind, which a person corrects,
// against a request that waits for a person. Far worse than both is a request
// that is passed, which is only in the daily list.
//
// A false alarm costs an officer half a minute, a danger that nobody sees a
// life: so there may be many alarms.
var DefaultCosts = Costs{WrongKind: 1, Lost: 0.25, NoMachine: 5, Unseen: 5, Suspects: 1.75, Wary: 2.25,
	Alarms: [nMarks]float64{markDanger: 5, markHarm: 4, markChild: 4, markBreach: 2, markChildAsking: 1, markContactUnsafe: 3, markRights: 2, markLegal: 1, markForChild: 2,
		markRepresentative: 1, markIdentity: 1, markAuthority: 1, markHardCopy: 1, markEnvironmental: 1, markRegulator: 1}}

// judged is one mail that was read by a model that does not know its writer.
type judged struct {
	p     weights
	class int
	part  int
	marks [nMarks]float32
	is    []float32 // the marks that people gave it; below 0 if nobody looked

	misleading bool // of a misleading set
}

// LeftOut has, for each part of the writers, a model that learned only from the
// other parts.
type LeftOut struct {
	models  []*Model
	writers []string
	judged  []judged
	costs   Costs
	speech  [nSpeech][nSpeech]int   // what labelled sentences do, and what they were read as
	kinds   [nClasses][nClasses]int // the same for mails, by the model alone
}

// LeaveOut divides the writers into parts, trains a model without each part,
// and lets it read that part.
func (p *Prepared) LeaveOut(parts int, costs Costs) *LeftOut {
	l := &LeftOut{costs: costs}
	for i := range p.mails {
		if w := p.mails[i].writer; w != shortTexts && !slices.Contains(l.writers, w) {
			l.writers = append(l.writers, w)
		}
	}
	slices.Sort(l.writers)
	if parts <= 0 || parts > len(l.writers) {
		parts = len(l.writers)
	}
	l.models = make([]*Model, parts)
	all := make([][]judged, parts)
	var wg sync.WaitGroup
	var read sync.Mutex
	for k := range parts {
		wg.Go(func() {
			of := func(w string) bool { return l.Part(w) == k }
			l.models[k] = p.Train(of)
			var r sentenceReading
			for i := range p.mails {
				pm := &p.mails[i]
				if !of(pm.writer) {
					continue
				}
				read.Lock() // only one model at a time can use a mail's working memory
				l.models[k].read(pm.s, &r)
				l.count(pm, &r)
				read.Unlock()
				if pm.weight == 1 {
					all[k] = append(all[k], judged{softmax(r.kinds), pm.class, k, r.marks, pm.marks, pm.misleading})
				}
			}
		})
	}
	wg.Wait()
	l.judged = slices.Concat(all...)
	return l
}

// count counts what a mail and its sentences were read as.
func (l *LeftOut) count(m *prepared, r *sentenceReading) {
	for k := range m.sentences {
		if m.labelled[k] {
			l.speech[m.sentences[k].Class][most(r.second[k][:])]++
		}
	}
	if m.weight == 1 {
		l.kinds[m.class][top(r.kinds)]++
	}
}

// Parts returns the number of parts into which the writers were divided.
func (l *LeftOut) Parts() int { return len(l.models) }

// Measured counts what labelled sentences do (rows, in the order of
// SpeechLetters) and what they were read as (columns).
func (l *LeftOut) Measured() [][]int {
	var rows [][]int
	for i := range l.speech {
		rows = append(rows, l.speech[i][:])
	}
	return rows
}

// Kinds counts the kinds of mails and what the model alone read them as.
func (l *LeftOut) Kinds() [][]int {
	var rows [][]int
	for i := range l.kinds {
		rows = append(rows, l.kinds[i][:])
	}
	return rows
}

// Part returns the part of a writer, or -1.
func (l *LeftOut) Part(writer string) int {
	k := slices.Index(l.writers, writer)
	if k < 0 {
		return k
	}
	return k % len(l.models)
}

// Model returns the model that does not know a writer, with bounds from the
// mail of other parts.
func (l *LeftOut) Model(writer string) *Model {
	k := l.Part(writer)
	m := *l.models[k]
	m.bounds = boundsOf(slices.DeleteFunc(slices.Clone(l.judged), func(j judged) bool { return j.part == k }), l.costs)
	return &m
}

// Bounds returns the bounds for all parts together.
func (l *LeftOut) Bounds() Bounds { return boundsOf(l.judged, l.costs) }

// WithBounds returns a copy of the model with other bounds.
func (m *Model) WithBounds(b Bounds) *Model {
	n := *m
	n.bounds = b
	return &n
}

// shortTexts is the writer of the texts that are not whole mails.
const shortTexts = "paraphrases"

func boundsOf(list []judged, costs Costs) Bounds {
	var asked, passed, machines []mistake
	requests := 0
	for _, j := range list {
		if j.misleading {
			continue
		}
		best := top(j.p)
		request := j.class != cOther && j.class != cAuto
		if request {
			requests++
		}
		switch best {
		case cOther, cAuto:
			passed = append(passed, mistake{-j.p.request(), request})
		default:
			asked = append(asked, mistake{j.p[best], best != j.class})
		}
		if best == cAuto {
			machines = append(machines, mistake{j.p[cAuto], j.class != cAuto})
		}
	}
	b := Bounds{
		Acknowledge: surest(asked, func(wrong, n int) bool { return float64(wrong)*100 <= costs.WrongKind*float64(n) }),
		Pass:        -surest(passed, func(wrong, _ int) bool { return float64(wrong)*100 <= costs.Lost*float64(requests) }),
		Machine:     surest(machines, func(wrong, n int) bool { return float64(wrong)*100 <= costs.NoMachine*float64(n) }),
	}
	for k := range nMarks {
		var alarms []mistake
		var with []float64
		without := 0
		for _, j := range list {
			if j.is[k] < 0 {
				continue
			}
			no := j.is[k] == 0
			if no {
				without++
			} else {
				with = append(with, float64(j.marks[k]))
			}
			alarms = append(alarms, mistake{float64(j.marks[k]), no})
		}
		b.Marks[k] = surest(alarms, func(wrong, _ int) bool { return float64(wrong)*100 <= costs.Alarms[k]*float64(without) })
		b.Wary[k] = surest(alarms, func(wrong, _ int) bool { return float64(wrong)*100 <= costs.Wary*costs.Alarms[k]*float64(without) })
		b.Suspect[k] = surest(alarms, func(wrong, _ int) bool { return float64(wrong)*100 <= costs.Suspects*costs.Alarms[k]*float64(without) })
		if slices.Sort(with); len(with) > 0 {
			b.Quiet[k] = with[int(costs.Unseen/100*float64(len(with)))]
		}
	}
	return b
}

// mistake says how sure a reading was, and whether it was wrong.
type mistake struct {
	sure  float64
	wrong bool
}

// surest returns the lowest certainty down to which there are few enough
// mistakes.
func surest(list []mistake, few func(wrong, n int) bool) float64 {
	slices.SortStableFunc(list, func(a, b mistake) int { return cmp.Compare(b.sure, a.sure) })
	bound, wrong := 1.0, 0
	if len(list) > 0 && list[0].sure <= 0 {
		bound = 0
	}
	for n, m := range list {
		if m.wrong {
			wrong++
		}
		if few(wrong, n+1) {
			bound = m.sure
		}
	}
	return bound
}
