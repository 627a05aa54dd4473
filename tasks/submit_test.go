package tasks_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

func TestSubmitRefusesWhatCannotRun(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for name, c := range map[string]struct {
			change func(*tasks.SubmitInput)
			field  []string
		}{
			"no description":       {func(in *tasks.SubmitInput) { in.Description = models.Plain(" ") }, []string{"description"}},
			"no steps":             {func(in *tasks.SubmitInput) { in.Steps = nil }, []string{"steps"}},
			"no contents":          {func(in *tasks.SubmitInput) { in.Steps[0].Contents = nil }, []string{"steps", "0", "contents"}},
			"no message":           {func(in *tasks.SubmitInput) { in.Steps[0].Contents[0].Message = models.Text{} }, []string{"steps", "0", "contents", "0", "message"}},
			"unknown run type":     {func(in *tasks.SubmitInput) { in.Steps[0].Contents[0].RunType = "cobol" }, []string{"steps", "0", "contents", "0", "runType"}},
			"no code":              {func(in *tasks.SubmitInput) { in.Steps[0].Contents[0].Code = "" }, []string{"steps", "0", "contents", "0", "code"}},
			"code too long":        {func(in *tasks.SubmitInput) { in.Steps[0].Contents[0].Code = strings.Repeat("x", tasks.MaxCode+1) }, []string{"steps", "0", "contents", "0", "code"}},
			"mixed external":       {func(in *tasks.SubmitInput) { in.Steps[0] = step("x", "shell", "external") }, []string{"steps", "0", "contents", "1", "runType"}},
			"priority":             {func(in *tasks.SubmitInput) { in.Priority = 101 }, []string{"priority"}},
			"attempts":             {func(in *tasks.SubmitInput) { in.MaxAttempts = -1 }, []string{"maxAttempts"}},
			"time limit":           {func(in *tasks.SubmitInput) { in.TimeoutSeconds = -1 }, []string{"timeoutSeconds"}},
			"backoff":              {func(in *tasks.SubmitInput) { in.BackoffSeconds = ptr(4000) }, []string{"backoffSeconds"}},
			"unknown secret":       {func(in *tasks.SubmitInput) { in.Secrets = []string{"NOPE"} }, []string{"secrets", "0"}},
			"dangerous variable":   {func(in *tasks.SubmitInput) { in.Variables = models.JSON(`{"LD_PRELOAD":"x"}`) }, []string{"variables", "LD_PRELOAD"}},
			"variables no object":  {func(in *tasks.SubmitInput) { in.Variables = models.JSON(`[1]`) }, []string{"variables"}},
			"variable of lists":    {func(in *tasks.SubmitInput) { in.Variables = models.JSON(`{"a":[1]}`) }, []string{"variables", "a"}},
			"label twice":          {func(in *tasks.SubmitInput) { in.Labels = []models.Label{{Key: "a"}, {Key: "a"}} }, []string{"labels", "1", "key"}},
			"key twice":            {func(in *tasks.SubmitInput) { in.Steps[0].Key, in.Steps[0].Contents[0].Key = "k", "k" }, []string{"steps", "0", "contents", "0", "key"}},
			"upper case language":  {func(in *tasks.SubmitInput) { in.Description.Texts = map[string]string{"EN": "x"} }, []string{"description"}},
			"a NUL in a text":      {func(in *tasks.SubmitInput) { in.Description.Plain = "a\x00b" }, []string{"description"}},
			"a key of control":     {func(in *tasks.SubmitInput) { in.IdempotencyKey = "a\nb" }, []string{"idempotencyKey"}},
			"a key with a space":   {func(in *tasks.SubmitInput) { in.IdempotencyKey = "a " }, []string{"idempotencyKey"}},
			"negative parallelism": {func(in *tasks.SubmitInput) { in.Steps[0].MaxParallel = -1 }, []string{"steps", "0", "maxParallel"}},
		} {
			in := oneStep()
			c.change(&in)
			_, err := b.Submit(b.ctx, member, in)
			require.Error(t, err, name)
			requireFault(t, err, models.CodeInvalid, c.field...)
		}
		n, exact, err := b.Count(b.ctx, admin, models.Filter{})
		require.NoError(t, err)
		require.True(t, exact)
		require.Zero(t, n, "nothing of it was stored")
	})
}

func TestIdempotencyKey(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := oneStep()
		in.IdempotencyKey = "once"
		ids := make(chan int64, 16)
		var group sync.WaitGroup
		for range cap(ids) {
			group.Go(func() {
				task, err := b.Submit(b.ctx, member, in)
				if err != nil {
					t.Error(err)
					return
				}
				ids <- task.ID
			})
		}
		group.Wait()
		close(ids)
		one := <-ids
		for id := range ids {
			require.Equal(t, one, id, "one key is one task")
		}
		theirs := b.submit(t, other, in)
		require.NotEqual(t, one, theirs.ID, "keys are the owner's own")
		in.Description = models.Plain("something else")
		_, err := b.Submit(b.ctx, member, in)
		requireFault(t, err, models.CodeConflict, "idempotencyKey")
	})
}

func TestQueueLimits(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for range 2 {
			b.submit(t, member, oneStep())
		}
		_, err := b.Submit(b.ctx, member, oneStep())
		requireFault(t, err, models.CodeLimit)
		require.Positive(t, models.AsFault(err).RetryAfter)
		b.submit(t, other, oneStep())
		_, err = b.Submit(b.ctx, operator, oneStep())
		requireFault(t, err, models.CodeQueueFull)
		require.Positive(t, models.AsFault(err).RetryAfter)
	}, func(o *tasks.Options) { o.QueueLimit, o.OwnerLimit = 3, 2 })
}

