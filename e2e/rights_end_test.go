package e2e

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/client"
	"stepcast/models"
)

// forgotten is how soon something revoked must count no more.
const forgotten = 5 * time.Second

// ending is a sign-in and a way to end it. It gives the headers that sign the user in,
// and the function that ends that, which says when it counts as ended.
type ending struct {
	user, name string
	begin      func(o office, s *server, user string) (headers []string, end func() (time.Time, error))
}

// now is the answer of an end that is at once.
func now(err error) (time.Time, error) { return time.Now(), err }

var endings = []ending{
	{"anna", "token revoked", func(o office, _ *server, user string) ([]string, func() (time.Time, error)) {
		text, id := o.token(user, auth.CreateTokenInput{})
		return bearer(text), func() (time.Time, error) { return now(o.RevokeToken(o.t.Context(), id)) }
	}},
	{"ben", "token expired", func(o office, _ *server, user string) ([]string, func() (time.Time, error)) {
		expires := time.Now().Add(3 * time.Second).Truncate(time.Millisecond) // as it is stored
		text, _ := o.token(user, auth.CreateTokenInput{ExpiresAt: &expires})
		return bearer(text), func() (time.Time, error) { return expires, nil }
	}},
	{"cleo", "user disabled", func(o office, _ *server, user string) ([]string, func() (time.Time, error)) {
		text, _ := o.token(user, auth.CreateTokenInput{})
		return bearer(text), func() (time.Time, error) {
			_, err := o.Disable(o.t.Context(), user, true)
			return now(err)
		}
	}},
	{"dora", "session ended", func(o office, s *server, user string) ([]string, func() (time.Time, error)) {
		headers := s.signIn(user).web
		return headers, func() (time.Time, error) {
			return now(o.EndSession(o.t.Context(), headers[1][len(webCookie+"="):]))
		}
	}},
	{"fina", "user deleted", func(o office, _ *server, user string) ([]string, func() (time.Time, error)) {
		text, _ := o.token(user, auth.CreateTokenInput{})
		return bearer(text), func() (time.Time, error) {
			_, err := o.DeleteUser(o.t.Context(), user)
			return now(err)
		}
	}},
	{"gero", "session of a user who is deleted, by the API", func(o office, s *server, user string) ([]string, func() (time.Time, error)) {
		return s.signIn(user).web, func() (time.Time, error) {
			_, err := s.client().DeleteUser(o.t.Context(), user)
			return now(err)
		}
	}},
	{"hans", "token revoked by the API", func(o office, s *server, user string) ([]string, func() (time.Time, error)) {
		text, id := o.token(user, auth.CreateTokenInput{})
		return bearer(text), func() (time.Time, error) {
			_, err := s.client().RevokeToken(o.t.Context(), strconv.FormatInt(id, 10))
			return now(err)
		}
	}},
	{"ida", "user disabled by the API", func(o office, s *server, user string) ([]string, func() (time.Time, error)) {
		return s.signIn(user).web, func() (time.Time, error) {
			disabled := true
			_, err := s.client().UpdateUser(o.t.Context(), client.UpdateUserInput{Name: user, Disabled: &disabled})
			return now(err)
		}
	}},
	{"emil", "password changed", func(o office, s *server, user string) ([]string, func() (time.Time, error)) {
		return s.signIn(user).web, func() (time.Time, error) {
			return now(o.SetPassword(o.t.Context(), user, "another "+password))
		}
	}},
}

// TestSignInsEnd ends tokens, users and sessions in every way while they are in use:
// requests are refused, an open socket closes with 4403 and an event stream ends, within
// five seconds.
func TestSignInsEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		for _, e := range endings {
			t.Run(e.name, func(t *testing.T) {
				t.Parallel()
				s, o := s.with(t), s.office(t)
				o.user(e.user, models.Member)
				headers, end := e.begin(o, s, e.user)
				requireEnds(t, s, headers, end)
			})
		}
	}, "--no-worker")
}

// requireEnds checks that what headers sign in with counts until the end, and not after.
func requireEnds(t *testing.T, s *server, headers []string, end func() (time.Time, error)) {
	t.Helper()
	socket := s.socket(t, "", headers...)
	socket.subscribe("1", `subscription { taskChanges { task { id } } }`, nil)
	stream := s.endOf(t, headers)
	counts := func() bool { return s.graphql(`{ viewer { name } }`, nil, headers...).status == http.StatusOK }
	require.True(t, counts(), "it counts")
	ended, err := end()
	require.NoError(t, err)
	require.Equal(t, 4403, socket.closed())
	require.GreaterOrEqual(t, time.Since(ended), time.Duration(0), "the socket closes no sooner")
	require.Less(t, time.Since(ended), forgotten, "the socket closes in time")
	require.WithinRange(t, receive(t, stream), ended, ended.Add(forgotten), "so does the event stream")
	until(t, "requests refused", func() bool { return !counts() })
	require.Less(t, time.Since(ended), forgotten, "requests are refused in time")
	refused := s.graphql(`{ viewer { name } }`, nil, headers...)
	require.Equal(t, []any{http.StatusUnauthorized, "UNAUTHENTICATED"}, []any{refused.status, refused.code()})
	socket = s.dial(t, headers...)
	socket.init("")
	require.Equal(t, 4403, socket.closed(), "nor is a new one opened")
}

// TestChangedRightsCloseSockets gives a user another role: the open socket closes, and
// whoever comes back has the new rights.
func TestChangedRightsCloseSockets(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		o := s.office(t)
		text := o.user("olga", models.Operator)
		task, err := s.client().Submit(t.Context(), sh("exit 0"))
		require.NoError(t, err)
		const watch = `subscription($id: ID!) { taskProgress(id: $id) { id } }`
		socket := s.socket(t, text)
		socket.subscribe("1", watch, object{"id": task.ID})
		said, _ := socket.answer()
		require.Equal(t, task.ID, textAt(said.Data, "taskProgress", "id"))
		_, err = o.SetRole(t.Context(), "olga", models.Member)
		require.NoError(t, err)
		changed := time.Now()
		require.Equal(t, 4403, socket.closed())
		require.Less(t, time.Since(changed), forgotten)
		again := s.socket(t, text)
		again.subscribe("1", watch, object{"id": task.ID})
		said, _ = again.answer()
		require.Equal(t, "NOT_FOUND", said.code())
	}, "--no-worker")
}
