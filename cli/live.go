package cli

import (
	"context"
	"slices"
	"sync"
	"time"

	"stepcast/client"
	"stepcast/internal/terminal"
)

const (
	// frameEvery is how often at most the screen is drawn anew.
	frameEvery = 100 * time.Millisecond
	// pendingMax is how many bytes of log wait for the next frame at most.
	pendingMax = 256 << 10
)

// live tells by a tree at the bottom of a terminal that is kept up to date. Logs scroll by
// above it.
type live struct {
	env  *env
	link *link

	mu    sync.Mutex // guards what follows
	area  *terminal.Area
	tasks []*client.Task // in the order in which they were told first
}

func newLive(e *env) *live {
	return &live{env: e, area: terminal.NewArea(e.Stdout, e.size)}
}

func (*live) events() bool { return false }

// lost is seen in the next frame.
func (*live) lost(error) {}

func (l *live) event(client.Event) error { return nil }

func (l *live) task(task *client.Task) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.tasks, func(t *client.Task) bool { return t.ID == task.ID })
	if i < 0 {
		l.tasks = append(l.tasks, task)
		return nil
	}
	l.tasks[i] = task
	return nil
}

func (l *live) lines(_ string, lines []client.LogLine) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range lines {
		l.area.Print(l.env.logText(line.Text))
	}
	if l.area.Pending() > pendingMax {
		return l.draw()
	}
	return nil
}

func (l *live) gap(_ string, gap *client.Gap) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.area.Print("stepcast: something is missing here: " + gapText(gap))
	return nil
}

// run draws whenever something has changed, until ctx ends; then it draws once more, and
// leaves that on the screen.
func (l *live) run(ctx context.Context) error {
	tick := time.NewTicker(frameEvery)
	defer tick.Stop()
	for {
		if err := l.frame(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return l.frame()
		case <-tick.C:
		}
	}
}

func (l *live) frame() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.draw()
}

// draw lays the tasks out as of the last whole second, so that nothing changes ten times a
// second only because time passes.
func (l *live) draw() error {
	columns, rows := l.env.size()
	v := view{
		glyphs: l.env.glyphs(), columns: columns, rows: rows, now: time.Now().Truncate(time.Second),
		lost: l.link != nil && l.link.isLost(),
	}
	return l.area.Draw(v.forest(l.tasks))
}
