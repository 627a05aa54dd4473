package http_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	stepcasthttp "stepcast/executor/http"
	"stepcast/models"
)

func discard() *log.Logger { return log.New(io.Discard, "", 0) }

// respond is a server that responds with headers (name, value, …), a status and a body.
func respond(t testing.TB, status int, body string, headers ...string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}).URL
}

func TestExpectedStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expect any
		status int
		shown  string // what was expected, when it fails
	}{
		{nil, 204, ""},
		{nil, 299, ""},
		{nil, 404, "2xx"},
		{nil, 500, "2xx"},
		{404, 404, ""},
		{404, 200, "404"},
		{[]int{200, 404}, 404, ""},
		{[]int{200, 404}, 201, "200, 404"},
		{"4xx", 418, ""},
		{"200-299,404", 404, ""},
		{" 200 - 204 , 4XX", 205, "200-204, 4xx"},
		{"302", 302, ""},
		{"200", 302, "200"},
	} {
		t.Run(fmt.Sprint(c.expect, c.status), func(t *testing.T) {
			t.Parallel()
			params := object{"url": respond(t, c.status, "")}
			if c.expect != nil {
				params["expectStatus"] = c.expect
			}
			r := content{params: params}.run(t)
			if c.shown == "" {
				r.requireSuccess(t)
				return
			}
			text := strings.TrimSpace(fmt.Sprint(c.status, " ", http.StatusText(c.status)))
			r.requireFailure(t, models.ErrReported, "The response is "+text+"; expected "+c.shown)
		})
	}
}

func TestUnexpectedStatusShowsWhatWasSaid(t *testing.T) {
	t.Parallel()
	params := func(headers ...string) object {
		return object{"url": respond(t, 503, "one\r\ntwo\n", headers...)}
	}
	r := content{params: params("Content-Type", "text/plain")}.run(t)
	r.requireFailure(t, models.ErrReported, "The response is 503 Service Unavailable; expected 2xx")
	require.Equal(t, []string{"one", "two"}, r.Lines(models.Stdout))
	require.Equal(t, "HTTP/1.1 503 Service Unavailable, text/plain, 9 B", r.Lines(models.System)[1])
	require.Empty(t, r.Results(), "it is not what was asked for")

	r = content{params: params("Content-Type", "image/png")}.run(t)
	require.Empty(t, r.Lines(models.Stdout))

	long := strings.Repeat("ü", 3000)
	r = content{params: object{"url": respond(t, 500, long, "Content-Type", "text/plain")}}.run(t)
	require.Equal(t, []string{long[:4096]}, r.Lines(models.Stdout))
	require.Equal(t, "The rest of the response is not shown", r.Lines(models.System)[2])

	r = content{params: object{"url": respond(t, 500, "x"+long, "Content-Type", "text/plain")}}.run(t)
	require.Equal(t, []string{("x" + long)[:4095]}, r.Lines(models.Stdout), "no character is cut in two")
}

func TestResultIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path, disposition, contentType, want string
	}{
		"no name":              {"/", "", "application/json", "response.json"},
		"no path":              {"", "", "", "response.txt"},
		"the last segment":     {"/a/report.csv?x=y.z", "", "text/csv", "report.csv"},
		"without extension":    {"/a/report", "", "text/csv; charset=utf-8", "report.csv"},
		"a version is none":    {"/api/v1.2", "", "application/json", "v1.2.json"},
		"two extensions":       {"/a.tar.gz", "", "application/gzip", "a.tar.gz"},
		"encoded":              {"/a%20b%C3%BC.txt", "", "text/plain", "a bü.txt"},
		"no folder":            {"/a%2Fx%5Cb.txt", "", "text/plain", "b.txt"},
		"said":                 {"/a.txt", `attachment; filename="b.csv"`, "text/csv", "b.csv"},
		"said with folder":     {"/a.txt", `attachment; filename="../../etc/passwd"`, "text/plain", "passwd.txt"},
		"said in UTF-8":        {"/a.txt", `attachment; filename*=UTF-8''%e2%82%ac.txt`, "text/plain", "€.txt"},
		"said to be hidden":    {"/a.txt", `attachment; filename=".profile"`, "text/plain", "profile.txt"},
		"said badly":           {"/a.txt", `attachment; filename="..."`, "text/plain", "a.txt"},
		"said with bad signs":  {"/a.txt", "attachment; filename=\"a<b>:|*\u0085.txt\"", "text/plain", "a_b_____.txt"},
		"unknown type":         {"/data", "", "application/x-own", "data.bin"},
		"JSON of another type": {"/data", "", "application/geo+json", "data.json"},
		"not said what it is":  {"/data", "", "nonsense/", "data.txt"},
		"a variable is no name": {
			"/${T}", "", "text/plain", "response.txt",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			headers := []string{"Content-Disposition", c.disposition}
			if c.contentType != "" {
				headers = append(headers, "Content-Type", c.contentType)
			}
			r := content{
				params: object{"url": respond(t, 200, "a,b\n1,2\n", headers...) + c.path}, env: map[string]string{"T": "token.txt"},
			}.run(t)
			r.requireSuccess(t)
			require.Equal(t, "a,b\n1,2\n", r.requireFile(t, c.want))
		})
	}
}

