package e2e

import (
	"maps"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/models"
)

// listed is how many tasks each owner has in a list: together they are more than one
// stream may have waiting.
const listed = 5

// watchLists has a list of large tasks watched by two members, who see their own, and by
// an administrator, who sees all; each twice. The tasks are paused and resumed.
func (w *liveWorld) watchLists() {
	w.t.Helper()
	w.readers = nil
	o, own := w.office(w.t), map[string][]string{}
	for _, name := range []string{"ben", "cleo"} {
		owner := o.user(name, models.Member)
		for range listed {
			task, err := w.server.client(client.WithToken(owner)).Submit(w.ctx, bulky())
			require.NoError(w.t, err)
			own[owner] = append(own[owner], task.ID)
			own[token] = append(own[token], task.ID)
		}
	}
	ids := own[token]
	for viewer := range own {
		for range 2 {
			w.startList(fast, viewer, own)
		}
	}
	lazy := w.startList(stalled, token, own)
	until(w.t, "a connection", func() bool { return lazy.withValve((*valve).release) })
	w.awaitShared(len(own))
	w.awaitAttached(ids)
	w.requireFolded(w.readers)

	lazy.withValve((*valve).shut)
	for range 6 {
		w.change(ids)
	}
	w.requireFolded(w.readers[:len(w.readers)-1])
	lazy.withValve((*valve).release)
	w.await("to be told to list again", []*liveReader{lazy}, func(r *liveReader) bool { return r.feed.(*changesFeed).resyncs > 0 })
	w.change(ids[:1])
	w.requireFolded(w.readers)
	for _, r := range w.readers {
		r.cancel()
	}
}

// startList starts a reader of the list, of which each viewer may see its own.
func (w *liveWorld) startList(m manner, viewer string, own map[string][]string) *liveReader {
	return w.start(m, "a list", viewer, &changesFeed{
		ctx: w.ctx, client: w.server.client(client.WithToken(viewer)), ids: own[token], own: own[viewer], folded: map[string]int64{},
	})
}

// awaitShared waits until all readers subscribe; those of one viewer share what answers.
func (w *liveWorld) awaitShared(viewers int) {
	w.t.Helper()
	until(w.t, "an execution for each viewer", func() bool {
		now, _ := w.scrape()
		return now["stepcast_live_subscriptions"] == float64(len(w.readers)) && now["stepcast_live_groups"] == float64(viewers)
	})
}

// awaitAttached changes the tasks until each reader was told of a change: from then on
// it is told of all. What they are to begin with they list.
func (w *liveWorld) awaitAttached(ids []string) {
	w.t.Helper()
	until(w.t, "a change that all are told of", func() bool {
		w.change(ids)
		attached := true
		for _, r := range w.readers {
			r.look(func() { attached = attached && r.values > 0 })
		}
		return attached
	})
	for _, r := range w.readers {
		r.look(func() { require.NoError(w.t, r.feed.(*changesFeed).list()) })
	}
}

// change pauses and resumes waiting tasks.
func (w *liveWorld) change(ids []string) {
	w.t.Helper()
	for _, id := range ids {
		_, err := w.client.Pause(w.ctx, id)
		require.NoError(w.t, err)
		_, err = w.client.Resume(w.ctx, id)
		require.NoError(w.t, err)
	}
}

// requireFolded waits until what each reader was told comes to what is stored.
func (w *liveWorld) requireFolded(readers []*liveReader) {
	w.t.Helper()
	stored := map[string]map[string]int64{}
	w.await("the list as it is stored", readers, func(r *liveReader) bool {
		f := r.feed.(*changesFeed)
		if stored[r.token] == nil {
			var err error
			stored[r.token], err = versions(w.ctx, f.client, f.ids)
			require.NoError(w.t, err)
			require.Len(w.t, stored[r.token], len(f.own))
		}
		return maps.Equal(stored[r.token], f.folded)
	})
}
