package scalar

import (
	"bytes"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"stepcast/models"
)

// What is read can be written, and reads the same again.

func FuzzDateTime(f *testing.F) {
	for _, seed := range []string{"2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05+23:59", "0000-01-01T00:00:00-00:01", "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := UnmarshalDateTime(text)
		if err != nil {
			refused(t, text, func() error { return err })
			return
		}
		plain, err := strconv.Unquote(written(MarshalDateTime(first)))
		if err != nil {
			t.Fatal(err)
		}
		second, err := UnmarshalDateTime(plain)
		if err != nil || !second.Equal(first.Truncate(time.Millisecond)) {
			t.Errorf("%q: got %s, then %s, %v", text, first, second, err)
		}
	})
}

func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{"0", "-1", "9007199254740992", "1e3", "1.5", "+1", "0x1", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := UnmarshalLong(json.Number(text))
		if err != nil {
			refused(t, text, func() error { return err })
			return
		}
		if n < -models.MaxID || n > models.MaxID || written(MarshalLong(n)) != strconv.FormatInt(n, 10) {
			t.Errorf("%q: got %d", text, n)
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1.10,"<x>",null]}`, `1e999`, `"\u2028"`, `[]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var v any
		if decoder.Decode(&v) != nil {
			return
		}
		first, err := UnmarshalJSON(v)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(first) {
			t.Errorf("%q: got %q", text, first)
		}
		if v != nil && written(MarshalJSON(first)) != string(first) {
			t.Errorf("%q is not written as it was read", first)
		}
	})
}

func FuzzString(f *testing.F) {
	f.Add("a\x00\xff\u2028\"\\")
	f.Fuzz(func(t *testing.T, text string) {
		if got := written(MarshalString(text)); !json.Valid([]byte(got)) {
			t.Errorf("%q is written as %q", text, got)
		}
	})
}
