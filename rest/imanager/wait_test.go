package imanager_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/resttest"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

// poll is a bundle of which a test knows how many answers are held back.
type poll struct {
	*bundle
	held func() int
}

func setupPoll(t *testing.T, limit int, change ...func(*imanager.Options)) poll {
	t.Helper()
	b := setup(t)
	o := b.options()
	for _, f := range change {
		f(&o)
	}
	h, held := imanager.NewCounted(o, limit)
	b.serve(h)
	return poll{b, held}
}

// begin sends a request that wants to wait, and returns when its answer is held back.
func (p poll) begin(task *models.Task, options ...option) <-chan reply {
	p.t.Helper()
	options = append([]option{p.as(resttest.Member), header("Prefer", "wait=20")}, options...)
	answer, before := make(chan reply, 1), p.held()
	go func() { answer <- p.get(path(task), options...) }()
	p.awaitHeld(before + 1)
	return answer
}

func (p poll) awaitHeld(n int) {
	p.t.Helper()
	require.Eventually(p.t, func() bool { return p.held() == n }, time.Minute, time.Millisecond)
}

// TestPreferWait: an answer that was held back has what came after it was asked for.
func TestPreferWait(t *testing.T) {
	t.Parallel()
	p := setupPoll(t, imanager.WaitsMax)
	task := p.Submit(resttest.Member)
	tag := p.get(path(task), p.as(resttest.Member)).header.Get("ETag")
	bare, conditional := p.begin(task), p.begin(task, header("If-None-Match", `"other", `+tag))
	running := p.Claim()
	for _, answer := range []<-chan reply{bare, conditional} {
		r := <-answer
		require.Equal(t, 200, r.http)
		require.Equal(t, "wait=20", r.header.Get("Preference-Applied"))
		require.NotEqual(t, tag, r.header.Get("ETag"))
		require.Equal(t, "2", r.header.Get("Retry-After"))
	}
	p.awaitHeld(0)

	newest := p.get(path(task), p.as(resttest.Member)).header.Get("ETag")
	end := p.begin(task, header("If-None-Match", newest))
	p.End(running, resttest.First, tasks.Outcome{Status: models.Succeeded})
	r := <-end
	require.Equal(t, 200, r.http)
	require.Contains(t, r.body, `"status":"DONE"`)
	require.Empty(t, r.header.Get("Retry-After"))

	for _, prefer := range []string{"wait=20", "respond-async, wait=99", `wait="20"`} {
		r = p.get(path(task), p.as(resttest.Member), header("Prefer", prefer), header("If-None-Match", r.header.Get("ETag")))
		require.Equal(t, 304, r.http, "final: there is nothing to wait for")
		require.Equal(t, "wait=20", r.header.Get("Preference-Applied"))
	}
}

// TestPreferWaitNeverGoesBack: what another replica wrote is in the store before those
// who watch here know of it, and is the newest that there is.
func TestPreferWaitNeverGoesBack(t *testing.T) {
	t.Parallel()
	p := setupPoll(t, imanager.WaitsMax)
	first := importTask(t, p.Store, record{state: models.TaskState{Status: models.Running}})
	watching, err := p.Tasks.Watch(t.Context(), resttest.Viewer(resttest.Member), first.ID)
	require.NoError(t, err)
	defer watching.Close()
	_, err = watching.Next(t.Context())
	require.NoError(t, err)
	written := func(before *models.Task, progress float64) *models.Task {
		return storetest.Commit(t, p.Store, storetest.Decide(before, func(s *models.TaskState) { s.Progress = progress }))
	}
	second := written(first, 1)
	answer := p.begin(second)
	third := written(second, 2)
	require.Contains(t, (<-answer).header.Get("ETag"), fmt.Sprintf(".%d.", third.Version))
}

