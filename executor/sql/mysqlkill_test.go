package sql

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/store/storetest"
)

// Behind one address there may be several servers, with connections of the same number.
func TestKillKnowsItsServer(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(storetest.NewMySQL(t))
	require.NoError(t, err)
	password, _ := u.User.Password()
	source := DataSource{Driver: MySQL, Address: u.Host, User: u.User.Username(), Password: password, Database: strings.TrimPrefix(u.Path, "/")}
	opened, err := openMySQL(t.Context(), source, time.Minute, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	s := opened.(*mysqlSession)
	defer func() { require.True(t, s.close()) }()

	server := s.server
	s.server = "another:3306"
	require.ErrorContains(t, s.kill(t.Context(), "CONNECTION"), "another server answers")
	require.NoError(t, s.conn.PingContext(t.Context()), "it is untouched")
	s.server = server
	require.NoError(t, s.kill(t.Context(), "CONNECTION"))
	require.Error(t, s.conn.PingContext(t.Context()))
}
