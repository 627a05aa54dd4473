package console

import (
	"context"
	"math"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/memory"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// page is the page of a real Chromium.
type page struct {
	tb  testing.TB
	ctx context.Context
}

// chromium finds the browser, or skips.
func chromium(tb testing.TB) string {
	tb.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	tb.Skip("no Chromium is installed")
	return ""
}

// newPage starts a browser that ends with the test.
func newPage(tb testing.TB) *page {
	tb.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(tb)), chromedp.NoSandbox, chromedp.UserDataDir(tb.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", false), // to be dragged
		chromedp.Flag("lang", "en-US"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(allocator)
	tb.Cleanup(func() {
		leave()
		stop()
	})
	p := &page{tb: tb, ctx: ctx}
	require.NoError(tb, chromedp.Do(ctx), "the browser starts")
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1280, Height: 900, DeviceScaleFactor: 1})
	return p
}

// call runs a command of the browser.
func call[P, R any](p *page, command cdp.Command[P, R], params P) R {
	p.tb.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	result, err := chromedp.Call(ctx, command, params)
	require.NoError(p.tb, err)
	return result
}

// run runs an action.
func run[T any](p *page, action chromedp.Action[T]) T {
	p.tb.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	value, err := chromedp.Run(ctx, action)
	require.NoError(p.tb, err)
	return value
}

// eval runs JavaScript and gives what it gives.
func eval[T any](p *page, expression string) T {
	p.tb.Helper()
	return run(p, chromedp.Evaluate[T](expression))
}

// until waits until an expression of JavaScript is true.
func (p *page) until(what, expression string) {
	p.tb.Helper()
	defer func() {
		if p.tb.Failed() {
			text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.href + ' ' + document.body.innerText"))
			p.tb.Logf("the page says: %s", text)
		}
	}()
	until(p.tb, what, patience, func() bool {
		holds, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		return err == nil && holds // while a page is left for another one, none can be asked
	})
}

func (p *page) open(url string) {
	p.tb.Helper()
	run(p, chromedp.Navigate(url))
}

// signIn signs in as a person does, with a link.
func (p *page) signIn(s *server) {
	p.tb.Helper()
	p.open(s.signInLink(p.tb))
	run(p, chromedp.Click(chromedp.Search(`//button[normalize-space()="Sign in to Stepcast"]`), chromedp.NodeVisible))
	p.until("the console", `location.pathname === "/" && document.querySelector("main h1")`)
}

// place is a point of the screen.
type place struct{ X, Y float64 }

func (p *page) mouse(typ input.DispatchMouseEventType, at place, more func(*input.DispatchMouseEventParams)) {
	p.tb.Helper()
	params := input.DispatchMouseEventParams{Type: typ, X: at.X, Y: at.Y}
	if more != nil {
		more(&params)
	}
	call(p, input.DispatchMouseEvent, params)
}

// wheel turns the wheel; the greater the way, the farther down.
func (p *page) wheel(at place, way float64) {
	p.tb.Helper()
	p.mouse(input.DispatchMouseEventTypeMouseWheel, at, func(m *input.DispatchMouseEventParams) {
		m.DeltaX, m.DeltaY = math.SmallestNonzeroFloat32, way // Chromium wants both, and 0 is not sent
	})
}

func (p *page) key(key string) {
	p.tb.Helper()
	run(p, chromedp.KeyEvent(key))
}

// framesScript notes when frames come, from which the gaps between them follow, and marks
// the beginning.
const framesScript = `(() => {
	const at = [];
	const frame = (now) => { at.push(now); handle = requestAnimationFrame(frame); };
	let handle = requestAnimationFrame(frame);
	globalThis.benchFrames = () => { cancelAnimationFrame(handle); performance.mark("` + markEnd + `"); return at; };
	performance.mark("` + markBegin + `");
})()`

// bufferKilobytes is the room for a trace; recordUntilFull loses what is more, the end mark too.
const bufferKilobytes = 400 << 10

// record does something and gives what the main thread did meanwhile, and how far apart the
// frames were.
func (p *page) record(do func()) (work, []time.Duration) {
	p.tb.Helper()
	ctx, stop := context.WithCancel(p.ctx)
	defer stop()
	var events [][]byte
	complete := make(chan bool, 1)
	require.NoError(p.tb, chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *tracing.EventDataCollected:
			for _, v := range e.Value {
				events = append(events, v)
			}
		case *tracing.EventTracingComplete:
			complete <- e.DataLossOccurred
		}
	}))
	call(p, tracing.Start, tracing.StartParams{
		TransferMode: tracing.StartTransferModeReportEvents,
		TraceConfig: &tracing.TraceConfig{
			RecordMode: tracing.TraceConfigRecordModeRecordUntilFull, TraceBufferSizeInKb: bufferKilobytes,
			IncludedCategories: traceCategories, ExcludedCategories: []string{"*"},
		},
	})
	eval[chromedp.Void](p, framesScript)
	do()
	at := eval[[]float64](p, "benchFrames()")
	call(p, tracing.End, cdp.Empty{})
	select {
	case lost := <-complete:
		require.False(p.tb, lost, "the trace is whole")
	case <-time.After(patience):
		require.Fail(p.tb, "the trace does not come")
	}
	w, err := workOf(events)
	require.NoError(p.tb, err)
	return w, gaps(at)
}

// traceCategories have the tasks of threads, and the marks of the page.
var traceCategories = []string{"disabled-by-default-devtools.timeline", "devtools.timeline", "blink.user_timing"}

// gaps are the times between frames that came at some milliseconds.
func gaps(at []float64) (all []time.Duration) {
	for i := 1; i < len(at); i++ {
		all = append(all, time.Duration((at[i]-at[i-1])*float64(time.Millisecond)))
	}
	return all
}

// held is what a page keeps after its garbage was collected.
type held struct {
	nodes int64
	heap  float64
}

func (p *page) held() held {
	p.tb.Helper()
	call(p, heapprofiler.CollectGarbage, cdp.Empty{})
	return held{
		nodes: call(p, memory.GetDOMCounters, cdp.Empty{}).Nodes,
		heap:  call(p, cdpruntime.GetHeapUsage, cdp.Empty{}).UsedSize,
	}
}

// countNodes counts the elements that come into the page until the returned function is called.
func (p *page) countNodes() (stop func() int) {
	p.tb.Helper()
	eval[chromedp.Void](p, `(() => {
		let count = 0;
		const add = (records) => {
			for (const { addedNodes } of records)
				for (const node of addedNodes) if (node.nodeType === 1) count += 1 + node.querySelectorAll("*").length;
		};
		const observer = new MutationObserver(add);
		observer.observe(document.body, { childList: true, subtree: true });
		globalThis.benchNodes = () => { add(observer.takeRecords()); observer.disconnect(); return count; };
	})()`)
	return func() int {
		p.tb.Helper()
		return eval[int](p, "benchNodes()")
	}
}
