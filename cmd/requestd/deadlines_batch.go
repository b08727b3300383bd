package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"requestd/deadlines"
)

// Limits of a batch: how many lines go to a worker together, and how long a
// line may be before it is answered with an error instead of being kept.
const (
	batchLines   = 64
	batchMaxLine = 4 << 20
)

// errLongLine is the answer to a line of more than batchMaxLine bytes.
var errLongLine = fmt.Errorf("line of more than %d bytes: want one request a line", batchMaxLine)

// batchLine is a line without its end, or says that the line was too long.
type batchLine struct {
	text    []byte
	tooLong bool
}

// batchChunk is a run of lines that a worker answers together.
type batchChunk struct {
	lines   []batchLine
	answers chan []byte // receives one value: the answers, each with a line end
}

// runBatch answers each line of in with a line on out, in order. Several
// workers share the lines. An answer is written as soon as no further line is
// ready, so that a program may ask line by line.
func runBatch(ctx context.Context, in io.Reader, out io.Writer, answer func(b, line []byte) []byte) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	todo := make(chan batchChunk)
	done := make(chan batchChunk, 4*runtime.GOMAXPROCS(0)) // the same chunks, in order
	var readErr error                                      // read once done is closed
	go func() {
		defer close(done)
		defer close(todo)
		readErr = readChunks(in, func(c batchChunk) bool {
			return offer(ctx, done, c) && offer(ctx, todo, c)
		})
	}()
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for c := range todo {
				c.answers <- answerChunk(c.lines, answer)
			}
		}()
	}
	for {
		c, more, err := take(ctx, done)
		if err != nil || !more {
			return errors.Join(err, readErr)
		}
		b, _, err := take(ctx, c.answers)
		if err != nil {
			return err
		}
		if _, err := out.Write(b); err != nil {
			return fmt.Errorf("write the answers of the batch: %w", err)
		}
	}
}

// take receives a value, unless the batch is stopped first.
func take[T any](ctx context.Context, from <-chan T) (v T, more bool, err error) {
	select {
	case v, more = <-from:
		return v, more, nil
	case <-ctx.Done():
		return v, false, fmt.Errorf("batch stopped: %w", ctx.Err())
	}
}

func offer(ctx context.Context, to chan<- batchChunk, c batchChunk) bool {
	select {
	case to <- c:
		return true
	case <-ctx.Done():
		return false
	}
}

func answerChunk(lines []batchLine, answer func(b, line []byte) []byte) []byte {
	b := make([]byte, 0, len(lines)*2048)
	for _, line := range lines {
		if line.tooLong {
			b = deadlines.AppendError(b, errLongLine)
		} else {
			b = answer(b, line.text)
		}
		b = append(b, '\n')
	}
	return b
}

// readChunks cuts the input into chunks and calls emit with each until emit
// returns false. A chunk is passed on early when the next line has not arrived
// yet.
func readChunks(in io.Reader, emit func(batchChunk) bool) error {
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		c := batchChunk{answers: make(chan []byte, 1)}
		var err error
		for len(c.lines) < batchLines && err == nil {
			var line batchLine
			if line, err = readLine(r); err == nil {
				c.lines = append(c.lines, line)
			}
			if !lineAtHand(r) {
				break
			}
		}
		if len(c.lines) > 0 && !emit(c) {
			return nil
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read the batch from standard input: %w", err)
		}
	}
}

func lineAtHand(r *bufio.Reader) bool {
	b, _ := r.Peek(r.Buffered()) // cannot fail: the bytes are buffered
	return bytes.IndexByte(b, '\n') >= 0
}

// readLine reads a line, or returns io.EOF when there is none.
func readLine(r *bufio.Reader) (batchLine, error) {
	var line batchLine
	for some := false; ; some = true {
		part, err := r.ReadSlice('\n')
		line.tooLong = line.tooLong || len(line.text)+len(part) > batchMaxLine
		if !line.tooLong {
			line.text = append(line.text, part...)
		}
		switch {
		case err == nil, errors.Is(err, io.EOF) && (some || len(part) > 0):
			line.text = bytes.TrimRight(line.text, "\r\n")
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return batchLine{}, err
		}
	}
}
