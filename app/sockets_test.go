package app

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/models"
	"stepcast/store/storetest"
)

// TestOldRightsEndTheirSockets: of the sockets of one token those go that were opened with
// other rights than the user has now, whatever the others have.
func TestOldRightsEndTheirSockets(t *testing.T) {
	t.Parallel()
	ctx, quiet := t.Context(), slog.New(slog.DiscardHandler)
	users := auth.New(auth.Options{Store: storetest.OpenSQLite(t), Logger: quiet})
	_, err := users.CreateUser(ctx, auth.AdminName, models.Admin, "")
	require.NoError(t, err)
	_, err = users.CreateUser(ctx, "olga", models.Operator, "")
	require.NoError(t, err)
	token, _, err := users.CreateToken(ctx, "olga", auth.CreateTokenInput{Name: "t"})
	require.NoError(t, err)
	open := newOpenSockets(users, quiet)
	socket := func() context.Context {
		v, err := users.Bearer(ctx, token)
		require.NoError(t, err)
		return open.add(ctx, v)
	}
	before := socket()
	_, err = users.SetRole(ctx, "olga", models.Member)
	require.NoError(t, err)
	var after []context.Context
	for range 20 {
		after = append(after, socket())
	}
	open.recheck(ctx)
	require.Error(t, before.Err())
	for _, s := range after {
		require.NoError(t, s.Err())
	}
}

// TestSignInDuringAnOutage is answered as what it is: nobody was refused.
func TestSignInDuringAnOutage(t *testing.T) {
	t.Parallel()
	quiet := slog.New(slog.DiscardHandler)
	users := auth.New(auth.Options{Store: storetest.OpenSQLite(t), Logger: quiet})
	open := newOpenSockets(users, quiet)
	away, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	r := httptest.NewRequest("POST", "/graphql", nil)
	r.Header.Set("Authorization", "Bearer some-token-0123456789")
	_, _, err := open.authenticate(away, r, nil)
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	_, _, err = open.authenticate(t.Context(), r, nil)
	require.Equal(t, models.CodeUnauthenticated, models.CodeOf(err))
}
