package http_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/executor"
	"stepcast/executor/executortest"
	stepcasthttp "stepcast/executor/http"
	"stepcast/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// object is a JSON object.
type object = map[string]any

// options allow every port of this machine.
func options(targets ...string) stepcasthttp.Options {
	if targets == nil {
		targets = []string{"127.0.0.1:*"}
	}
	return stepcasthttp.Options{Targets: targets, Logger: slog.New(slog.DiscardHandler)}
}

// serve begins a server that ends with the test.
func serve(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// content is what a test runs.
type content struct {
	options stepcasthttp.Options
	params  object
	code    string
	env     map[string]string
}

// running is an execution of a content.
type running struct{ *executortest.Execution }

func newRunning() *running { return &running{executortest.NewExecution()} }

func (c content) request(t testing.TB) executor.Request {
	t.Helper()
	params, err := json.Marshal(c.params)
	require.NoError(t, err)
	return executor.Request{
		Task: 690, Attempt: 1, Content: models.ContentRef{Step: 1, Content: 1}, Code: c.code, Params: params, Env: c.env,
	}
}

// begin begins an execution; prepare, which may be nil, is called before.
func (c content) begin(t testing.TB, prepare func(*running)) *running {
	t.Helper()
	if c.options.Targets == nil {
		c.options.Targets = options().Targets
	}
	c.options.Logger = slog.New(slog.DiscardHandler)
	r := newRunning()
	if prepare != nil {
		prepare(r)
	}
	r.Begin(t, stepcasthttp.New(c.options), c.request(t))
	return r
}

// run runs a content to its end.
func (c content) run(t testing.TB) *running {
	t.Helper()
	r := c.begin(t, nil)
	r.End(t)
	return r
}

// get runs a content that only has a url, and succeeds.
func get(t testing.TB, url string) *running {
	t.Helper()
	r := content{params: object{"url": url}}.run(t)
	r.requireSuccess(t)
	return r
}

func (r *running) requireSuccess(t testing.TB) {
	t.Helper()
	if f := r.Result.Failure; f != nil {
		t.Fatalf("%s: %s", f.Code, f.Message.In("en"))
	}
}

func (r *running) requireFailure(t testing.TB, code models.TaskErrorCode, english string) {
	t.Helper()
	require.NotNil(t, r.Result.Failure)
	require.Equal(t, code, r.Result.Failure.Code)
	require.Contains(t, r.Result.Failure.Message.In("en"), english)
	require.NotEqual(t, r.Result.Failure.Message.In("en"), r.Result.Failure.Message.In("zh"))
}

// requireFile gives the bytes of the one file that there is.
func (r *running) requireFile(t testing.TB, name string) string {
	t.Helper()
	require.Len(t, r.Results(), 1)
	file := r.Results()[0]
	require.Equal(t, name, file.Name)
	require.True(t, file.Closed)
	return string(file.Bytes)
}

func wait(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(executortest.Patience):
		t.Fatalf("%s: not in time", what)
	}
}

// resolver answers every question with one address, and with none of the other family.
func resolver(address string) *net.Resolver {
	addr := netip.MustParseAddr(address)
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer func() { _ = theirs.Close() }()
			for answerOne(theirs, addr) == nil {
			}
		}()
		return ours, nil
	}}
}

// answerOne answers one DNS question (RFC 1035, 4), with the length before it as on TCP.
func answerOne(conn net.Conn, addr netip.Addr) error {
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return err
	}
	question := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, question); err != nil {
		return err
	}
	const header, typeA, typeAAAA = 12, 1, 28
	end := header
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	kind := binary.BigEndian.Uint16(question[end+1:])
	end += 5
	reply := append([]byte{question[0], question[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question[header:end]...)
	if kind == typeA && addr.Is4() || kind == typeAAAA && addr.Is6() {
		reply[7] = 1
		data := addr.AsSlice()
		reply = append(reply, 0xc0, header, 0, byte(kind), 0, 1, 0, 0, 0, 60, 0, byte(len(data)))
		reply = append(reply, data...)
	}
	_, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
	return err
}
