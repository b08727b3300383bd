package templates

import "testing"

func TestEmbeddedTextsLoad(t *testing.T) {
	if _, err := Load(""); err != nil {
		t.Fatal(err)
	}
}
