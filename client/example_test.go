package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	"stepcast/client"
)

// Submit a task and follow it to its end.
func Example() {
	ctx := context.Background()
	c, err := client.New("http://127.0.0.1:8080", client.WithToken(os.Getenv("STEPCAST_TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	task, err := c.Submit(ctx, client.SubmitInput{
		Description: "Say hello",
		Steps: []client.StepInput{{
			Description: "Greet",
			Contents:    []client.ContentInput{{Message: "Hello", RunType: "shell", Code: "echo hello"}},
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for snapshot, err := range c.WatchProgress(ctx, task.ID).All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%5.1f%% %s\n", snapshot.Progress, snapshot.Status)
	}
}

// A submission with a key may be repeated: both times it is the same task.
func ExampleClient_Submit() {
	var c *client.Client
	input := client.SubmitInput{
		Description:    "Nightly report",
		IdempotencyKey: "report-2030-01-02",
		Steps: []client.StepInput{{
			Description: "Make it",
			Contents:    []client.ContentInput{{Message: "Report", RunType: "shell", Code: "make report"}},
		}},
	}
	task, err := c.Submit(context.Background(), input)
	var refusal *client.Error
	switch {
	case errors.As(err, &refusal) && refusal.RetryAfter > 0:
		fmt.Println("come back in", refusal.RetryAfter)
	case client.CodeOf(err) == client.CodeInvalid:
		fmt.Println("mend the input:", err)
	case err != nil:
		fmt.Println("submit again:", err)
	default:
		fmt.Println("task", task.ID)
	}
}

// Go through all failed tasks, however many there are.
func ExampleClient_Tasks() {
	var c *client.Client
	filter := client.TaskFilter{Statuses: []client.Status{client.StatusFailed}}
	for task, err := range c.Tasks(context.Background(), filter, client.OrderNewest) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(task.ID, task.Description, task.Error)
	}
}

// Cancel a task only as it was seen.
func ExampleClient_Cancel() {
	var c *client.Client
	ctx := context.Background()
	task, err := c.Task(ctx, "690")
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Cancel(ctx, task.ID, client.IfVersion(task.Version))
	if client.CodeOf(err) == client.CodeConflict {
		fmt.Println("it has changed; look again")
	}
}

// Follow a log to its end, from where an earlier run of this program left off.
func ExampleClient_WatchLog() {
	var c *client.Client
	ctx := context.Background()
	const seen = 120 // from a file, say
	lines := c.WatchLog(ctx, "690", seen, client.LevelInfo)
	defer lines.Close()
	for {
		batch, err := lines.Next(ctx)
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		if batch.Gap != nil {
			fmt.Println("older lines are gone:", batch.Gap.Reason)
		}
		for _, line := range batch.Lines {
			fmt.Println(line.Number, line.Text)
		}
		// Keep batch.Cursor: it is where to go on.
	}
}

// Keep a list up to date: read it whenever the stream says so, and change it in between.
func ExampleClient_WatchChanges() {
	var c *client.Client
	ctx := context.Background()
	filter := client.TaskFilter{Owner: "ann"}
	tasks := map[string]*client.Task{}
	for change, err := range c.WatchChanges(ctx, filter).All(ctx) {
		switch {
		case err != nil:
			log.Fatal(err)
		case change.Resync:
			clear(tasks)
			for task, err := range c.Tasks(ctx, filter, client.OrderNewest) {
				if err != nil {
					log.Fatal(err)
				}
				tasks[task.ID] = task
			}
		case change.Matches:
			tasks[change.Task.ID] = change.Task
		default:
			delete(tasks, change.Task.ID)
		}
	}
}

// Tell a person that the connection was lost, and try for an hour at most.
func ExampleWithBackoff() {
	patient := func(f client.Failure) (time.Duration, bool) {
		wait, again := client.BackoffDefault(f)
		log.Printf("connection lost (%v), trying again in %v", f.Err, wait)
		return wait, again && f.Count < 120
	}
	c, err := client.New("http://127.0.0.1:8080", client.WithBackoff(patient))
	if err != nil {
		log.Fatal(err)
	}
	_ = c
}

// Do external steps: report progress, and stop or pause when the server asks for it.
func ExampleWorker() {
	c, err := client.New("http://127.0.0.1:8080", client.WithToken(os.Getenv("STEPCAST_TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	worker := &client.Worker{
		Client: c,
		Labels: []client.Label{{Key: "kind", Value: "render"}},
		Handle: func(ctx context.Context, lease *client.Lease) error {
			for _, content := range lease.Claim.Contents {
				if content.Status.Final() {
					continue // done in an earlier attempt
				}
				frames := strings.Fields(*content.Code)
				for i, frame := range frames {
					if err := lease.Checkpoint(ctx); err != nil {
						return err
					}
					percent := 100 * float64(i+1) / float64(len(frames))
					report := client.Report{
						Contents: []client.ContentReport{{ContentID: content.ID, Progress: &percent}},
						Log:      []client.LogLineInput{{Text: "rendered " + frame, ContentID: content.ID}},
					}
					if _, err := lease.Report(ctx, report); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	log.Fatal(worker.Run(context.Background()))
}
