package config_test

import (
	"io/fs"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"stepcast/config"
)

// sources is one way to start a server.
type sources struct {
	args    []string
	environ []string
	file    string // of stepcast.yaml; named by the environment when it is not empty
}

// load reads the settings as main does.
func load(t testing.TB, from sources) (config.Config, error) {
	t.Helper()
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	flags.Bool("unrelated", true, "a flag of somebody else")
	config.Flags(flags)
	require.NoError(t, flags.Parse(from.args))
	environ := from.environ
	if from.file != "" {
		environ = append([]string{"STEPCAST_CONFIG=stepcast.yaml"}, environ...)
	}
	return config.Load(flags, environ, func(path string) ([]byte, error) {
		if path != "stepcast.yaml" || from.file == "" {
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		return []byte(from.file), nil
	})
}

func TestLoadWithoutSourcesGivesDefaults(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, sources{environ: []string{"PATH=/bin", "HOME=/root"}})
	require.NoError(t, err)
	require.Equal(t, config.Default(), cfg)

	cfg, err = config.Load(nil, nil, nil)
	require.NoError(t, err)
	require.Equal(t, config.Default(), cfg)
}

func TestLoadPrecedence(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from sources
		want time.Duration
	}{
		"default":                    {sources{}, 10 * time.Second},
		"file over default":          {sources{file: "lease: 20s"}, 20 * time.Second},
		"environment over file":      {sources{file: "lease: 20s", environ: []string{"STEPCAST_LEASE=30s"}}, 30 * time.Second},
		"flag over environment":      {sources{environ: []string{"STEPCAST_LEASE=30s"}, args: []string{"--lease=40s"}}, 40 * time.Second},
		"flag over file":             {sources{file: "lease: 20s", args: []string{"--lease", "40s"}}, 40 * time.Second},
		"last flag":                  {sources{args: []string{"--lease=40s", "--lease=50s"}}, 50 * time.Second},
		"empty variable is no value": {sources{file: "lease: 20s", environ: []string{"STEPCAST_LEASE="}}, 20 * time.Second},
		"empty key is no value":      {sources{file: "lease:"}, 10 * time.Second},
		"wrong value that is hidden": {sources{file: "lease: soon", args: []string{"--lease=40s"}}, 40 * time.Second},
		"flag equal to the default":  {sources{file: "lease: 20s", args: []string{"--lease=10s"}}, 10 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, err := load(t, tt.from)
			require.NoError(t, err)
			require.Equal(t, tt.want, cfg.Lease)
		})
	}
}

func TestLoadConfigFlagBeforeVariable(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, sources{
		args:    []string{"--config=stepcast.yaml"},
		environ: []string{"STEPCAST_CONFIG=elsewhere.yaml"},
		file:    "python: python3.12",
	})
	require.NoError(t, err)
	require.Equal(t, "stepcast.yaml", cfg.File)
	require.Equal(t, "python3.12", cfg.Python)
}