func TestQueueOrder(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		later := oneStep()
		later.StartAfter = ptr(time.Now().Add(time.Hour))
		deferred := b.submit(t, member, later)
		var ids []int64
		for _, priority := range []int{0, 5, 0, -3, 5} {
			in := oneStep()
			in.Priority = priority
			ids = append(ids, b.submit(t, member, in).ID)
		}
		waiting, err := b.waitingFor(deferred)
		require.NoError(t, err)
		require.Equal(t, tasks.WaitStartTime, waiting.Reason)
		require.Equal(t, deferred.NotBefore, waiting.Until)
		last, err := b.Task(b.ctx, member, ids[3])
		require.NoError(t, err)
		waiting, err = b.waitingFor(last)
		require.NoError(t, err)
		require.Equal(t, tasks.WaitQueue, waiting.Reason)
		require.Equal(t, 4, *waiting.Position)
		for _, i := range []int{1, 4, 0, 2, 3} {
			require.Equal(t, ids[i], b.claim(t, "w").ID, "priority first, then age")
		}
		claimed, err := b.ClaimNext(b.ctx, "w", 1)
		require.NoError(t, err)
		require.Empty(t, claimed, "nothing before its time")
	})
}

func TestStartAfterIsPromoted(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		in := oneStep()
		in.StartAfter = ptr(time.Now().Add(300 * time.Millisecond))
		task := b.submit(t, member, in)
		require.Eventually(t, func() bool {
			_, err := b.Heartbeat(b.ctx, models.Worker{ID: "w"})
			require.NoError(t, err)
			claimed, err := b.ClaimNext(b.ctx, "w", 1)
			return err == nil && len(claimed) == 1 && claimed[0].ID == task.ID
		}, 10*time.Second, 20*time.Millisecond)
	})
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		const count = 25
		var ids []int64
		for i := range count {
			in := oneStep()
			in.Description = models.Plain(fmt.Sprint("Task ", i))
			in.Labels = []models.Label{{Key: "parity", Value: fmt.Sprint(i % 2)}}
			ids = append(ids, b.submit(t, member, in).ID)
		}
		b.submit(t, other, oneStep())
		for _, order := range []models.Order{models.Newest, models.Oldest, models.RecentlyChanged} {
			var forward, backward []int64
			in := tasks.ListInput{OrderBy: order, First: ptr(7)}
			for {
				page, err := b.List(b.ctx, member, in)
				require.NoError(t, err)
				for _, task := range page.Tasks {
					require.NotEmpty(t, task.Steps)
					forward = append(forward, task.ID)
				}
				require.Equal(t, in.After != "", page.HasPrev)
				if !page.HasNext {
					break
				}
				in.After = page.Cursors[len(page.Cursors)-1]
			}
			require.ElementsMatch(t, ids, forward, "each once")
			in = tasks.ListInput{OrderBy: order, Last: ptr(4)}
			for {
				page, err := b.List(b.ctx, member, in)
				require.NoError(t, err)
				var here []int64
				for _, task := range page.Tasks {
					here = append(here, task.ID)
				}
				backward = append(here, backward...)
				if !page.HasPrev {
					break
				}
				in.Before = page.Cursors[0]
			}
			require.Equal(t, forward, backward, "pages from the end give the same list")
		}
		page, err := b.List(b.ctx, admin, tasks.ListInput{Filter: models.Filter{
			Text: "TASK 1", Labels: []models.Label{{Key: "parity", Value: "1"}}, Owner: "max", Statuses: []models.Status{models.Waiting},
		}})
		require.NoError(t, err)
		require.Len(t, page.Tasks, 6, "1, 11, 13, 15, 17, 19")
		n, exact, err := b.Count(b.ctx, observer, models.Filter{})
		require.NoError(t, err)
		require.True(t, exact)
		require.Equal(t, count+1, n)
		for field, in := range map[string]tasks.ListInput{
			"first": {First: ptr(101)}, "last": {First: ptr(1), Last: ptr(1)}, "after": {After: "x"},
			"before": {OrderBy: models.Oldest, Before: page.Cursors[0]},
		} {
			_, err := b.List(b.ctx, member, in)
			requireFault(t, err, models.CodeInvalid, field)
		}
	})
}

func TestTaskAt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		held := b.claim(t, "w")
		b.begin(t, held, first)
		b.end(t, held, first, models.Succeeded)
		at, err := b.TaskAt(b.ctx, member, task.ID, models.EventID(task.ID, held.Version))
		require.NoError(t, err)
		require.Equal(t, []models.Status{models.Running, models.Waiting}, statuses(at))
		for _, cursor := range []string{"", "x", models.EventID(task.ID, 99), models.EventID(task.ID+1, 1), models.EventID(task.ID, 0)} {
			_, err := b.TaskAt(b.ctx, member, task.ID, cursor)
			requireFault(t, err, models.CodeNotFound)
		}
	})
}

func TestIfVersion(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, oneStep())
		_, err := b.Pause(b.ctx, member, tasks.ControlInput{ID: task.ID, IfVersion: ptr(task.Version + 1)})
		requireFault(t, err, models.CodeConflict)
		_, err = b.Pause(b.ctx, member, tasks.ControlInput{ID: task.ID, IfVersion: &task.Version})
		require.NoError(t, err)
		_, err = b.Pause(b.ctx, member, tasks.ControlInput{ID: 987654321})
		requireFault(t, err, models.CodeNotFound)
	})
}
