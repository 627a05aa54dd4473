package linkis

import (
	"strings"
	"testing"
	"time"

	"stepcast/models"
	"stepcast/tasks"
)

// FuzzVariables fills any code with any variable. Refusals are for the client to mend, the
// result is bounded, and code without expressions stays as it is.
func FuzzVariables(f *testing.F) {
	for _, code := range []string{
		"echo ${run_date-1} ${x*2}", "#@set x=1\n${x}", "--@set run_date=20240229\n${run_year_end_std+1}", "${x+x}${x-x}${x/x}", "${ user }${", "${run_today_h+1}",
	} {
		f.Add(code, "x", "20240131")
	}
	f.Add("${a.b_1 + 7}", "a.b_1", "1e308")
	f.Fuzz(func(t *testing.T, code, name, value string) {
		for language := range setMarks {
			set, err := setLines(code, language)
			if err != nil {
				requireRefusal(t, err)
				continue
			}
			v := variables{given: map[string]string{name: value}, set: set, user: "max", now: time.Date(2026, 3, 15, 3, 30, 0, 0, time.UTC)}
			filled, err := v.fill(code)
			if err != nil {
				requireRefusal(t, err)
				continue
			}
			if !strings.Contains(code, "${") && filled != code {
				t.Fatalf("%q became %q", code, filled)
			}
			if len(filled) > max(len(code), 2*tasks.MaxCode+len(code)) {
				t.Fatalf("%d bytes", len(filled))
			}
		}
	})
}

// requireRefusal fails for an error that clients would see as an internal one.
func requireRefusal(t *testing.T, err error) {
	t.Helper()
	c := &call{api: &api{Options: Options{Tasks: &tasks.Service{}}}}
	if models.AsFault(err) == nil && c.refuse(err).http != 400 {
		t.Fatal(err)
	}
}