// Every setting, once in each of its spellings, ends in its field.
func TestLoadReadsEverySetting(t *testing.T) {
	t.Parallel()
	want := config.Config{
		Addr: []string{"127.0.0.1:0", "http://[::1]:9090"}, TLSCert: "cert.pem", TLSKey: "key.pem", Data: "/var/lib/stepcast", Database: "sqlite://tasks.db",
		Locale: "zh-CN", Zone: "Europe/Berlin",
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32"), netip.MustParsePrefix("fd00::/8")},
		ResultLimit:    3 << 20, ResultRows: 77, HTTPLimit: 2 << 20, HTTPTargets: []string{"api.example.org", "*.example.net:8443"},
		DataSources: map[string]config.Database{
			"lake":      {Dialect: config.SQLite, Path: "lake.db"},
			"warehouse": {Dialect: config.MySQL, Host: "db", Port: 3306, User: "reader", Password: "pass", Name: "dw"},
		},
		DefaultDataSource: "lake",
		AllowExec:         true, AllowedOrigins: []string{"https://example.org", "http://localhost:3000"},
		Introspection: config.IntrospectionAdmin, Documents: "/etc/stepcast/documents.json", DocumentsOnly: true,
		LogLevel: slog.LevelDebug, LogFormat: config.LogJSON,
		NoWorker: true, MaxTasks: 7, QueueLimit: 70, OwnerQueueLimit: 17, SocketLimit: 71,
		Lease: 2 * time.Second, StallAfter: 3 * time.Minute, Retention: 0, Grace: 4 * time.Second,
		KillGrace: 1500 * time.Millisecond, OutputLimit: 5 << 20,
		Python: "/usr/bin/python3", Shell: "dash", LinkisInstance: "gateway:9001", IManagerAliases: true,
		Engines: config.DefaultEngines(),
	}
	want.Engines["spark-2.4.3/sql"] = config.Engine{RunType: "sql", DataSource: "warehouse"}

	private := want
	private.AdminToken, private.AdminPassword = "t0ken", "pass word"
	private.LegacyTokens = []config.LegacyToken{{
		Code: "BML-AUTH", User: "hadoop", ActsFor: []string{"alice", "bob"}, AllowNewUsers: true, Scopes: []string{"read", "submit"},
		Expires: time.Date(2099, 12, 31, 10, 0, 0, 0, time.UTC),
	}}
	private.Secrets = map[string]config.Secret{"DB_PASSWORD": " kept as it is\n"}

	t.Run("flags", func(t *testing.T) {
		t.Parallel()
		cfg, err := load(t, sources{args: []string{
			"--addr=127.0.0.1:0", "--addr=http://[::1]:9090", "--data=/var/lib/stepcast", "--database=sqlite://tasks.db",
			"--tls-cert=cert.pem", "--tls-key=key.pem", "--trusted-proxies=10.0.0.1", "--trusted-proxies=fd12::/8",
			"--result-limit=3MiB", "--result-rows=77", "--http-limit=2MiB", "--http-targets=api.example.org,*.example.net:8443",
			"--data-sources=lake=sqlite://lake.db", "--data-sources=warehouse=mysql://reader:pass@db/dw", "--default-data-source=lake",
			"--locale=zh-CN", "--zone=Europe/Berlin", "--allow-exec",
			"--allowed-origins=https://example.org, http://localhost:3000",
			"--introspection=admin", "--documents=/etc/stepcast/documents.json", "--documents-only",
			"--log-level=DEBUG", "--log-format=json", "--no-worker=yes",
			"--max-tasks=7", "--queue-limit=70", "--owner-queue-limit=17", "--socket-limit=71",
			"--lease=2s", "--stall-after=3m", "--retention=0", "--grace=4s", "--kill-grace=1.5s", "--output-limit=5MiB",
			"--python=/usr/bin/python3", "--shell=dash", "--linkis-instance=gateway:9001", "--imanager-aliases",
			"--engines=Spark-2.4.3/sql=sql:warehouse",
		}})
		require.NoError(t, err)
		require.Equal(t, want, cfg)
	})
	t.Run("environment", func(t *testing.T) {
		t.Parallel()
		cfg, err := load(t, sources{environ: []string{
			"STEPCAST_ADDR=127.0.0.1:0,http://[::1]:9090", "STEPCAST_DATA=/var/lib/stepcast", "STEPCAST_DATABASE=sqlite://tasks.db",
			"STEPCAST_TLS_CERT=cert.pem", "STEPCAST_TLS_KEY=key.pem", "STEPCAST_TRUSTED_PROXIES=10.0.0.1, fd12::/8",
			"STEPCAST_RESULT_LIMIT=3MiB", "STEPCAST_RESULT_ROWS=77", "STEPCAST_HTTP_LIMIT=2048KiB", "STEPCAST_HTTP_TARGETS=api.example.org,*.example.net:8443",
			"STEPCAST_DATA_SOURCES=lake=sqlite://lake.db, warehouse = mysql://reader:pass@db/dw", "STEPCAST_DEFAULT_DATA_SOURCE=lake",
			`STEPCAST_LEGACY_TOKENS=[{"code": "BML-AUTH", "user": "hadoop", "acts-for": "alice,bob", "allow-new-users": true,
				"scopes": ["read", "submit"], "expires": "2099-12-31T18:00:00+08:00"}]`,
			"STEPCAST_LOCALE=zh-CN", "STEPCAST_ZONE=Europe/Berlin", "STEPCAST_ALLOW_EXEC=1",
			"STEPCAST_ALLOWED_ORIGINS=https://example.org,http://localhost:3000",
			"STEPCAST_INTROSPECTION=admin", "STEPCAST_DOCUMENTS=/etc/stepcast/documents.json", "STEPCAST_DOCUMENTS_ONLY=true",
			"STEPCAST_LOG_LEVEL=debug", "STEPCAST_LOG_FORMAT=json", "STEPCAST_NO_WORKER=true",
			"STEPCAST_MAX_TASKS=7", "STEPCAST_QUEUE_LIMIT=70", "STEPCAST_OWNER_QUEUE_LIMIT=17", "STEPCAST_SOCKET_LIMIT=71",
			"STEPCAST_LEASE=2s", "STEPCAST_STALL_AFTER=3m", "STEPCAST_RETENTION=0s", "STEPCAST_GRACE=4s",
			"STEPCAST_KILL_GRACE=1500ms", "STEPCAST_OUTPUT_LIMIT=5242880",
			"STEPCAST_PYTHON=/usr/bin/python3", "STEPCAST_SHELL=dash", "STEPCAST_LINKIS_INSTANCE=gateway:9001", "STEPCAST_IMANAGER_ALIASES=yes",
			"STEPCAST_ENGINES=spark-2.4.3/sql = sql:warehouse",
			"STEPCAST_ADMIN_TOKEN=t0ken", "STEPCAST_ADMIN_PASSWORD=pass word", "STEPCAST_SECRET_DB_PASSWORD= kept as it is\n",
			"STEPCAST_LONG=1", "STEPCAST_REQUIRE=mysql,python", "STEPCAST_TEST_MYSQL=mysql://root@127.0.0.1/test",
		}})
		require.NoError(t, err)
		require.Equal(t, private, cfg)
	})
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		cfg, err := load(t, sources{file: `
addr: ["127.0.0.1:0", "http://[::1]:9090"]
tls-cert: cert.pem
tls-key: key.pem
trusted-proxies: [10.0.0.1, "fd12::/8"]
data: /var/lib/stepcast
database: sqlite://tasks.db
locale: zh-CN
zone: Europe/Berlin
allow-exec: true
allowed-origins:
  - https://example.org
  - http://localhost:3000
introspection: admin
documents: /etc/stepcast/documents.json
documents-only: true
admin-token: t0ken
admin-password: pass word
legacy-tokens:
  - code: BML-AUTH
    user: hadoop
    acts-for: [alice, bob]
    allow-new-users: true
    scopes: [read, submit]
    expires: 2099-12-31T18:00:00+08:00
secrets:
  DB_PASSWORD: " kept as it is\n"
log-level: debug
log-format: json
no-worker: on
max-tasks: 7
queue-limit: 70
owner-queue-limit: 17
socket-limit: 71
lease: 2s
stall-after: 3m
retention: 0
grace: 4s
kill-grace: 1.5s
output-limit: 5 MiB
result-limit: 3MiB
result-rows: 77
http-limit: 2MiB
http-targets: [api.example.org, "*.example.net:8443"]
data-sources:
  lake: sqlite://lake.db
  warehouse: mysql://reader:pass@db/dw
default-data-source: lake
python: /usr/bin/python3
shell: dash
engines:
  spark-2.4.3/sql: sql:warehouse
linkis-instance: gateway:9001
imanager-aliases: true
`})
		require.NoError(t, err)
		require.Equal(t, "stepcast.yaml", cfg.File)
		cfg.File = ""
		require.Equal(t, private, cfg)
	})
}

