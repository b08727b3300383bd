//go:build race

package daemon

func init() { replayed = 100 }
