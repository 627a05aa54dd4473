package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/config"
)

func TestDefaultIsValid(t *testing.T) {
	t.Parallel()
	require.NoError(t, config.Default().Validate())
	require.GreaterOrEqual(t, config.Default().MaxTasks, 4)
}

func TestDatabaseURLIsAFileInData(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	require.Equal(t, "sqlite://.stepcast/stepcast.db", cfg.DatabaseURL())
	cfg.Data = "/var/lib/stepcast"
	require.Equal(t, "sqlite:///var/lib/stepcast/stepcast.db", cfg.DatabaseURL())
	cfg.Database = "mysql://root@127.0.0.1/stepcast"
	require.Equal(t, "mysql://root@127.0.0.1/stepcast", cfg.DatabaseURL())
}

func TestLocation(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	require.Equal(t, time.Local, cfg.Location())
	cfg.Zone = "Asia/Shanghai"
	require.Equal(t, "Asia/Shanghai", cfg.Location().String())
	cfg.Zone = "nowhere"
	require.Equal(t, time.Local, cfg.Location())
}

// However a Config is printed, what is secret stays so.
func TestConfigPrintsWithoutSecrets(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.Database = "mysql://root:hunter2@127.0.0.1/stepcast"
	cfg.AdminToken, cfg.AdminPassword = "hunter2", "hunter2"
	cfg.Secrets = map[string]config.Secret{"KEY": "hunter2"}
	cfg.DataSources = map[string]config.Database{
		"lake": {Dialect: config.MySQL, Host: "db", Port: 3306, User: "reader", Password: "hunter2", Name: "lake"},
	}
	cfg.LegacyTokens = []config.LegacyToken{{Code: "hunter2", User: "hadoop"}}
	cfg.Grace = 90 * time.Second

	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", "config", cfg, "token", cfg.AdminToken)
	secrets, err := json.Marshal(cfg.Secrets)
	require.NoError(t, err)

	for _, printed := range []string{
		cfg.String(), fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg), log.String(), string(secrets),
		fmt.Sprintf("%v %+v %#v %s", cfg.Secrets, cfg.Secrets, cfg.Secrets, cfg.AdminToken),
		fmt.Sprintf("%v %+v %#v", cfg.DataSources, cfg.DataSources, cfg.DataSources),
		fmt.Sprintf("%v %+v %#v", cfg.LegacyTokens, cfg.LegacyTokens, cfg.LegacyTokens),
	} {
		require.NotContains(t, printed, "hunter2")
	}
	require.Equal(t, "database=mysql://root@127.0.0.1:3306/stepcast admin-token=[hidden] admin-password=[hidden] "+
		"legacy-tokens=[hidden] secrets=KEY grace=1m30s data-sources=lake=mysql://reader@db:3306/lake", cfg.String())
	require.Equal(t, "hunter2", cfg.AdminToken.Reveal())
	require.Empty(t, config.Secret("").String())
}

func TestConfigHidesADatabaseThatCannotBeRead(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.Database = "root:hunter2@tcp(127.0.0.1)/stepcast"
	require.Equal(t, "database=[hidden]", cfg.String())
}
