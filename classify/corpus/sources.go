package corpus

import (
	"flag"

	"requestd/classify"
)

// Sources are the folders and files from which the model is trained.
type Sources struct {
	Mail      string // folder of *.jsonl, one of each writer
	Sentences string // folder of *.tsv with sentences that stand alone; "" for none
	Texts     string // file of short texts; "" for none
}

// Flags adds flags for them to a command line.
func (s *Sources) Flags(f *flag.FlagSet) {
	f.StringVar(&s.Mail, "mail", "classify/corpus/mail", "folder of labelled mail, a *.jsonl for each writer")
	f.StringVar(&s.Sentences, "sentences", "classify/corpus/sentences", "folder of labelled sentences that stand alone; empty for none")
	f.StringVar(&s.Texts, "texts", "classify/corpus/texts.tsv", "file of labelled short texts; empty for none")
}

// Prepare loads everything and prepares it once, so that models can be trained
// from any part of it.
func (s *Sources) Prepare(c *classify.Classifier) ([]Mail, *classify.Prepared, error) {
	mails, err := LoadLines(s.Mail)
	if err != nil {
		return nil, nil, err
	}
	var examples []classify.Example
	for _, m := range mails {
		examples = append(examples, m.Example())
	}
	var apart []classify.LabelledSentence
	if s.Sentences != "" {
		if apart, err = LoadSentences(s.Sentences); err != nil {
			return nil, nil, err
		}
	}
	if s.Texts != "" {
		texts, err := LoadTexts(s.Texts)
		if err != nil {
			return nil, nil, err
		}
		examples = append(examples, texts...)
	}
	return mails, classify.Prepare(c, examples, apart), nil
}
