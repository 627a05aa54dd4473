package storetest

import (
	"strconv"
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
	"a user is changed in one transaction":                 changeUser,
	"users are read page by page":                          usersAfter,
	"tokens are read page by page, and counted":            tokensAfter,
	"the last use of a token is kept":                      tokenUses,
	"tokens that ended are deleted":                        endedTokens,
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
	_, err := s.DeleteUser(t.Context(), "ann", anyway)
	requireAbsent(t, err)
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "ann"}))
	token := models.Token{Hash: "t", User: "ann"}
	require.NoError(t, s.AddToken(t.Context(), &token))
	require.NoError(t, s.AddSession(t.Context(), &models.Session{Hash: "s", User: "ann", ExpiresAt: Start}))
	kept := models.Faultf(models.CodeWrongState, "no")
	_, err = s.DeleteUser(t.Context(), "ann", func(*models.User, bool) error { return kept })
	require.Equal(t, kept, err)
	_, err = s.TokenByHash(t.Context(), "t")
	require.NoError(t, err, "what was not allowed was not done")
	gone, err := s.DeleteUser(t.Context(), "ann", anyway)
	require.NoError(t, err)
	require.Equal(t, "ann", gone.Name)
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "ann"}))
	_, err = s.TokenByHash(t.Context(), "t")
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
	for hash, user := range map[string]string{"d": "ann", "e": "ann", "f": "bob", "g": "ann"} {
		require.NoError(t, s.AddSession(t.Context(), &models.Session{Hash: hash, User: user, ExpiresAt: Start}))
	}
	require.NoError(t, s.DeleteSessionsOf(t.Context(), "ann", "g"))
	for _, hash := range []string{"d", "e"} {
		_, err = s.SessionByHash(t.Context(), hash)
		requireAbsent(t, err)
	}
	_, err = s.SessionByHash(t.Context(), "f")
	require.NoError(t, err, "others stay signed in")
	_, err = s.SessionByHash(t.Context(), "g")
	require.NoError(t, err, "the one that was named stays")
	require.NoError(t, s.DeleteSessionsOf(t.Context(), "ann", ""))
	_, err = s.SessionByHash(t.Context(), "g")
	requireAbsent(t, err)
}

func usersAfter(t *testing.T, s *store.Store) {
	for _, name := range []string{"carl", "ann", "bob"} {
		require.NoError(t, s.PutUser(t.Context(), &models.User{Name: name}))
	}
	names := func(after string, limit int) (all []string) {
		users, err := s.UsersAfter(t.Context(), after, limit)
		require.NoError(t, err)
		for _, u := range users {
			all = append(all, u.Name)
		}
		return all
	}
	require.Equal(t, []string{"ann", "bob"}, names("", 2))
	require.Equal(t, []string{"carl"}, names("bob", 2))
	require.Equal(t, []string{"bob", "carl"}, names("b", 2), "the name need not exist")
	require.Empty(t, names("carl", 2))
	require.Empty(t, names("", 0))
}

func tokensAfter(t *testing.T, s *store.Store) {
	for _, name := range []string{"ann", "bob"} {
		require.NoError(t, s.PutUser(t.Context(), &models.User{Name: name}))
	}
	expired, later := Start.Add(-time.Hour), Start.Add(time.Hour)
	tokens := []*models.Token{
		{Hash: "a", User: "ann"},
		{Hash: "b", User: "bob"},
		{Hash: "c", User: "ann", RevokedAt: &expired},
		{Hash: "d", User: "ann", ExpiresAt: &expired},
		{Hash: "e", User: "ann", ExpiresAt: &later},
	}
	for _, token := range tokens {
		require.NoError(t, s.AddToken(t.Context(), token))
	}
	hashes := func(after int64, limit int) (all string) {
		found, err := s.TokensAfter(t.Context(), "ann", after, limit)
		require.NoError(t, err)
		for _, token := range found {
			all += token.Hash
		}
		return all
	}
	require.Equal(t, "ad", hashes(0, 2))
	require.Equal(t, "e", hashes(tokens[3].ID, 2))
	require.Empty(t, hashes(tokens[4].ID, 2))
	n, err := s.CountTokens(t.Context(), "ann", Start)
	require.NoError(t, err)
	require.Equal(t, 2, n, "neither the revoked nor the expired one counts")
	found, err := s.Token(t.Context(), tokens[1].ID)
	require.NoError(t, err)
	require.Equal(t, "b", found.Hash)
	_, err = s.Token(t.Context(), 1<<40)
	requireAbsent(t, err)
}