func TestLoadMergesSecretsOfBothSources(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, sources{
		file:    "secrets: {A: of the file, B: of the file}",
		environ: []string{"STEPCAST_SECRET_B=of the environment", "STEPCAST_SECRET_C=too"},
	})
	require.NoError(t, err)
	require.Equal(t, map[string]config.Secret{"A": "of the file", "B": "of the environment", "C": "too"}, cfg.Secrets)
}

// FuzzFile feeds the YAML file with anything: the answer is settings that are valid or an
// error, never a panic.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{
		"", "lease: 10s", "addr: [a, 1, null]", "secrets: {1: 2}", "engines: {a/b: [c]}", "? [a]\n: b", "a: &a [*a]",
		"output-limit: 9223372036854775807GiB", "zone: 2020-01-01", "\x00", "<<: 1", "!!binary x", "secrets: {? {a: b} : c}",
		"lease: .nan", "data-sources: {a: 'sqlite://x', B: 1}", "http-targets: []", "trusted-proxies: ['::/0', 1.2.3.4/99]",
		"legacy-tokens: [{code: a, user: b, expires: 2030-01-01}, {code: a}, 1, {x: y}]", "engines: {a/b: 'sql:'}", "max-tasks: 0x7fffffffffffffff", "a: &x {b: 1}\nsecrets: *x", "- 1\n- 2",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		if file == "" {
			return
		}
		cfg, err := load(t, sources{file: file})
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.NoError(t, cfg.Validate())
	})
}