func TestLongNames(t *testing.T) {
	t.Parallel()
	r := get(t, respond(t, 200, "x", "Content-Disposition", `attachment; filename="`+strings.Repeat("ab", 200)+`.csv"`))
	name := r.Results()[0].Name
	require.LessOrEqual(t, len(name), 120)
	require.Regexp(t, `^[ab]+\.csv$`, name)
}

func TestShortTextsAreShown(t *testing.T) {
	t.Parallel()
	const short, long = "one\n\ntwo\r\n", 5000
	r := get(t, respond(t, 200, short, "Content-Type", "text/plain"))
	require.Equal(t, []string{"one", "", "two"}, r.Lines(models.Stdout))
	require.Equal(t, short, r.requireFile(t, "response.txt"))
	require.Regexp(t, `^Received 10 B in `, r.Lines(models.System)[2])

	r = get(t, respond(t, 200, strings.Repeat("x", long), "Content-Type", "text/plain"))
	require.Empty(t, r.Lines(models.Stdout))
	require.Len(t, r.requireFile(t, "response.txt"), long)

	r = get(t, respond(t, 200, short, "Content-Type", "application/octet-stream"))
	require.Empty(t, r.Lines(models.Stdout))
	require.Equal(t, short, r.requireFile(t, "response.bin"))

	r = get(t, respond(t, 200, "\xff\xfe", "Content-Type", "text/plain"))
	require.Empty(t, r.Lines(models.Stdout), "not a text that can be shown")
}

func TestNoBody(t *testing.T) {
	t.Parallel()
	url := respond(t, 200, "")
	require.Empty(t, get(t, url).Results())
	head := content{params: object{"url": respond(t, 200, "x", "Content-Length", "99999999"), "method": "HEAD"}}.run(t)
	head.requireSuccess(t)
	require.Empty(t, head.Results())
}

func TestResponseLimit(t *testing.T) {
	t.Parallel()
	const limit = 100_000
	limited := options()
	limited.BodyLimit = limit
	body := strings.Repeat("x", limit+1)
	chunked := func(body string) string {
		return serve(t, func(w http.ResponseWriter, _ *http.Request) {
			for rest := body; rest != ""; rest = rest[min(len(rest), 7000):] {
				_, _ = io.WriteString(w, rest[:min(len(rest), 7000)])
				w.(http.Flusher).Flush()
			}
		}).URL
	}
	for name, c := range map[string]struct {
		url  string
		over bool
	}{
		"known":            {respond(t, 200, body, "Content-Length", fmt.Sprint(limit+1)), true},
		"chunked":          {chunked(body), true},
		"known, just":      {respond(t, 200, body[1:], "Content-Length", fmt.Sprint(limit)), false},
		"chunked, just":    {chunked(body[1:]), false},
		"compressed":       {compressed(t, body), true},
		"compressed, just": {compressed(t, body[1:]), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := content{params: object{"url": c.url}, options: limited}.run(t)
			if !c.over {
				r.requireSuccess(t)
				require.Len(t, r.requireFile(t, "response.txt"), limit)
				return
			}
			r.requireFailure(t, models.ErrOutputLimit, "The response is larger than the limit of 100000 bytes")
			require.Equal(t, name == "known", len(r.Results()) == 0, "what says its length is not begun")
			for _, file := range r.Results() {
				require.False(t, file.Closed, "a part of it is of no use")
			}
		})
	}
}

func compressed(t testing.TB, body string) string {
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/plain")
		zip := gzip.NewWriter(w)
		_, _ = io.WriteString(zip, body)
		_ = zip.Close()
	}).URL
}

