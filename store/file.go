package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// A bbolt file is mapped into memory; if the file was cut off, reading a page
// beyond its end kills the process. So the file is first checked by reading:
// its newest valid meta page says how many pages it must have.
const (
	metaOffset = 16 // after the page's own header
	metaSize   = 64
	metaMagic  = 0xED0CDAED
	metaFormat = 2
	noFreelist = 1<<64 - 1
)

// fileMeta holds the parts of a meta page that we need.
type fileMeta struct {
	pageSize uint32
	root     uint64
	freelist uint64 // the page that lists the free ones; noFreelist for none
	pages    uint64 // how many the file must hold
	txid     uint64
}

// checkFile returns an error if the file at path is shorter than a store must
// be. An empty file is long enough, since it becomes a store. Nothing is locked
// or changed.
func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	defer f.Close()
	m, err := readMeta(f)
	if errors.Is(err, errEmpty) {
		return nil
	}
	if err != nil {
		return damaged(path, err.Error())
	}
	i, err := f.Stat() // after reading the meta page: a file grows before its meta page says so
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	if need := int64(m.pages) * int64(m.pageSize); i.Size() < need {
		return damaged(path, fmt.Sprintf("it ends after %d of %d bytes", i.Size(), need))
	}
	return nil
}

var (
	errEmpty  = errors.New("the file is empty")
	errNoMeta = errors.New("it is not a store, or both its first pages are lost")
)

// readMeta finds the newest valid meta page.
func readMeta(f io.ReaderAt) (fileMeta, error) {
	var best fileMeta
	found := false
	var b [metaSize]byte
	if n, _ := f.ReadAt(b[:1], 0); n == 0 {
		return best, errEmpty
	}
	for _, at := range []int64{0, 1 << 10, 2 << 10, 4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10} {
		if n, _ := f.ReadAt(b[:], at+metaOffset); n < metaSize {
			continue
		}
		if m, ok := parseMeta(b[:]); ok && (at == 0 || at == int64(m.pageSize)) && (!found || m.txid > best.txid) {
			best, found = m, true
		}
	}
	if !found {
		return best, errNoMeta
	}
	return best, nil
}

func parseMeta(b []byte) (fileMeta, bool) {
	e := binary.NativeEndian
	h := fnv.New64a()
	h.Write(b[:56])
	m := fileMeta{pageSize: e.Uint32(b[8:]), root: e.Uint64(b[16:]), freelist: e.Uint64(b[32:]), pages: e.Uint64(b[40:]), txid: e.Uint64(b[48:])}
	ok := e.Uint32(b) == metaMagic && e.Uint32(b[4:]) == metaFormat && e.Uint64(b[56:]) == h.Sum64() &&
		m.pageSize >= 1<<10 && m.pageSize <= 64<<10 && m.pages < 1<<40
	return m, ok
}
