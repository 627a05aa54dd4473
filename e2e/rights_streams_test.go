package e2e

import (
	"context"
	"sync"

	"github.com/stretchr/testify/require"
)

func streamDoors() []door {
	return []door{
		streaming("taskProgress", "{ id }"),
		streaming("taskEvents", "{ cursor }"),
		streaming("taskLog", "{ cursor }"),
		{name: "taskChanges", op: "see", try: watchChanges},
	}
}

// streaming is a subscription to one task.
func streaming(name, selection string) door {
	return door{name: name, op: "see", try: func(w *rightsWorld, a actor, id string) verdict {
		w.t.Helper()
		socket := w.socket(w.t, a.token)
		socket.subscribe("1", `subscription($id: ID!) { `+name+`(id: $id) `+selection+` }`, object{"id": id})
		said, _ := socket.answer()
		if len(said.Errors) > 0 {
			require.Equal(w.t, "NOT_FOUND", said.code(), said.Errors)
			return hidden
		}
		require.NotNil(w.t, said.Data[name])
		return allowed
	}}
}

// watchChanges watches the list while a task of the same owner as id changes, and then
// one of the actor's own: once that was told of, and the other was not, it never will be.
func watchChanges(w *rightsWorld, a actor, id string) verdict {
	w.t.Helper()
	watched, fence := w.watched[a.name], w.watched[a.name]
	if id == w.standing[stranger][false] {
		watched = w.watched[stranger]
	}
	socket := w.socket(w.t, a.token)
	socket.subscribe("1", `subscription($ids: [ID!]) { taskChanges(filter: {ids: $ids}) { task { id } } }`, object{"ids": []string{watched, fence}})
	stop := w.keepChanging(watched, fence)
	defer stop()
	const enough = 3 // one change may have been under way before the subscription stood
	for fences := 0; fences < enough; {
		said, ended := socket.answer()
		if ended {
			require.Equal(w.t, "NOT_FOUND", said.code(), said.Errors)
			return hidden
		}
		switch textAt(said.Data, "taskChanges", "task", "id") {
		case watched:
			return allowed
		case fence:
			fences++
		}
	}
	return hidden
}

// keepChanging pauses and resumes waiting tasks, one after the other, until stop.
func (w *rightsWorld) keepChanging(ids ...string) (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	c := w.client()
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			for _, id := range ids {
				// What fails here shows as a change that does not come.
				_, _ = c.Pause(ctx, id)
				_, _ = c.Resume(ctx, id)
			}
		}
	})
	return func() {
		cancel()
		group.Wait()
	}
}
