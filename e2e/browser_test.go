package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"stepcast/executor/executortest"
)

// screen is what a browser shows pages on.
type screen struct {
	name          string
	width, height int64
	dark          bool
}

var (
	desktop = screen{name: "desktop", width: 1280, height: 800}
	phone   = screen{name: "phone", width: 390, height: 844}
)

func (s screen) inTheDark() screen {
	s.name, s.dark = s.name+"-dark", true
	return s
}

// tab is a page of a real Chromium. What goes wrong in it fails the test: an exception, an
// error on its console, a load that its policy refused.
type tab struct {
	t        *testing.T
	ctx      context.Context
	url      string
	listened chan struct{} // closed when nothing is noted any more

	mu     sync.Mutex // guards all below
	faults []string
	// serverGone says that the test took the server away: what the network says counts for
	// nothing.
	serverGone bool
}

// chromium finds the browser, or skips the test; STEPCAST_REQUIRE=browser wants it.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	executortest.Need(t, "browser", errors.New("no Chromium is installed"))
	return ""
}

// oneBrowser keeps the tests from running more than one browser at a time: they would only
// take the processors from each other.
var oneBrowser = make(chan struct{}, 1)

// newTab starts a browser of its own, which knows nothing of the server yet. It waits for the
// test before it to be done with its browser: a test calls it once at a time.
func newTab(t *testing.T, s *server, on screen) *tab {
	t.Helper()
	oneBrowser <- struct{}{}
	t.Cleanup(func() { <-oneBrowser })
	return newTabBeside(t, s, on)
}

// newTabBeside starts another browser for a test that has one, for somebody else.
func newTabBeside(t *testing.T, s *server, on screen) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-US"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(allocator)
	w := &tab{t: t, ctx: ctx, url: s.url}
	t.Cleanup(func() {
		leave()
		stop()
		<-w.listened
	})
	t.Cleanup(func() {
		if t.Failed() {
			w.keep("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
		}
	})
	require.NoError(t, chromedp.Do(ctx), "the browser starts")
	w.listen()
	w.show(on)
	return w
}

// show makes the page be on a screen.
func (w *tab) show(on screen) {
	w.t.Helper()
	scheme := "light"
	if on.dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(w.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: on.width, Height: on.height, DeviceScaleFactor: 1, Mobile: on.width < 600,
	})
	require.NoError(w.t, err)
	_, err = chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(w.t, err)
}

// listen notes what goes wrong in the page.
func (w *tab) listen() {
	messages := chromedp.Console(w.ctx)
	w.listened = make(chan struct{})
	go func() {
		defer close(w.listened)
		for m, err := range messages {
			if err != nil {
				return // the tab is gone
			}
			w.mu.Lock()
			if (m.IsException() || m.Type == "error") && !(w.serverGone && networks(m)) {
				w.faults = append(w.faults, m.String())
			}
			w.mu.Unlock()
		}
	}()
	w.t.Cleanup(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		require.Empty(w.t, w.faults, "nothing goes wrong in the page")
	})
}

// networks says whether a message is of the network, which a page cannot keep quiet.
func networks(m chromedp.ConsoleMessage) bool {
	return m.Source == "network" || strings.Contains(m.Text, "WebSocket connection to")
}

// run runs an action for as long as a test has patience.
func run[T any](w *tab, action chromedp.Action[T]) T {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.ctx, patience)
	defer stop()
	value, err := chromedp.Run(ctx, action)
	require.NoError(w.t, err)
	return value
}

// eval runs JavaScript and gives what it gives; a promise is awaited.
func eval[T any](w *tab, expression string) T {
	w.t.Helper()
	return run(w, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until waits until an expression of JavaScript is true. While a page is left for another
// one, none can be asked.
func (w *tab) until(what, expression string) {
	w.t.Helper()
	again := time.NewTicker(poll)
	defer again.Stop()
	for deadline := time.Now().Add(patience); ; <-again.C {
		holds, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if err == nil && holds {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%s: not in time (%v); the page says:\n%s", what, err, w.text("body"))
		}
	}
}

// untilText waits until the page shows a text anywhere.
func (w *tab) untilText(text string) {
	w.t.Helper()
	w.until("the page to show "+text, "document.body.innerText.includes("+quoted(text)+")")
}

// text is what the first element that a selector finds shows; "" when it finds none.
func (w *tab) text(selector string) string {
	w.t.Helper()
	return eval[string](w, "document.querySelector("+quoted(selector)+")?.innerText ?? ''")
}

// requireNoOverflow checks that the page fits the width of its screen.
func (w *tab) requireNoOverflow() {
	w.t.Helper()
	wider := eval[[]string](w, `(width => [...document.querySelectorAll('body *')]
		.filter(e => e.getBoundingClientRect().right > width + 1 && getComputedStyle(e).position !== 'absolute')
		.map(e => e.tagName + '.' + e.className))(document.documentElement.clientWidth)`)
	scrolls := eval[bool](w, "document.documentElement.scrollWidth > document.documentElement.clientWidth")
	require.False(w.t, scrolls, "these are wider than the screen: %v", wider)
}

// keep writes a picture of the page into the folder that STEPCAST_SCREENSHOTS names.
func (w *tab) keep(name string) {
	w.t.Helper()
	folder := os.Getenv("STEPCAST_SCREENSHOTS")
	if folder == "" {
		return
	}
	require.NoError(w.t, os.MkdirAll(folder, 0o755))
	picture := run(w, chromedp.CaptureScreenshot())
	require.NoError(w.t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644))
}

// axe is the script of axe-core, which is among the packages of the console; without it a
// test is skipped like one without a browser.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	executortest.Need(t, "browser", err)
	return string(script)
}

// requireAccessible looks for faults of accessibility in the page as it is.
func (w *tab) requireAccessible(axe, what string) {
	w.t.Helper()
	eval[chromedp.Void](w, axe)
	type violation struct {
		ID, Impact, Help string
		Nodes            []struct{ HTML, FailureSummary string }
	}
	found := eval[[]violation](w, `axe.run().then(({violations}) => violations.map(({id, impact, help, nodes}) =>
		({ID: id, Impact: impact, Help: help, Nodes: nodes.map(({html, failureSummary}) => ({HTML: html, FailureSummary: failureSummary}))})))`)
	for _, fault := range found {
		for _, node := range fault.Nodes {
			w.t.Errorf("%s: %s (%s): %s\n%s\n%s", what, fault.ID, fault.Impact, fault.Help, node.HTML, node.FailureSummary)
		}
	}
}

// quoted is a text as a literal of JavaScript.
func quoted(text string) string {
	literal, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string can always be written
	}
	return string(literal)
}
