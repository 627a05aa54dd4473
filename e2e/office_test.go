package e2e

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
)

// password is that of every user of a test.
const password = "correct horse battery"

// office makes users and tokens in the database of a running server, as another
// process on its machine would.
type office struct {
	t *testing.T
	*auth.Service
}

// office opens the database beside the server.
func (s *server) office(t *testing.T) office {
	t.Helper()
	return office{t, auth.New(auth.Options{Store: storetest.Open(t, store.Options{URL: s.database()})})}
}

// with is the server for a subtest, which fails instead of the test that started it.
func (s *server) with(t *testing.T) *server {
	mine := *s
	mine.t = t
	return &mine
}

// database is the URL of the server's database.
func (s *server) database() string {
	for i, arg := range s.args {
		if arg == "--database" {
			return s.args[i+1]
		}
	}
	return "sqlite://" + filepath.ToSlash(filepath.Join(s.data, "stepcast.db"))
}

// user adds a user and gives a token with all of the user's rights.
func (o office) user(name string, role models.Role) (token string) {
	o.t.Helper()
	_, err := o.CreateUser(o.t.Context(), name, role, password)
	require.NoError(o.t, err)
	token, _ = o.token(name, auth.CreateTokenInput{})
	return token
}

// token makes a token of a user, narrowed as in says.
func (o office) token(user string, in auth.CreateTokenInput) (text string, id int64) {
	o.t.Helper()
	if in.Name == "" {
		in.Name = "e2e"
	}
	text, made, err := o.CreateToken(o.t.Context(), user, in)
	require.NoError(o.t, err)
	return text, made.ID
}
