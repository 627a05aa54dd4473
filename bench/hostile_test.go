package bench

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/models"
)

const (
	// refusalMost is how many ordinary queries the refusal of an attack may cost.
	refusalMost = 20
	// refusalWindow is how long one attack goes on in a turn.
	refusalWindow = 40 * time.Millisecond
	// answerBytes bounds the answer to an attack.
	answerBytes = 16 << 10
)

// ordinary is the query that refusals are compared with.
func ordinary(task *models.Task) string {
	return `{"query":"query($id: ID!) { task(id: $id) { id status progress } }","variables":{"id":"` + models.TaskID(task.ID) + `"}}`
}

// post is a request of GraphQL by POST.
func post(tb testing.TB, url, body string) *http.Request {
	tb.Helper()
	r := get(tb, url+"/graphql", "Authorization", "Bearer "+token, "Content-Type", "application/json")
	r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader(body)), int64(len(body))
	return r
}

// BenchmarkHostile compares what it costs to refuse with what an ordinary query costs.
func BenchmarkHostile(b *testing.B) {
	db := newSQLite(b)
	task := runningTask(b, db)
	url, stop := serve(b, db)
	defer stop()
	usual, response := reach(b, post(b, url, ordinary(task)))
	body, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	require.Contains(b, string(body), `"status":"RUNNING"`)
	measure := func(name string, bodies ...string) {
		b.Run(name, func(b *testing.B) {
			loads := []load{usual.again(b)}
			for _, body := range bodies {
				attacker, _ := reach(b, post(b, url, body))
				loads = append(loads, attacker.again(b))
			}
			turns := takeTurns(loads...)
			worst := 0.0
			for _, attack := range turns[1:] {
				worst = max(worst, attack.to(turns[0], sample.cpuCost))
			}
			results.add(b, db.kind, name,
				column{"CPU µs, ordinary query", "cpu-us/query", turns[0].median(sample.cpuCost)},
				column{"CPU µs, 100 kB refused", "cpu-us/long", turns[1].median(sample.cpuCost)},
				column{"× CPU", "x-cpu-long", turns[1].to(turns[0], sample.cpuCost)},
				column{"CPU µs, as large as may be", "cpu-us/fitting", turns[len(turns)-1].median(sample.cpuCost)},
				column{"× CPU of that", "x-cpu-fitting", turns[len(turns)-1].to(turns[0], sample.cpuCost)},
			)
			if worst > refusalMost {
				b.Errorf("%s: costs as much as %.1f ordinary queries, and %d are the most", name, worst, refusalMost)
			}
		})
	}
	for _, a := range attacks {
		measure(a.name, request(a.long()), request(a.fitting()))
	}
	for _, bad := range badRequests() {
		measure(bad.name, bad.body)
	}
}

// again asks the same one after the other.
func (c *reader) again(tb testing.TB) load {
	return load{run: func() (n int) {
		for until := time.Now().Add(refusalWindow); time.Now().Before(until); n++ {
			require.NoError(tb, c.ask())
		}
		return n
	}}
}

// refusal is an answer of GraphQL that has no data.
type refusal struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// requireRefused checks an answer: it is small, has no data, and has the code.
func requireRefused(t *testing.T, answer, code, message string) {
	t.Helper()
	require.Less(t, len(answer), answerBytes)
	var r refusal
	require.NoError(t, json.Unmarshal([]byte(answer), &r), answer)
	require.Contains(t, []string{"", "null"}, string(r.Data), answer)
	require.NotEmpty(t, r.Errors, answer)
	require.Equal(t, code, r.Errors[0].Extensions.Code, answer)
	require.Contains(t, r.Errors[0].Message, message)
}

// TestHostileDocuments: each attack is refused with the right code and a small answer,
// over POST and over a socket.
func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	url, stop := serve(t, newSQLite(t))
	t.Cleanup(stop)
	overPost := func(t *testing.T, body string) string {
		answered, err := http.DefaultClient.Do(post(t, url, body))
		require.NoError(t, err)
		defer answered.Body.Close()
		text, err := io.ReadAll(answered.Body)
		require.NoError(t, err)
		return string(text)
	}
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			socket := subscriber(t, url)
			for _, answer := range []string{overPost(t, request(a.long())), operate(t, socket, request(a.long()))} {
				requireRefused(t, answer, limited, "bytes in the document")
			}
			for _, answer := range []string{overPost(t, request(a.fitting())), operate(t, socket, request(a.fitting()))} {
				if a.code == "" {
					require.Contains(t, answer, `"data":{`)
					continue
				}
				requireRefused(t, answer, a.code, a.message)
			}
		})
	}
	for _, bad := range badRequests() {
		t.Run(bad.name, func(t *testing.T) {
			requireRefused(t, overPost(t, bad.body), bad.code, "")
			socket := subscriber(t, url)
			if bad.close == 0 {
				requireRefused(t, operate(t, socket, bad.body), bad.code, "")
				return
			}
			require.NoError(t, socket.WriteMessage(websocket.TextMessage, []byte(subscribe(bad.body))))
			_, _, err := socket.ReadMessage()
			require.True(t, websocket.IsCloseError(err, bad.close), "%v", err)
		})
	}
}

// subscriber opens a socket and signs in.
func subscriber(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}
	socket, _, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(url, "http")+"/graphql", nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = socket.Close() })
	require.NoError(t, socket.SetReadDeadline(time.Now().Add(patience)))
	require.NoError(t, socket.WriteMessage(websocket.TextMessage,
		[]byte(`{"type":"connection_init","payload":{"Authorization":"Bearer `+token+`"}}`)))
	_, ack, err := socket.ReadMessage()
	require.NoError(t, err)
	require.JSONEq(t, `{"type":"connection_ack"}`, string(ack))
	return socket
}

func subscribe(body string) string { return `{"id":"1","type":"subscribe","payload":` + body + `}` }

// operate runs one operation on a socket, and gives its answer as POST would.
func operate(t *testing.T, socket *websocket.Conn, body string) string {
	t.Helper()
	require.NoError(t, socket.WriteMessage(websocket.TextMessage, []byte(subscribe(body))))
	var m struct {
		Type    string
		Payload json.RawMessage
	}
	require.NoError(t, socket.ReadJSON(&m))
	if m.Type == "error" {
		return `{"errors":` + string(m.Payload) + `}`
	}
	answer := string(m.Payload)
	require.NoError(t, socket.ReadJSON(&m))
	require.Equal(t, "complete", m.Type)
	return answer
}
