package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/models"
)

// scene is what a server looks like on a working day: tasks of several people, in every state.
type scene struct {
	// running is half done, with a log, files that it leaves, and what it uses; failed tells why.
	running, failed string
}

const (
	// fetch writes lines as a program does: colours, levels, an address, a progress.
	fetch = `printf '\033[1mFetching\033[0m \033[36mhttps://tiles.example/winter/index.json\033[0m\n'
for n in 1 2 3 4 5 6 7 8; do sleep 0.3; echo "::progress $((n * 25 / 2)) Fetching sheet $n of 8"; printf 'sheet %s \033[32mok\033[0m, 4%s kB\n' $n $n; done
echo '::warning sheet 6 is older than 30 days'
echo 'retry 1 of 3: connection reset' >&2
echo '::debug cache holds 8 of 8 sheets'`
	// relief ends, and leaves a table.
	relief = `(echo 'sheet,zoom,kB'; for n in 1 2 3 4 5; do echo "$n,$((n + 9)),$((n * 48))"; sleep 0.2; done) > "$STEPCAST_RESULTS/tiles.csv"
echo '::progress 100 Relief: 200 tiles'`
	// render uses the processor a little, and goes on until its task is ended.
	render = `echo "::progress %[1]d %[2]s: tile %[3]d of 200"
while :; do sleep 0.2; done`
	// check fails, and says why.
	check = `echo 'checking 3 archives'; echo '::error roads.zip: the checksum does not match'; exit 3`
)

// setScene submits the tasks, and waits until each is as it is to be seen.
func (s *server) setScene(t *testing.T) scene {
	t.Helper()
	o := s.office(t)
	mia := s.client(client.WithToken(o.user("mia", models.Member)))
	jonas := s.client(client.WithToken(o.user("jonas", models.Operator)))
	o.user("watcher", models.Observer)
	_, _, err := s.client().CreateToken(t.Context(), client.CreateTokenInput{
		Name: "nightly build", Scopes: []client.TokenScope{client.ScopeRead, client.ScopeSubmit}, ExpiresAt: time.Now().AddDate(0, 3, 0),
	})
	require.NoError(t, err)
	for _, name := range []string{"1-hello", "2-copy-tiles", "3-side-by-side", "4-create-servers"} {
		awaitEnd(t, mia, submitFile(t, mia, "../examples/"+name+".json"))
	}
	// What runs is seen once it has got somewhere.
	submit := func(c *client.Client, until client.Status, in client.SubmitInput) string {
		t.Helper()
		task, err := c.Submit(t.Context(), in)
		require.NoError(t, err)
		await(t, c, task.ID, func(now *client.Task) bool {
			return now.Status == until && (until != client.StatusRunning || now.Progress > 0)
		})
		return task.ID
	}
	hold := "echo '::progress 40 Page 16 of 40'; while :; do sleep 0.2; done"
	of := func(description string, step client.StepInput, labels ...client.Label) client.SubmitInput {
		return client.SubmitInput{Description: description, Steps: []client.StepInput{step}, Labels: labels}
	}
	failed := submit(jonas, client.StatusFailed, of("Check the road archives", shells("Check", check), client.Label{Key: "team", Value: "roads"}))
	ended := submit(mia, client.StatusRunning, of("Print the atlas", shells("Print", hold), client.Label{Key: "team", Value: "maps"}))
	_, err = mia.Cancel(t.Context(), ended)
	require.NoError(t, err)
	awaitEnd(t, mia, ended)
	paused := submit(jonas, client.StatusRunning, of("Scan the parish registers", shells("Scan", hold), client.Label{Key: "team", Value: "archive"}))
	_, err = jonas.Pause(t.Context(), paused)
	require.NoError(t, err)
	await(t, jonas, paused, func(now *client.Task) bool { return now.Status == client.StatusPaused })
	submit(jonas, client.StatusWaiting, of("Survey of the harbour, by the crew", client.StepInput{
		Description: "Survey", Contents: []client.ContentInput{{Message: "Sound the basin", RunType: "external"}},
	}, client.Label{Key: "team", Value: "harbour"}))
	tomorrow := of("Back up the map store", shells("Back up", "echo done"), client.Label{Key: "nightly", Value: "yes"})
	tomorrow.StartAfter = time.Now().Add(9 * time.Hour)
	submit(mia, client.StatusWaiting, tomorrow)

	running := submit(mia, client.StatusRunning, winterMap())
	await(t, mia, running, func(now *client.Task) bool { return now.Steps[1].Progress > 40 })
	until(t, "what it uses", func() bool {
		samples, err := mia.ResourceSamples(t.Context(), running, client.SampleQuery{})
		return err == nil && len(samples) >= 4
	})
	return scene{running: running, failed: failed}
}

// winterMap is a task that stays half done.
func winterMap() client.SubmitInput {
	drawn := client.StepInput{Description: "Render", MaxParallel: 3}
	draw := func(layer, code string) {
		drawn.Contents = append(drawn.Contents, client.ContentInput{Message: layer, RunType: "shell", Code: code})
	}
	draw("Relief", relief)
	for i, layer := range []string{"Roads", "Ski tracks", "Place names", "Huts"} {
		percent := 83 - 21*i
		draw(layer, fmt.Sprintf(render, percent, layer, 2*percent))
	}
	return client.SubmitInput{
		Description: "Winter map of the north",
		Steps: []client.StepInput{
			shells("Fetch", fetch),
			drawn,
			shells("Publish", "echo published"),
		},
		Variables: map[string]any{"season": "winter", "zoom": 12},
		Labels:    []client.Label{{Key: "team", Value: "maps"}, {Key: "region", Value: "north"}},
	}
}

// shells is a step of shell contents.
func shells(description string, codes ...string) client.StepInput {
	step := client.StepInput{Description: description}
	for _, code := range codes {
		step.Contents = append(step.Contents, client.ContentInput{Message: description, RunType: "shell", Code: code})
	}
	return step
}
