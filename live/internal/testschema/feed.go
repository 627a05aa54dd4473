package testschema

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/internal/sharing"
)

// maxBatch is how many numbers one element of `every` holds.
const maxBatch = 10

// Feed is a stream of the numbers 1, 2, … of which tests decide when they come.
type Feed struct {
	// Executions counts those that were begun, and Running those that go on.
	Executions, Running atomic.Int64

	mu      sync.Mutex // guards all below
	keys    []int      // of each number
	over    bool
	err     error
	changed chan struct{}
}

// Feed gives the feed with that name, a new one if there was none.
func (r *Resolver) Feed(name string) *Feed {
	fresh := &Feed{changed: make(chan struct{})}
	feed, _ := r.feeds.LoadOrStore(name, fresh)
	return feed.(*Feed)
}

// Append adds the next number, which is about a key, and gives it.
func (f *Feed) Append(key int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keys = append(f.keys, key)
	f.tell()
	return len(f.keys)
}

// End ends the feed, with an error or well.
func (f *Feed) End(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over, f.err = true, err
	f.tell()
}

func (f *Feed) tell() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// Newest is the newest number.
func (f *Feed) Newest() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.keys)
}

// after gives the keys of the numbers after one, waiting until there are any; none when
// the feed is over.
func (f *Feed) after(ctx context.Context, number int, repeats <-chan int64) (keys []int, repeat int, err error) {
	for {
		f.mu.Lock()
		keys, over, err, changed := f.keys[min(number, len(f.keys)):], f.over, f.err, f.changed
		f.mu.Unlock()
		if len(keys) > 0 {
			return keys, 0, nil
		}
		if over {
			return nil, 0, err
		}
		select {
		case <-changed:
		case key := <-repeats:
			return nil, int(key), nil
		case <-ctx.Done():
			return nil, 0, context.Cause(ctx)
		}
	}
}

// Plan shares the fields that follow a feed.
func (r *Resolver) Plan(ctx context.Context, resume *string) (sharing.Plan, bool) {
	op := graphql.GetOperationContext(ctx)
	field := graphql.CollectFields(op, op.Operation.SelectionSet, nil)[0]
	arguments := field.ArgumentMap(op.Variables)
	name, ok := arguments["feed"].(string)
	if !ok {
		return sharing.Plan{}, false
	}
	newest := r.Feed(name).Newest()
	plan := sharing.Plan{Scope: Viewer(ctx), Head: int64(newest), HeadCursor: strconv.Itoa(newest)}
	switch field.Name {
	case "latest":
		plan.Mode = sharing.Latest
	case "every":
		plan.Mode = sharing.Every
		after, err := graphql.UnmarshalInt(arguments["after"])
		if resume != nil {
			after, err = strconv.Atoi(*resume)
		}
		if plan.After = int64(after); err != nil || after > newest {
			plan.After = sharing.Unplaced
		}
		plan.Variable = "after"
	case "changes":
		plan.Mode = sharing.LatestOfEach
	}
	return plan, true
}

// follow runs one stream of the feed: step sends what there is after a number, and gives
// the number that it came to.
func follow[T any](ctx context.Context, r *Resolver, f *Feed, from int, step func(send func(T, sharing.Mark) bool, at int, keys []int, repeat int) int) <-chan T {
	execution := sharing.Of(ctx)
	f.Executions.Add(1)
	f.Running.Add(1)
	return produce(r, func(out chan<- T) {
		defer f.Running.Add(-1)
		send := func(element T, mark sharing.Mark) bool {
			execution.Tell(mark)
			select {
			case out <- element:
				return true
			case <-ctx.Done():
				return false
			}
		}
		for ctx.Err() == nil {
			if execution.Until > 0 && int64(from) >= execution.Until {
				return
			}
			keys, repeat, err := f.after(ctx, from, execution.Repeats)
			if len(keys) == 0 && repeat == 0 {
				if err != nil {
					graphql.GetOperationContext(ctx).Stats.SetExtension(brokenStream, err)
				}
				return
			}
			from = step(send, from, keys, repeat)
		}
	})
}

func (s subscription) Latest(ctx context.Context, feed string, pad int) (<-chan *Latest, error) {
	return follow(ctx, s.Resolver, s.Feed(feed), 0, func(send func(*Latest, sharing.Mark) bool, at int, keys []int, _ int) int {
		to := at + len(keys)
		send(&Latest{Number: to, Pad: strings.Repeat("x", pad)}, sharing.Mark{From: int64(at), To: int64(to), Told: time.Now()})
		return to
	}), nil
}

func (s subscription) Every(ctx context.Context, feed string, after, pad int) (<-chan *Batch, error) {
	if cursor := sharing.Of(ctx).Cursor; cursor != nil {
		var err error
		if after, err = strconv.Atoi(*cursor); err != nil {
			return nil, err
		}
	}
	return follow(ctx, s.Resolver, s.Feed(feed), after, func(send func(*Batch, sharing.Mark) bool, at int, keys []int, _ int) int {
		to := at + min(len(keys), maxBatch)
		if until := int(sharing.Of(ctx).Until); until > 0 {
			to = min(to, until)
		}
		batch := &Batch{Pad: strings.Repeat("x", pad)}
		for number := at + 1; number <= to; number++ {
			batch.Numbers = append(batch.Numbers, number)
		}
		send(batch, sharing.Mark{From: int64(at), To: int64(to), Cursor: strconv.Itoa(to), Told: time.Now()})
		return to
	}), nil
}

func (s subscription) Changes(ctx context.Context, feed string, pad int) (<-chan *Change, error) {
	f := s.Feed(feed)
	newest := map[int]int{}
	return follow(ctx, s.Resolver, f, f.Newest(), func(send func(*Change, sharing.Mark) bool, at int, keys []int, repeat int) int {
		for i, key := range keys {
			newest[key] = at + i + 1
		}
		resync := repeat != 0
		changed := map[int]struct{}{repeat: {}}
		if !resync {
			delete(changed, repeat)
			for _, key := range keys {
				changed[key] = struct{}{}
			}
		}
		for key := range changed {
			change := &Change{Key: key, Number: newest[key], Resync: resync, Pad: strings.Repeat("x", pad)}
			if !send(change, sharing.Mark{
				Key: int64(key), To: int64(newest[key]), Resync: resync, Repeated: resync, Told: time.Now(),
			}) {
				break
			}
		}
		return at + len(keys)
	}), nil
}
