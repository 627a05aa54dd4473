package linkis_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/rest/linkis"
	"stepcast/rest/resttest"
	"stepcast/store"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

// TestPollsHaveEachLineOnce polls the log of a task in several ways while the task writes
// it. Whatever was asked for when: the answers are the stored log, no line twice and none
// missing.
func TestPollsHaveEachLineOnce(t *testing.T) {
	t.Parallel()
	for _, alone := range []bool{true, false} {
		t.Run(fmt.Sprint("alone: ", alone), func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) { pollWhileItWrites(t, s, alone) })
		})
	}
}

func pollWhileItWrites(t *testing.T, s *store.Store, alone bool) {
	seed := randomtest.Seed(t)
	b := resttest.SetupOn(t, s, func(o *tasks.Options) { o.Lease, o.Alone, o.Zone = time.Hour, alone, zone })
	p := &polled{turn: make(chan struct{}), over: make(chan struct{}), token: b.Token(resttest.Member), handler: linkis.New(linkis.Options{
		Tasks: b.Tasks, Auth: b.Auth, Zone: zone, Logger: slog.New(slog.DiscardHandler),
	})}
	p.task = b.Submit(resttest.Member, func(in *tasks.SubmitInput) {
		in.Origin, in.Creator, in.Engine = tasks.OriginLinkis, "IDE", "shell"
		in.Steps[0].Contents[0].Code = "# begin\n\n  \necho\n"
	})
	running := b.Claim()

	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() { p.poll(t.Context(), rand.New(rand.NewPCG(seed, uint64(i))), i%2 == 0) })
	}
	group.Go(func() { p.pollAnywhere(t.Context(), rand.New(rand.NewPCG(seed, 100))) })
	wrote := p.write(t, b, running, rand.New(rand.NewPCG(seed, 200)))
	b.End(running, resttest.First, tasks.Outcome{Status: models.Succeeded})
	group.Wait()

	require.Empty(t, p.failures)
	lines := storedLines(t, b, p.task.ID)
	var output []string
	for _, line := range lines {
		if line.Stream == models.Stdout {
			output = append(output, line.Text)
		}
	}
	require.Equal(t, wrote, output, "the stored log is what was written")
	p.check(t, lines)
}

// write appends random lines under the lease, as a program does that runs, and gives their
// texts. Now and then it waits for a poll, so that polls and writes mix.
func (p *polled) write(t *testing.T, b *resttest.Bundle, running *models.Task, random *rand.Rand) (texts []string) {
	t.Helper()
	some := []string{"", " ", "\t", "plain", "二 <&> \"", "2026-03-01 12:00:00.000 ERROR own", strings.Repeat("long ", 700)}
	for range 40 {
		var lines []models.LogLine
		for range 1 + random.IntN(60) {
			text := some[random.IntN(len(some))]
			if random.IntN(2) == 0 {
				text = fmt.Sprint("line ", len(texts))
			}
			texts = append(texts, text)
			lines = append(lines, models.LogLine{
				Attempt: 1, At: time.Now().UTC().Truncate(time.Millisecond), Level: models.LogLevels[random.IntN(4)], Stream: models.Stdout, Text: text,
			})
		}
		require.NoError(t, b.Tasks.AppendLog(t.Context(), tasks.LeaseOf(running), lines))
		if random.IntN(2) == 0 {
			select {
			case <-p.turn:
			case <-p.over:
			}
		}
		if random.IntN(3) == 0 {
			// A decision commits what waits, so that lines become visible bit by bit.
			_, err := b.Tasks.Begin(t.Context(), tasks.LeaseOf(running), resttest.First)
			require.NoError(t, err)
		}
	}
	return texts
}

func storedLines(t *testing.T, b *resttest.Bundle, task int64) (lines []models.LogLine) {
	t.Helper()
	for after := int64(0); ; after = int64(len(lines)) {
		chunks, err := b.Store.Log(t.Context(), task, after, 1000, 0)
		require.NoError(t, err)
		if len(chunks) == 0 {
			return lines
		}
		for _, c := range chunks {
			part, err := store.Lines(c)
			require.NoError(t, err)
			require.EqualValues(t, len(lines)+1, c.First)
			lines = append(lines, part...)
		}
	}
}

// check compares what was polled with what is stored.
func (p *polled) check(t *testing.T, lines []models.LogLine) {
	t.Helper()
	require.Len(t, p.whole, 6)
	for _, pages := range p.whole {
		next := int64(1)
		for _, one := range pages {
			require.Equal(t, next, max(one.from, 1), "each page begins where the one before ended")
			one.check(t, lines)
			next = one.next
		}
		require.EqualValues(t, len(lines)+1, next, "all lines were read")
	}
	require.Len(t, p.single, 150)
	for _, one := range p.single {
		one.check(t, lines)
	}
}

func (one page) check(t *testing.T, lines []models.LogLine) {
	t.Helper()
	from := max(one.from, 1)
	require.GreaterOrEqual(t, one.next, from)
	var want [4][]string
	if one.next > from {
		require.LessOrEqual(t, one.next, int64(len(lines)+1), "no line is told of that does not exist")
		for _, line := range lines[from-1 : one.next-1] {
			if one.distinct && strings.TrimSpace(line.Text) == "" {
				continue
			}
			text, level := shown(line)
			want[level] = append(want[level], text)
			want[3] = append(want[3], text)
		}
	}
	if !one.distinct {
		require.Equal(t, []string{strings.Join(want[3], "\n")}, one.texts)
		return
	}
	require.Len(t, one.texts, 4)
	for i, texts := range want {
		require.Equal(t, strings.Join(texts, "\n"), one.texts[i])
	}
}

// shown is a line as clients are to see it, and its place among the four.
func shown(line models.LogLine) (text string, level int) {
	word := map[models.LogLevel]string{models.Debug: "INFO", models.Info: "INFO", models.Warn: "WARN", models.Error: "ERROR"}[line.Level]
	level = map[models.LogLevel]int{models.Debug: 2, models.Info: 2, models.Warn: 1, models.Error: 0}[line.Level]
	if level == 2 && strings.Contains(line.Text, " ERROR own") {
		level = 0
	}
	if line.Stream == models.System {
		if line.Level == models.Debug {
			return line.Text, level
		}
		word = "SYSTEM-" + word
	}
	return line.At.In(zone).Format("2006-01-02 15:04:05.000 ") + word + " " + line.Text, level
}
