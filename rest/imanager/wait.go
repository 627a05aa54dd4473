package imanager

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

// waitsMax is how many answers may be held back for one user at a time: each holds a
// connection and follows a task. Who asks for more is answered at once.
const waitsMax = 256

// waits counts the answers that are held back.
type waits struct {
	limit int

	// mu guards of: the count of each user who has any.
	mu sync.Mutex
	of map[string]int
}

// take counts one more of the user, unless there are too many. Give it back.
func (w *waits) take(user string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of[user] >= w.limit {
		return false
	}
	w.of[user]++
	return true
}

func (w *waits) giveBack(user string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of[user]--; w.of[user] == 0 {
		delete(w.of, user)
	}
}

// await returns as soon as the task is newer than t, the time is up, the server stops,
// or when the task can change no more. It is errNotFound when the task was deleted meanwhile.
func (a *api) await(ctx context.Context, v models.Viewer, t *models.Task, limit time.Duration) error {
	if t.Status.Final() {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer context.AfterFunc(a.Stopping, cancel)()
	stream, err := a.Tasks.Watch(ctx, v, t.ID)
	if err != nil {
		return err
	}
	defer stream.Close()
	for {
		next, err := stream.Next(waiting)
		switch {
		case err != nil && waiting.Err() != nil:
			return a.stillSignedIn(ctx, v)
		case errors.Is(err, io.EOF):
			return errNotFound
		case err != nil:
			return err
		case next.Version > t.Version: // what is watched may be behind what was read
			return a.stillSignedIn(ctx, v)
		}
	}
}

// stillSignedIn refuses whose sign-in was revoked while waiting.
func (a *api) stillSignedIn(ctx context.Context, v models.Viewer) error {
	if a.Auth.StillValid(ctx, v) {
		return nil
	}
	return models.Faultf(models.CodeUnauthenticated, "%s", auth.ErrUnknown)
}
