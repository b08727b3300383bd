package officer

import (
	"testing"

	"requestd/intake"
)

func TestFirstLineAfterMarkingsAndGreetings(t *testing.T) {
	for text, want := range map[string]string{
		"foi\n\nThanks":                                                        "foi",
		"OFFICIAL\n\nfoi":                                                      "foi",
		"[OFFICIAL-SENSITIVE]\nHi,\n\ndsar":                                    "dsar",
		"Classification: OFFICIAL - SENSITIVE\n\ndsar":                         "dsar",
		"SWYDDOGOL\n\nBore da,\n\nmine":                                        "mine",
		"Hello team,\nsend":                                                    "send",
		"Dear all\n\nnot a request":                                            "not a request",
		"Good morning\nhold":                                                   "hold",
		"*Sensitivity: Internal*\n\nfoi":                                       "foi",
		"OFFICIAL-SENSITIVE: PERSONAL\n\ndsar":                                 "dsar",
		"OFFICIAL – SENSITIVE – COMMERCIAL\nfoi":                               "foi",
		"SWYDDOGOL-SENSITIF: PERSONOL\n\nfoi":                                  "foi",
		"CAUTION: This email originated from outside the organisation.\n\nfoi": "foi",
		"[EXTERNAL] Do not click links.\nHi,\nsend":                            "send",
		"RHYBUDD: Daeth yr e-bost hwn o'r tu allan.\nfoi":                      "foi",
		"Hello":           "Hello",
		"Hi, this is foi": "Hi, this is foi",
		"Dear Mrs Finch rang about her file\nfoi":         "Dear Mrs Finch rang about her file",
		"Official figures are wanted, so foi\nand thanks": "Official figures are wanted, so foi",
	} {
		if got := FirstLine(&intake.Message{Text: text}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
