package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// reader is a client that asks the same again and again over one connection, and costs
// next to nothing: what is measured is the server.
type reader struct {
	conn    net.Conn
	request []byte
	// answer has the length of the answers, which all have the same; status begins them.
	answer []byte
	status string
}

// dial connects, and asks once to learn what answers look like.
func dial(tb testing.TB, r *http.Request) (*reader, *http.Response) {
	tb.Helper()
	c, response := reach(tb, r)
	require.Equal(tb, http.StatusOK, response.StatusCode)
	return c, response
}

// reach is dial for what may be refused.
func reach(tb testing.TB, r *http.Request) (*reader, *http.Response) {
	tb.Helper()
	conn, err := net.Dial("tcp", r.URL.Host)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = conn.Close() }) // the server may have closed it
	var request bytes.Buffer
	require.NoError(tb, r.Write(&request))
	c := &reader{conn: conn, request: request.Bytes()}
	var raw bytes.Buffer
	_, err = conn.Write(c.request)
	require.NoError(tb, err)
	response, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &raw)), r)
	require.NoError(tb, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(tb, err)
	c.status, _, _ = strings.Cut(raw.String(), "\r\n")
	response.Body = io.NopCloser(bytes.NewReader(body))
	c.answer = make([]byte, raw.Len())
	return c, response
}

// ask sends the request once more and reads the answer.
func (c *reader) ask() error {
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := c.conn.Write(c.request); err != nil {
		return err
	}
	if _, err := io.ReadFull(c.conn, c.answer); err != nil {
		return err
	}
	if !bytes.HasPrefix(c.answer, []byte(c.status)) {
		return fmt.Errorf("answered %q", c.answer)
	}
	return nil
}

// replay is a bare handler that writes what another server answered.
func replay(tb testing.TB, recorded *http.Response) http.Handler {
	tb.Helper()
	body, err := io.ReadAll(recorded.Body)
	require.NoError(tb, err)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range recorded.Header {
			if name != "Date" {
				w.Header()[name] = values
			}
		}
		_, _ = w.Write(body) // the client is gone: there is nobody to tell
	})
}
