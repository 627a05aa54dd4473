package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var identityTests = map[string]func(*testing.T, *store.Store){
	"a user is replaced by name and keeps the day it came": putUser,
	"deleting a user deletes tokens and sessions":          deleteUser,
	"a token is revoked once":                              revokeToken,
	"a token is replaced by id":                            putToken,
	"sessions end":                                         sessionsEnd,
}

func requireAbsent(t *testing.T, err error) {
	t.Helper()
	require.Equal(t, models.CodeNotFound, models.CodeOf(err), "%v", err)
}

func putUser(t *testing.T, s *store.Store) {
	n, err := s.CountUsers(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
	_, err = s.User(t.Context(), "ann")
	requireAbsent(t, err)
	for _, u := range []models.User{
		{Name: "bob", Role: models.Member, CreatedAt: Start},
		{Name: "ann", Role: models.Admin, CreatedAt: Start, PasswordHash: "x"},
		{Name: "bob", Role: models.Operator, CreatedAt: Start.Add(time.Hour), Disabled: true},
	} {
		require.NoError(t, s.PutUser(t.Context(), &u))
	}
	users, err := s.Users(t.Context())
	require.NoError(t, err)
	require.Equal(t, []*models.User{
		{Name: "ann", Role: models.Admin, CreatedAt: Start, PasswordHash: "x"},
		{Name: "bob", Role: models.Operator, CreatedAt: Start, Disabled: true},
	}, users)
	_, err = s.User(t.Context(), "Ann")
	requireAbsent(t, err)
	n, err = s.CountUsers(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func deleteUser(t *testing.T, s *store.Store) {
	requireAbsent(t, s.AddToken(t.Context(), &models.Token{Hash: "h", User: "ann"}))
	requireAbsent(t, s.AddSession(t.Context(), &models.Session{Hash: "h", User: "ann", ExpiresAt: Start}))
	requireAbsent(t, s.DeleteUser(t.Context(), "ann"))
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "ann"}))
	token := models.Token{Hash: "t", User: "ann"}
	require.NoError(t, s.AddToken(t.Context(), &token))
	require.NoError(t, s.AddSession(t.Context(), &models.Session{Hash: "s", User: "ann", ExpiresAt: Start}))
	require.NoError(t, s.DeleteUser(t.Context(), "ann"))
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "ann"}))
	_, err := s.TokenByHash(t.Context(), "t")
	requireAbsent(t, err)
	_, err = s.SessionByHash(t.Context(), "s")
	requireAbsent(t, err)
	require.NoError(t, s.AddToken(t.Context(), &models.Token{Hash: "t", User: "ann"}))
	found, err := s.TokenByHash(t.Context(), "t")
	require.NoError(t, err)
	require.Greater(t, found.ID, token.ID, "ids are not given again")
}

func revokeToken(t *testing.T, s *store.Store) {
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "ann"}))
	a, b := models.Token{Hash: "a", User: "ann"}, models.Token{Hash: "b", User: "ann", Scopes: models.Names{"read"}}
	require.NoError(t, s.AddToken(t.Context(), &a))
	require.NoError(t, s.AddToken(t.Context(), &b))
	require.Error(t, s.AddToken(t.Context(), &models.Token{Hash: "a", User: "ann"}))
	require.NoError(t, s.RevokeToken(t.Context(), a.ID, Start))
	require.NoError(t, s.RevokeToken(t.Context(), a.ID, Start.Add(time.Hour)))
	requireAbsent(t, s.RevokeToken(t.Context(), 1<<40, Start))
	tokens, err := s.TokensOf(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, tokens, 2)
	require.Equal(t, Start, *tokens[0].RevokedAt)
	require.Nil(t, tokens[1].RevokedAt)
	require.Equal(t, models.Names{"read"}, tokens[1].Scopes)
	_, err = s.TokenByHash(t.Context(), "A")
	requireAbsent(t, err)
}

func putToken(t *testing.T, s *store.Store) {
	for _, name := range []string{"ann", "bob"} {
		require.NoError(t, s.PutUser(t.Context(), &models.User{Name: name}))
	}
	token := models.Token{Hash: "a", User: "ann", Name: "x", CreatedAt: Start, Scopes: models.Names{"read"}, AllowNewUsers: true}
	other := models.Token{Hash: "b", User: "bob", Name: "x", CreatedAt: Start}
	for _, added := range []*models.Token{&token, &other, {Hash: "c", User: "bob", Name: "y"}} {
		require.NoError(t, s.AddToken(t.Context(), added))
	}
	at := Start.Add(time.Hour)
	put := models.Token{ID: token.ID, Hash: "z", User: "bob", Name: "x", ActsFor: models.Names{"*"}, CreatedAt: at, ExpiresAt: &at, RevokedAt: &at}
	for range 2 { // the second changes nothing
		require.NoError(t, s.PutToken(t.Context(), &put))
	}
	named, err := s.TokensNamed(t.Context(), "x")
	require.NoError(t, err)
	want := put
	want.Hash, want.CreatedAt = "a", Start
	require.Equal(t, []*models.Token{&want, &other}, named)

	put.RevokedAt, put.ExpiresAt = nil, nil
	require.NoError(t, s.PutToken(t.Context(), &put))
	found, err := s.TokenByHash(t.Context(), "a")
	require.NoError(t, err)
	require.Nil(t, found.RevokedAt)
	require.Nil(t, found.ExpiresAt)

	put.User = "nobody"
	requireAbsent(t, s.PutToken(t.Context(), &put))
	put.ID = 1 << 40
	requireAbsent(t, s.PutToken(t.Context(), &put))
	none, err := s.TokensNamed(t.Context(), "X y")
	require.NoError(t, err)
	require.Empty(t, none)
}

func sessionsEnd(t *testing.T, s *store.Store) {
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "ann"}))
	for i, hash := range []string{"a", "b", "c"} {
		require.NoError(t, s.AddSession(t.Context(), &models.Session{
			Hash: hash, Kind: models.SessionLink, User: "ann", ExpiresAt: Start.Add(time.Duration(i) * time.Hour),
		}))
	}
	n, err := s.DeleteExpiredSessions(t.Context(), Start)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	taken, err := s.TakeSession(t.Context(), "b")
	require.NoError(t, err)
	require.Equal(t, models.SessionLink, taken.Kind)
	_, err = s.TakeSession(t.Context(), "b")
	requireAbsent(t, err)
	require.NoError(t, s.DeleteSession(t.Context(), "c"))
	require.NoError(t, s.DeleteSession(t.Context(), "c"))
	_, err = s.SessionByHash(t.Context(), "c")
	requireAbsent(t, err)

	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "bob"}))
	for hash, user := range map[string]string{"d": "ann", "e": "ann", "f": "bob"} {
		require.NoError(t, s.AddSession(t.Context(), &models.Session{Hash: hash, User: user, ExpiresAt: Start}))
	}
	require.NoError(t, s.DeleteSessionsOf(t.Context(), "ann"))
	for _, hash := range []string{"d", "e"} {
		_, err = s.SessionByHash(t.Context(), hash)
		requireAbsent(t, err)
	}
	_, err = s.SessionByHash(t.Context(), "f")
	require.NoError(t, err, "others stay signed in")
}
