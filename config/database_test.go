package config_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/config"
)

func TestParseDatabase(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		url      string
		want     config.Database
		redacted string
	}{
		"absolute file": {
			"sqlite:///var/lib/stepcast.db",
			config.Database{Dialect: config.SQLite, Path: "/var/lib/stepcast.db"},
			"sqlite:///var/lib/stepcast.db",
		},
		"relative file": {
			"sqlite://.stepcast/a b%20.db",
			config.Database{Dialect: config.SQLite, Path: ".stepcast/a b%20.db"},
			"sqlite://.stepcast/a b%20.db",
		},
		"server": {
			"mysql://stepcast:hunter2@db.example.org:3307/tasks",
			config.Database{Dialect: config.MySQL, Host: "db.example.org", Port: 3307, User: "stepcast", Password: "hunter2", Name: "tasks"},
			"mysql://stepcast@db.example.org:3307/tasks",
		},
		"without password and port": {
			"mysql://root@127.0.0.1/test",
			config.Database{Dialect: config.MySQL, Host: "127.0.0.1", Port: 3306, User: "root", Name: "test"},
			"mysql://root@127.0.0.1:3306/test",
		},
		"encoded password, IPv6 and TLS": {
			"mysql://u%40x:hunter2%2F%3F%23%25@[::1]:3306/test?tls=skip-verify",
			config.Database{Dialect: config.MySQL, Host: "::1", Port: 3306, User: "u@x", Password: "hunter2/?#%", Name: "test", TLS: "skip-verify"},
			"mysql://u%40x@[::1]:3306/test?tls=skip-verify",
		},
		"at sign in the password": {
			"mysql://root:hunter2@home@127.0.0.1/test",
			config.Database{Dialect: config.MySQL, Host: "127.0.0.1", Port: 3306, User: "root", Password: "hunter2@home", Name: "test"},
			"mysql://root@127.0.0.1:3306/test",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := config.ParseDatabase(tt.url)
			require.NoError(t, err)
			require.Equal(t, tt.want, db)
			require.Equal(t, tt.redacted, db.Redacted())
			require.NotContains(t, fmt.Sprintf("%v %+v %#v", db, db, db), "hunter2")
		})
	}
}

func TestParseDatabaseErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ url, want string }{
		"empty":                   {"", "begins with neither sqlite:// nor mysql://"},
		"file without a scheme":   {"stepcast.db", "begins with neither sqlite:// nor mysql://"},
		"form of the driver":      {"root:hunter2@tcp(127.0.0.1:3306)/test", "begins with neither sqlite:// nor mysql://"},
		"another database":        {"postgres://root:hunter2@127.0.0.1/test", "begins with neither sqlite:// nor mysql://"},
		"no file":                 {"sqlite://", "names no file"},
		"a folder":                {"sqlite:///var/lib/", "names no file"},
		"in memory":               {"sqlite://:memory:", "would lose accepted tasks"},
		"file with parameters":    {"sqlite://a.db?_pragma=foreign_keys(0)", "takes no parameters"},
		"no user":                 {"mysql://127.0.0.1/test", "names no user"},
		"no host":                 {"mysql://root@/test", "names no host"},
		"host that cannot be":     {"mysql://root@a,b/test", "names no host"},
		"no database":             {"mysql://root:hunter2@127.0.0.1:3306", "names no database"},
		"two databases":           {"mysql://root@127.0.0.1/a/b", "names no database"},
		"port 0":                  {"mysql://root@127.0.0.1:0/test", "has a port that is not a number from 1 to 65535"},
		"port beyond":             {"mysql://root@127.0.0.1:70000/test", "has a port that is not a number from 1 to 65535"},
		"slash in the password":   {"mysql://root:hunter2/x@127.0.0.1/test", "%2F for /"},
		"percent in the password": {"mysql://root:hunter2%@127.0.0.1/test", "%25 for %"},
		"hash in the password":    {"mysql://root:1#hunter2@127.0.0.1/test", "%23 for #"},
		"question mark":           {"mysql://root:1?hunter2@127.0.0.1/test", "names no user"},
		"parameter":               {"mysql://root@127.0.0.1/test?parseTime=false", "has the parameter parseTime; only tls may be given"},
		"parameters unreadable":   {"mysql://root@127.0.0.1/test?%zz", "has parameters that cannot be read"},
		"TLS mode":                {"mysql://root@127.0.0.1/test?tls=maybe", "tls=maybe is none of true, false, skip-verify, preferred"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.ParseDatabase(tt.url)
			require.ErrorContains(t, err, tt.want)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

// FuzzParseDatabase checks that a URL that was understood is understood again when it is
// shown, but for its password.
func FuzzParseDatabase(f *testing.F) {
	f.Add("sqlite://a.db")
	f.Add("mysql://root:hunter2@[::1]:3306/test?tls=true")
	f.Add("mysql://u%2F@h/%20")
	f.Fuzz(func(t *testing.T, url string) {
		db, err := config.ParseDatabase(url)
		if err != nil {
			return
		}
		again, err := config.ParseDatabase(db.Redacted())
		require.NoError(t, err, db.Redacted())
		db.Password = ""
		require.Equal(t, db, again)
	})
}
