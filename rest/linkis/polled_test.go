package linkis_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"

	"stepcast/models"
	"stepcast/rest/linkis"
	"stepcast/rest/resttest"
)

// polled is a task whose log is polled.
type polled struct {
	handler http.Handler
	token   string
	task    *models.Task
	// turn is given by each poll to a writer that waits; over is closed when one failed.
	turn, over chan struct{}

	mu sync.Mutex // guards what follows
	// whole are the answers of each who read from the beginning to the end.
	whole [][]page
	// single are answers to those who asked for lines anywhere.
	single   []page
	failures []string
}

// page is one answer: the lines from a number up to another, which it does not have.
type page struct {
	from, next int64
	// texts are the four, or the one.
	texts    []string
	distinct bool
}

// poll reads the log from its beginning until the task has ended and nothing is left, as
// clients do, by pieces of random sizes.
func (p *polled) poll(ctx context.Context, random *rand.Rand, distinct bool) {
	var pages []page
	for from := int64(random.IntN(2)); ; {
		var status struct{ Status string }
		if !p.ask(ctx, "status", &status) {
			return
		}
		size := []int{-1, 1, 7, 100, 1 + random.IntN(1000)}[random.IntN(5)]
		one, ok := p.page(ctx, from, size, distinct)
		if !ok {
			return
		}
		pages = append(pages, one)
		if status.Status == "Succeed" && one.next == max(from, 1) {
			break
		}
		from = one.next
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.whole = append(p.whole, pages)
}

// pollAnywhere asks for random lines, some of which are not there yet or never will be.
func (p *polled) pollAnywhere(ctx context.Context, random *rand.Rand) {
	for range 150 {
		one, ok := p.page(ctx, int64(random.IntN(1500)-5), random.IntN(200), random.IntN(2) == 0)
		if !ok {
			return
		}
		p.mu.Lock()
		p.single = append(p.single, one)
		p.mu.Unlock()
	}
}

func (p *polled) page(ctx context.Context, from int64, size int, distinct bool) (page, bool) {
	var data struct {
		Log      json.RawMessage
		FromLine int64
	}
	one := page{from: from, distinct: distinct}
	if !p.ask(ctx, fmt.Sprintf("log?fromLine=%d&size=%d&distinctLevel=%t", from, size, distinct), &data) {
		return one, false
	}
	one.next = data.FromLine
	var err error
	if distinct {
		err = json.Unmarshal(data.Log, &one.texts)
	} else {
		one.texts = []string{""}
		err = json.Unmarshal(data.Log, &one.texts[0])
	}
	return one, p.note(err)
}

// ask makes one call. What goes wrong is noted, because only the test itself may fail.
func (p *polled) ask(ctx context.Context, verb string, data any) bool {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, linkis.Prefix+"/entrance/"+p.task.ExecID()+"/"+verb, nil)
	r.Header.Set("Token-Code", p.token)
	r.Header.Set("Token-User", resttest.Member)
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	select {
	case p.turn <- struct{}{}:
	default:
	}
	if w.Code != http.StatusOK {
		return p.note(fmt.Errorf("%s: %s", verb, w.Body))
	}
	return p.note(json.Unmarshal(w.Body.Bytes(), &struct{ Data any }{data}))
}

func (p *polled) note(err error) bool {
	if err == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.failures) == 0 {
		close(p.over)
	}
	p.failures = append(p.failures, err.Error())
	return false
}
