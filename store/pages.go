package store

import (
	"encoding/binary"
	"fmt"
	"io"
)

// pageWalk reads the tree of pages from the file itself, without the memory
// map, and checks that every page that it reaches is within the file and of the
// right kind. bbolt's own check is safe only on a file that passes: an
// overwritten page can make it end the process.
type pageWalk struct {
	file  io.ReaderAt
	meta  fileMeta
	seen  []uint64 // a bit for each page
	found func(format string, args ...any)
}

// The layout of bbolt's pages: a header of id (8 bytes), flags (2), number of
// elements (2) and further pages (4); then the elements.
const (
	pageHeader  = 16
	elementSize = 16
	flagBranch  = 0x01
	flagLeaf    = 0x02
	flagFree    = 0x10
	flagBucket  = 0x01 // of a leaf's element: its value is a bucket
	bucketSize  = 16   // size of that value: root page (8), sequence (8), an inline page
	maxDepth    = 64
	manyFree    = 1<<16 - 1 // instead of the number of free pages, which then comes before them
)

func checkPages(file io.ReaderAt, found func(string, ...any)) {
	m, err := readMeta(file)
	if err != nil {
		found("%v", err)
		return
	}
	for i := range int64(2) {
		var b [metaSize]byte
		_, err := file.ReadAt(b[:], i*int64(m.pageSize)+metaOffset)
		if _, ok := parseMeta(b[:]); err != nil || !ok {
			found("page %d, which says where all others begin, is lost; the store reads by its copy, and the next two recordings mend it", i)
		}
	}
	w := &pageWalk{file: file, meta: m, seen: make([]uint64, m.pages/64+1), found: found}
	w.page(m.root, 0)
	w.free(m.freelist)
}

// free checks the page that lists the free ones: none of these may be in use.
func (w *pageWalk) free(id uint64) {
	if id == noFreelist {
		return
	}
	b, ok := w.read(id, 0)
	if !ok {
		return
	}
	e := binary.NativeEndian
	ids, count := b[pageHeader:], uint64(e.Uint16(b[10:]))
	if count == manyFree {
		count, ids = e.Uint64(ids), ids[8:]
	}
	if e.Uint16(b[8:]) != flagFree || count > uint64(len(ids)/8) {
		w.found("page %d does not list the free pages", id)
		return
	}
	for i := range count {
		n := e.Uint64(ids[8*i:])
		if n < 2 || n >= w.meta.pages || w.seen[n/64]&(1<<(n%64)) != 0 {
			w.found("page %d lists page %d as free, which is in use, or there is no such page", id, n)
			return
		}
	}
}

// page checks the page of that number and all below it.
func (w *pageWalk) page(id uint64, depth int) {
	b, ok := w.read(id, depth)
	if !ok {
		return
	}
	w.elements(id, b, depth)
}

// elements checks the elements of a page.
func (w *pageWalk) elements(id uint64, b []byte, depth int) {
	flags, count := binary.NativeEndian.Uint16(b[8:]), int(binary.NativeEndian.Uint16(b[10:]))
	if flags != flagBranch && flags != flagLeaf || pageHeader+count*elementSize > len(b) {
		w.found("page %d is neither branch nor leaf", id)
		return
	}
	var last []byte
	for i := range count {
		key, value, child, bucket, ok := element(b, i, flags == flagBranch)
		if !ok {
			w.found("page %d: element %d reaches beyond it", id, i)
			return
		}
		if i > 0 && string(last) >= string(key) {
			w.found("page %d: its keys are out of order", id)
			return
		}
		last = key
		switch {
		case flags == flagBranch:
			w.page(child, depth+1)
		case bucket && len(value) < bucketSize:
			w.found("page %d: element %d is no table", id, i)
		case bucket:
			switch root := binary.NativeEndian.Uint64(value); {
			case root != 0:
				w.page(root, depth+1)
			case len(value) < bucketSize+pageHeader || binary.NativeEndian.Uint16(value[bucketSize+8:]) != flagLeaf || depth > maxDepth:
				w.found("page %d: element %d holds no table", id, i)
			default: // a small table is within its element
				w.elements(id, value[bucketSize:], depth+1)
			}
		}
	}
}

// read returns a page together with those that continue it.
func (w *pageWalk) read(id uint64, depth int) ([]byte, bool) {
	if id < 2 || id >= w.meta.pages || depth > maxDepth {
		w.found("page %d is out of range", id)
		return nil, false
	}
	if w.seen[id/64]&(1<<(id%64)) != 0 {
		w.found("page %d is used twice", id)
		return nil, false
	}
	w.seen[id/64] |= 1 << (id % 64)
	size := int64(w.meta.pageSize)
	b := make([]byte, size)
	if _, err := w.file.ReadAt(b, int64(id)*size); err != nil {
		w.found("page %d cannot be read: %v", id, err)
		return nil, false
	}
	more := uint64(binary.NativeEndian.Uint32(b[12:]))
	if n := binary.NativeEndian.Uint64(b); n != id || id+more >= w.meta.pages {
		w.found("page %d was overwritten", id)
		return nil, false
	}
	if more == 0 {
		return b, true
	}
	b = make([]byte, size*int64(1+more))
	if _, err := w.file.ReadAt(b, int64(id)*size); err != nil {
		w.found("page %d cannot be read: %v", id, err)
		return nil, false
	}
	return b, true
}

// element returns the i-th element of a page. A branch's has position and size
// of its key and a page; a leaf's has flags, position, and sizes of key and
// value.
func element(b []byte, i int, branch bool) (key, value []byte, child uint64, bucket, ok bool) {
	e := binary.NativeEndian
	at := pageHeader + i*elementSize
	h := b[at : at+elementSize]
	pos, ksize, vsize := uint64(e.Uint32(h)), uint64(e.Uint32(h[4:])), uint64(0)
	if branch {
		child = e.Uint64(h[8:])
	} else {
		bucket = e.Uint32(h)&flagBucket != 0
		pos, ksize, vsize = uint64(e.Uint32(h[4:])), uint64(e.Uint32(h[8:])), uint64(e.Uint32(h[12:]))
	}
	from := uint64(at) + pos
	if from+ksize+vsize > uint64(len(b)) {
		return nil, nil, 0, false, false
	}
	return b[from : from+ksize], b[from+ksize : from+ksize+vsize], child, bucket, true
}

// collect returns a function that notes what is wrong with the file.
func collect(findings *[]Finding) func(string, ...any) {
	return func(format string, args ...any) {
		if len(*findings) < maxFindings {
			*findings = append(*findings, Finding{Where: "file", What: fmt.Sprintf(format, args...)})
		}
	}
}

// pageFindings checks the file itself. Nobody can record meanwhile.
func (db *DB) pageFindings() []Finding {
	var findings []Finding
	found := collect(&findings)
	if db.pg != nil {
		return nil // the database checks its own pages
	}
	db.writing.Lock()
	defer db.writing.Unlock()
	t, err := db.begin()
	if err != nil {
		found("%v", err)
		return findings
	}
	defer func() { _ = t.b.Rollback() }() // it has only read
	if checkPages(t.file, found); len(findings) > 0 {
		return findings
	}
	for err := range t.b.Check() {
		found("%v", err)
	}
	return findings
}