// TestPreferWaitAnswersAtOnce whoever does not have the newest version, and whose wish
// cannot be read.
func TestPreferWaitAnswersAtOnce(t *testing.T) {
	t.Parallel()
	p := setupPoll(t, imanager.WaitsMax)
	task := p.Submit(resttest.Member)
	old := p.get(path(task), p.as(resttest.Member)).header.Get("ETag")
	p.Claim()
	r := p.get(path(task), p.as(resttest.Member), header("Prefer", "wait=20"), header("If-None-Match", old))
	require.Equal(t, 200, r.http)
	require.Equal(t, "wait=20", r.header.Get("Preference-Applied"))
	tag := r.header.Get("ETag")
	r = p.get(path(task), p.as(resttest.Member), header("Prefer", "wait=20"), header("If-None-Match", tag), header("Accept-Language", "zh"))
	require.Equal(t, 200, r.http, "the version in another language")
	for _, malformed := range []string{"", "wait", "wait=", "wait=-1", "wait=x", "wait=1.5", "wait=0", "respond-async", `note=", wait=5"`} {
		r := p.get(path(task), p.as(resttest.Member), header("Prefer", malformed), header("If-None-Match", tag))
		require.Equal(t, 304, r.http, malformed)
		require.NotContains(t, r.header, "Preference-Applied", malformed)
	}
	for _, refused := range []struct {
		path   string
		status int
	}{{path(task) + ".xml", 406}, {"/imanager/cloud/web/tasks/99", 404}} {
		r := p.get(refused.path, p.as(resttest.Member), header("Prefer", "wait=20"))
		requireRefused(t, r, refused.status)
		require.NotContains(t, r.header, "Preference-Applied")
	}
	requireRefused(t, p.get(path(task), header("Prefer", "wait=20")), 401)
}

func TestPreferWaitEndsWithItsTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	r := b.get(path(task), b.as(resttest.Member), header("Prefer", "wait=1"))
	require.Equal(t, 200, r.http)
	require.Equal(t, "wait=1", r.header.Get("Preference-Applied"))
	r = b.get(path(task), b.as(resttest.Member), header("Prefer", "wait=1"), header("If-None-Match", r.header.Get("ETag")))
	require.Equal(t, http.StatusNotModified, r.http)
	require.Equal(t, "wait=1", r.header.Get("Preference-Applied"))
	require.Equal(t, "2", r.header.Get("Retry-After"))
}

func TestPreferWaitEndsWithTheServer(t *testing.T) {
	t.Parallel()
	stopping, stop := context.WithCancel(t.Context())
	p := setupPoll(t, imanager.WaitsMax, func(o *imanager.Options) { o.Stopping = stopping })
	task := p.Submit(resttest.Member)
	answer := p.begin(task)
	session := header("X-Auth-Token", p.send("POST", "/imanager/security/tokens", credentials).body)
	revoked := p.begin(task, session)
	require.Equal(t, 200, p.get("/imanager/security/logout", session).http)
	stop()
	require.Equal(t, 200, (<-answer).http)
	requireRefused(t, <-revoked, 401)
	require.Equal(t, 200, p.get(path(task), p.as(resttest.Member), header("Prefer", "wait=20")).http)
}

func TestPreferWaitEndsWithTheSignIn(t *testing.T) {
	t.Parallel()
	p := setupPoll(t, imanager.WaitsMax)
	task := p.Submit(resttest.Member)
	token := p.send("POST", "/imanager/security/tokens", credentials).body
	answer := p.begin(task, header("X-Auth-Token", token))
	require.Equal(t, 200, p.get("/imanager/security/logout", header("X-Auth-Token", token)).http)
	p.Claim()
	requireRefused(t, <-answer, 401)
}

// TestPreferWaitIsBounded: one user cannot have any number of answers held back, and
// takes nothing from another.
func TestPreferWaitIsBounded(t *testing.T) {
	t.Parallel()
	p := setupPoll(t, 1)
	task := p.Submit(resttest.Member)
	first := p.begin(task)
	r := p.get(path(task), p.as(resttest.Member), header("Prefer", "wait=20"))
	require.Equal(t, 200, r.http)
	require.NotContains(t, r.header, "Preference-Applied", "answered at once")
	other := p.begin(task, p.as(resttest.Observer))
	p.Claim()
	require.Equal(t, "wait=20", (<-first).header.Get("Preference-Applied"))
	require.Equal(t, "wait=20", (<-other).header.Get("Preference-Applied"))
	p.awaitHeld(0)
}

// TestPreferWaitLetsGo of who hung up.
func TestPreferWaitLetsGo(t *testing.T) {
	t.Parallel()
	p := setupPoll(t, imanager.WaitsMax)
	task := p.Submit(resttest.Member)
	ctx, hangUp := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", p.server.URL+path(task), nil)
	require.NoError(t, err)
	p.as(resttest.Member)(r)
	r.Header.Set("Prefer", "wait=20")
	ended := make(chan error, 1)
	go func() {
		response, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			err = response.Body.Close()
		}
		ended <- err
	}()
	p.awaitHeld(1)
	hangUp()
	require.ErrorIs(t, <-ended, context.Canceled)
	p.awaitHeld(0)
}