func TestResultsAreFull(t *testing.T) {
	t.Parallel()
	url := respond(t, 200, strings.Repeat("x", 100_000), "Content-Length", "100000")
	r := content{params: object{"url": url}}.begin(t, func(r *running) { r.ResultLimit = 50_000 })
	r.End(t)
	r.requireFailure(t, models.ErrOutputLimit, "more results than an execution may keep")
	require.True(t, r.Results()[0].Closed, "what was kept is seen, cut")
	require.True(t, r.Results()[0].Cut)
}

func TestConnectionBreaksInTheMiddle(t *testing.T) {
	t.Parallel()
	url := respond(t, 200, "half", "Content-Length", "100", "Content-Type", "text/plain")
	r := content{params: object{"url": url}}.run(t)
	r.requireFailure(t, models.ErrReported, "closed the connection before its response was complete")
	for _, file := range r.Results() {
		require.False(t, file.Closed)
	}
}

func TestProgressOfTheResponse(t *testing.T) {
	t.Parallel()
	const total = 3_400_000
	r := get(t, respond(t, 200, strings.Repeat("x", total), "Content-Length", fmt.Sprint(total)))
	reports := requireMonotonic(t, r)
	require.Greater(t, len(reports), 10)
	require.Less(t, len(reports), total>>16+3, "not for every piece")
	require.Equal(t, "3.4 MB of 3.4 MB", reports[len(reports)-1].Text)
	require.Equal(t, 100.0, reports[len(reports)-1].Percent)
	require.Regexp(t, `^1\.\d MB of 3\.4 MB$`, reports[len(reports)/2].Text)
}

func TestProgressOfUnknownLength(t *testing.T) {
	t.Parallel()
	r := get(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			_, _ = io.WriteString(w, strings.Repeat("x", 10_000))
			w.(http.Flusher).Flush()
		}
	}).URL)
	reports := r.Calls("Progress")
	require.NotEmpty(t, reports)
	for _, report := range reports {
		require.True(t, math.IsNaN(report.Percent), "nobody knows")
	}
	require.Equal(t, "1.0 MB", reports[len(reports)-1].Text)
}

func TestSmallResponsesLeaveTheMessage(t *testing.T) {
	t.Parallel()
	for _, report := range get(t, respond(t, 200, "hello")).Calls("Progress") {
		require.Empty(t, report.Text)
	}
}

func TestProgressOfALargeRequest(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("x", 1_000_000)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Length", fmt.Sprint(len(got)))
		_, _ = w.Write(got)
	})
	moved := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		http.Redirect(w, r, server.URL, http.StatusTemporaryRedirect)
	})
	for _, url := range []string{server.URL, moved.URL} {
		r := content{params: object{"url": url}, code: body}.run(t)
		r.requireSuccess(t)
		require.Equal(t, body, r.requireFile(t, "response.txt"), "also sent again")
		reports := requireMonotonic(t, r)
		halfway := false
		for _, report := range reports {
			halfway = halfway || report.Percent == 50
		}
		require.True(t, halfway, "when all is sent")
		require.Equal(t, 100.0, reports[len(reports)-1].Percent)
	}
}

type report struct {
	Percent float64
	Text    string
}

func requireMonotonic(t testing.TB, r *running) (reports []report) {
	t.Helper()
	for _, call := range r.Calls("Progress") {
		if n := len(reports); n > 0 {
			require.GreaterOrEqual(t, call.Percent, reports[n-1].Percent)
		}
		reports = append(reports, report{call.Percent, call.Text})
	}
	require.NotEmpty(t, reports)
	return reports
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options stepcasthttp.Options
		reason  string
	}{
		"ready":      {options(), ""},
		"switched":   {stepcasthttp.Options{DisabledReason: "not here", Targets: []string{"*"}}, "not here"},
		"no targets": {stepcasthttp.Options{}, "the server allows no target; name the hosts that may be reached with --http-targets (STEPCAST_HTTP_TARGETS)"},
		"bad target": {options("*", "ftp://x"), "--http-targets (STEPCAST_HTTP_TARGETS): \"ftp://x\" is no target: the scheme is http or https"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := stepcasthttp.New(c.options)
			require.Contains(t, e.Info().Reason, c.reason)
			require.Equal(t, c.reason == "", e.Info().Reason == "")
			if c.reason != "" {
				r := newRunning()
				r.Begin(t, e, content{params: object{"url": "http://127.0.0.1/"}}.request(t))
				r.End(t)
				r.requireFailure(t, models.ErrStartFailed, c.reason)
			}
		})
	}
}
