package storetest

import (
	"errors"
	"testing"

	"go.etcd.io/bbolt"
)

// Damage overwrites a record, named by its table and key, with rubbish. Nobody
// may have the store open.
func Damage(tb testing.TB, path, table, key string) {
	tb.Helper()
	b, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		tb.Fatal(err)
	}
	err = b.Update(func(tx *bbolt.Tx) error {
		if tx.Bucket([]byte(table)).Get([]byte(key)) == nil {
			return errors.New("there is no such record")
		}
		return tx.Bucket([]byte(table)).Put([]byte(key), []byte{0xff, 0xff, 0xff})
	})
	if err := errors.Join(err, b.Close()); err != nil {
		tb.Fatal(err)
	}
}
