package store

import (
	"context"
	"fmt"

	"requestd/intake"
)

// maxFindings ends the listing of a store in ruins.
const maxFindings = 1000

type verifier struct {
	tx       *Tx
	ctx      context.Context
	derive   func(*intake.Case) intake.Index
	findings []Finding
}

func (v *verifier) find(where, format string, args ...any) {
	if len(v.findings) < maxFindings {
		v.findings = append(v.findings, Finding{Where: where, What: fmt.Sprintf(format, args...)})
	}
}

func (v *verifier) all() error {
	for err := range v.tx.b.Check() {
		v.find("file", "%v", err)
	}
	return v.ctx.Err()
}
