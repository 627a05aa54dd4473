package cli

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// lsWatch keeps a list up to date on a terminal, and writes a line for each change in a pipe.
func (e *env) lsWatch(ctx context.Context, o *lsOptions, filter client.TaskFilter, order client.TaskOrder) error {
	live := o.output == outputText && e.isLive()
	link := &link{told: func(lost error) {
		if !live {
			e.noteLink(lost)
		}
	}}
	return e.calling(ctx, &o.server, func(c connection) error {
		changes := c.WatchChanges(ctx, filter)
		defer changes.Close()
		l := &lister{env: e, c: c.Client, options: o, filter: filter, order: order, link: link}
		if live {
			return l.live(ctx, changes)
		}
		return l.lines(ctx, changes)
	}, client.WithBackoff(link.backoff))
}

// toldMax is how many tasks are known by their last status at most.
const toldMax = 10_000

type lister struct {
	env     *env
	c       *client.Client
	options *lsOptions
	filter  client.TaskFilter
	order   client.TaskOrder
	link    *link
}

// lines writes the list, and then each task that changed its status or came anew. Where
// changes may have been left out, it is read again, and only what is new is told.
func (l *lister) lines(ctx context.Context, changes *client.Stream[client.TaskChange]) error {
	told := map[string]client.Status{}
	tell := func(task *client.Task) error {
		if told[task.ID] == task.Status && l.options.output == outputText {
			return nil
		}
		if len(told) >= toldMax {
			clear(told) // a line that comes twice is better than memory that grows for ever
		}
		told[task.ID] = task.Status
		if l.options.output == outputJSON {
			return writeJSON(l.env.Stdout, task)
		}
		_, err := fmt.Fprintln(l.env.Stdout, taskLine(task))
		return err
	}
	first := true
	for change, err := range changes.All(ctx) {
		if err != nil {
			return err
		}
		l.link.good()
		if change.Task != nil {
			if err := tell(change.Task); err != nil {
				return err
			}
		}
		if !change.Resync {
			continue
		}
		tasks, err := someTasks(ctx, l.c, l.filter, l.order, l.options.count)
		if err != nil {
			return err
		}
		for _, task := range tasks {
			if !first && task.Status.Final() {
				continue
			}
			if err := tell(task); err != nil {
				return err
			}
		}
		first = false
	}
	return nil
}

// live draws the list anew when something has changed: at most once in relistEvery.
func (l *lister) live(ctx context.Context, changes *client.Stream[client.TaskChange]) error {
	var stale atomic.Bool
	ended := make(chan error, 1)
	go func() {
		for _, err := range changes.All(ctx) {
			if err != nil {
				ended <- err
				return
			}
			l.link.good()
			stale.Store(true)
		}
		ended <- errors.New("the server has ended the stream of changes")
	}()
	area := terminal.NewArea(l.env.Stdout, l.env.size)
	tick := time.NewTicker(relistEvery)
	defer tick.Stop()
	var tasks []*client.Task
	for {
		if stale.Swap(false) {
			list, err := someTasks(ctx, l.c, l.filter, l.order, l.options.count)
			switch {
			case err == nil:
				tasks = list
			case l.link.isLost() || client.CodeOf(err) == "" && ctx.Err() == nil:
				stale.Store(true) // the stream says whether it comes back
			default:
				return err
			}
		}
		if err := area.Draw(l.draw(tasks)); err != nil {
			return err
		}
		select {
		case err := <-ended:
			return err
		case <-tick.C:
		}
	}
}

// relistEvery is how often a list is read anew and drawn at most.
const relistEvery = time.Second

// draw lays the list out: as many tasks as fit.
func (l *lister) draw(tasks []*client.Task) []terminal.Line {
	columns, rows := l.env.size()
	texts := taskTable(tasks, time.Now()).lines(columns)
	if room := rows - 2; len(texts) > room {
		texts = append(texts[:max(0, room-1)], terminal.Truncate(fmt.Sprintf("… %d more", len(texts)-max(0, room-1)), columns-1))
	}
	if l.link.isLost() {
		texts = append(texts, terminal.Truncate(lostText, columns-1))
	}
	lines := make([]terminal.Line, len(texts))
	for i, text := range texts {
		lines[i] = terminal.Line{Text: text, Width: terminal.Width(text)}
	}
	return lines
}