func tokenUses(t *testing.T, s *store.Store) {
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "ann"}))
	uses := map[int64]time.Time{}
	for i := range int64(1200) { // more than one transaction, of tokens that are gone
		uses[1<<40+i] = Start
	}
	ids := make([]int64, 3)
	for i := range ids {
		token := models.Token{Hash: strconv.Itoa(i), User: "ann"}
		require.NoError(t, s.AddToken(t.Context(), &token))
		ids[i] = token.ID
	}
	uses[ids[0]], uses[ids[1]] = Start, Start
	require.NoError(t, s.NoteTokenUses(t.Context(), uses))
	require.NoError(t, s.NoteTokenUses(t.Context(), map[int64]time.Time{ids[1]: Start.Add(time.Hour)}))
	require.NoError(t, s.NoteTokenUses(t.Context(), nil))

	tokens, err := s.TokensAfter(t.Context(), "ann", 0, len(ids))
	require.NoError(t, err)
	require.Equal(t, Start, *tokens[0].LastUsedAt)
	require.Equal(t, Start.Add(time.Hour), *tokens[1].LastUsedAt)
	require.Nil(t, tokens[2].LastUsedAt)

	tokens[0].Name = "another"
	require.NoError(t, s.PutToken(t.Context(), tokens[0]))
	found, err := s.Token(t.Context(), ids[0])
	require.NoError(t, err)
	require.Equal(t, Start, *found.LastUsedAt, "changing a token leaves it alone")
	_, err = s.DeleteUser(t.Context(), "ann", anyway)
	require.NoError(t, err)
	_, err = s.Token(t.Context(), ids[0])
	requireAbsent(t, err)
}

func endedTokens(t *testing.T, s *store.Store) {
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "ann"}))
	earlier, later := Start.Add(-time.Hour), Start.Add(time.Hour)
	ids := map[string]int64{}
	for _, token := range []*models.Token{
		{Hash: "goes on"},
		{Hash: "will expire", ExpiresAt: &later},
		{Hash: "revoked later", RevokedAt: &later, ExpiresAt: &later},
		{Hash: "configured", Name: "kept", RevokedAt: &earlier, ExpiresAt: &earlier},
		{Hash: "expired", ExpiresAt: &Start},
		{Hash: "revoked", RevokedAt: &earlier, ExpiresAt: &later},
	} {
		token.User = "ann"
		require.NoError(t, s.AddToken(t.Context(), token))
		ids[token.Hash] = token.ID
	}
	require.NoError(t, s.NoteTokenUses(t.Context(), map[int64]time.Time{ids["expired"]: earlier, ids["goes on"]: earlier}))
	n, err := s.DeleteEndedTokens(t.Context(), Start, []string{"kept", "also kept"})
	require.NoError(t, err)
	require.Equal(t, 2, n)
	tokens, err := s.TokensOf(t.Context(), "ann")
	require.NoError(t, err)
	left := []string{}
	for _, token := range tokens {
		left = append(left, token.Hash)
	}
	require.Equal(t, []string{"goes on", "will expire", "revoked later", "configured"}, left)
	found, err := s.Token(t.Context(), ids["goes on"])
	require.NoError(t, err)
	require.Equal(t, earlier, *found.LastUsedAt)
}

func changeUser(t *testing.T, s *store.Store) {
	for _, u := range []models.User{
		{Name: "ann", Role: models.Admin, CreatedAt: Start, Locale: "de"},
		{Name: "bob", Role: models.Admin, CreatedAt: Start, Disabled: true},
		{Name: "carl", Role: models.Member, CreatedAt: Start},
	} {
		require.NoError(t, s.PutUser(t.Context(), &u))
	}
	another := func(name string) (told bool) {
		_, err := s.ChangeUser(t.Context(), name, func(_ *models.User, anotherAdmin bool) error {
			told = anotherAdmin
			return nil
		})
		require.NoError(t, err)
		return told
	}
	require.False(t, another("ann"), "bob is disabled")
	require.True(t, another("bob"))
	require.True(t, another("carl"))

	changed, err := s.ChangeUser(t.Context(), "ann", func(u *models.User, _ bool) error {
		u.Role, u.Locale, u.Disabled, u.PasswordHash, u.CreatedAt = models.Member, "", true, "x", Start.Add(time.Hour)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, models.Member, changed.Role)
	got, err := s.User(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, &models.User{Name: "ann", Role: models.Member, Disabled: true, PasswordHash: "x", CreatedAt: Start}, got)
	refused := models.Invalid([]string{"role"}, "no")
	_, err = s.ChangeUser(t.Context(), "ann", func(u *models.User, _ bool) error {
		u.Role = models.Admin
		return refused
	})
	require.Equal(t, refused, err)
	again, err := s.User(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, got, again)
	_, err = s.ChangeUser(t.Context(), "nobody", anyway)
	requireAbsent(t, err)
}

// anyway allows every change.
func anyway(*models.User, bool) error { return nil }
