package httpx

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// ErrTooLarge is a body larger than allowed.
var ErrTooLarge = errors.New("the body is too large")

// ReadBody reads a body of at most limit bytes. A larger one is ErrTooLarge, and its
// connection is closed after the answer.
func ReadBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, ErrTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return body, nil
}

// SaysJSON says whether the body may be JSON by its Content-Type. One without a
// Content-Type may be.
func SaysJSON(r *http.Request) bool {
	given := r.Header.Get("Content-Type")
	if given == "" {
		return true
	}
	media, _, err := mime.ParseMediaType(given)
	return err == nil && media == "application/json"
}
