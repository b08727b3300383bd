package outbox_test

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"requestd/intake/outbox"
)

// A connection to a server that sends without end is closed, before TLS as
// well.
func TestAnAnswerWithoutEnd(t *testing.T) {
	for name, begin := range map[string]string{"a banner of many lines": "220-", "a banner of one": "220 " + strings.Repeat("x", 100_000)} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "localhost:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			var took atomic.Int64
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					go func() {
						defer c.Close()
						block := []byte(strings.Repeat(begin+"and so on\r\n", 64))
						if strings.HasPrefix(begin, "220 ") {
							block = []byte(begin)
						}
						for err == nil {
							var n int
							n, err = c.Write(block)
							took.Add(int64(n))
						}
					}()
				}
			}()
			s := client(t, l.Addr().(*net.TCPAddr).Port, "")
			r := s.Send(t.Context(), "a@example.org", "b@example.org", plainMail)
			if r.Outcome != outbox.Retry || r.Used || !strings.Contains(r.Response, "no end") {
				t.Errorf("%+v", r)
			}
			if n := took.Load(); n > 16<<20 { // buffers of the kernel on both sides are counted too
				t.Errorf("%d MB were taken", n>>20)
			}
		})
	}
}
