package linkis

import (
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"

	"stepcast/internal/httpx"
)

// envelope is the body of every answer, in the key order of the document.
type envelope struct {
	// Data is an object, empty at least.
	Data    any    `json:"data"`
	Message string `json:"message"`
	Method  string `json:"method"`
	Status  int    `json:"status"`
}

// The statuses of the envelope that are in use here.
const (
	statusOK        = 0
	statusError     = 1
	statusForbidden = 3
	statusNoLogin   = -1
)

// textOK is the message of a success that has no other.
const textOK = "OK"

// answer is an envelope in the making, and the HTTP status it goes with.
type answer struct {
	http    int
	status  int
	message string
	// data is nil for an empty object.
	data   any
	header http.Header
}

// ok is a success.
func ok(message string, data any) answer {
	return answer{http: http.StatusOK, status: statusOK, message: message, data: data}
}

func (c *call) write(a answer) {
	body, err := httpx.JSON(a.envelope(c.method))
	if err != nil {
		// Only a type of this package that cannot be encoded brings us here.
		panic(err)
	}
	maps.Copy(c.w.Header(), a.header)
	c.w.Header().Set("Cache-Control", "no-store")
	httpx.Write(c.w, c.r, a.http, httpx.TypeJSON, body)
}

func (a answer) envelope(method string) envelope {
	data := a.data
	if data == nil {
		data = struct{}{}
	}
	return envelope{Data: data, Message: a.message, Method: method, Status: a.status}
}

// javaFloat is a float as Java writes it: 1.0, where Go would write 1.
type javaFloat float32

// MarshalJSON writes it as String does.
func (f javaFloat) MarshalJSON() ([]byte, error) { return []byte(f.String()), nil }

// String is the shortest decimal that reads back the same, never without a point.
func (f javaFloat) String() string {
	v := float64(f)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	text := strconv.FormatFloat(v, 'f', -1, 32)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
