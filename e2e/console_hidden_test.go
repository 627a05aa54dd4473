package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// longestPoll is longer than any pause that a page of the console makes between two questions.
const longestPoll = 6 * time.Second

// TestHiddenConsoleCostsNothing hides the page of a task and the list: nothing is followed or
// asked for until it is seen again, when it shows what happened meanwhile.
func TestHiddenConsoleCostsNothing(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t, "--no-worker", "--lease", longLease)
	task, err := s.client().Submit(t.Context(), forOutside())
	require.NoError(t, err)
	lease, err := s.client().Lease(t.Context(), client.ClaimInput{ID: task.ID})
	require.NoError(t, err)
	defer lease.Close()
	progress := 0.0
	report := func() {
		t.Helper()
		progress += 10
		_, err := lease.Report(t.Context(), client.Report{
			Contents: []client.ContentReport{{ContentID: lease.Claim.Contents[0].ID, Status: client.StatusRunning, Progress: &progress}},
			Log:      []client.LogLineInput{{Text: fmt.Sprint("at ", progress)}},
		})
		require.NoError(t, err)
	}
	w := newTab(t, s, desktop)
	w.signIn(s)
	for _, page := range []struct{ path, shows string }{
		{"/", `document.querySelector(".task-figures")?.innerText.includes("%g%%")`},
		{
			"/tasks/" + task.ID + "?tab=log",
			`[...document.querySelectorAll(".log-text")].at(-1)?.innerText === "at %[1]g" && ` + bar("Progress of the task") + ` === "%[1]g"`,
		},
	} {
		path, shows := page.path, page.shows
		report()
		w.open(path)
		w.until(path+" to show it", fmt.Sprintf(shows, progress))
		until(t, path+" to be followed", func() bool { return s.gauge("stepcast_live_subscriptions") > 0 })

		seen := w.hide()
		until(t, path+" to follow nothing", func() bool { return s.gauge("stepcast_live_subscriptions") == 0 })
		until(t, path+" to have no connection", func() bool { return s.gauge(`stepcast_live_connections{protocol="graphql-transport-ws"}`) == 0 })
		asked := eval[int](w, requestsOfPage)
		report()
		quiet := time.NewTimer(longestPoll) // an interval in which nothing may happen
		<-quiet.C
		require.Equal(t, asked, eval[int](w, requestsOfPage), "%s asks for nothing", path)
		require.Zero(t, s.gauge("stepcast_live_subscriptions"))

		seen()
		w.until(path+" to catch up", fmt.Sprintf(shows, progress))
		w.until("it to be live", `document.querySelector(".connection.is-live")`)
	}
}

// requestsOfPage is JavaScript that counts what the page has asked for.
const requestsOfPage = `performance.getEntriesByType("resource").length`

// gauge reads one metric of the server.
func (s *server) gauge(name string) float64 {
	s.t.Helper()
	values, _ := s.scrape()
	require.Contains(s.t, values, name)
	return values[name]
}

// hide puts another page before this one, until the returned function is called.
func (w *tab) hide() (seen func()) {
	w.t.Helper()
	other, err := chromedp.CallBrowser(w.ctx, target.CreateTarget, target.CreateTargetParams{URL: "about:blank"})
	require.NoError(w.t, err)
	w.until("the page to be hidden", "document.hidden")
	return func() {
		w.t.Helper()
		_, err := chromedp.CallBrowser(w.ctx, target.CloseTarget, target.CloseTargetParams(other))
		require.NoError(w.t, err)
		_, err = chromedp.Call(w.ctx, page.BringToFront, cdp.Empty{})
		require.NoError(w.t, err)
		w.until("the page to be seen", "!document.hidden")
	}
}
