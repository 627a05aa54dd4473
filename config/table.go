package config

import (
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// The settings that are treated apart from the others.
const (
	configName       = "config"
	secretsName      = "secrets"
	enginesName      = "engines"
	tlsCertName      = "tls-cert"
	tlsKeyName       = "tls-key"
	metricsAddrName  = "metrics-addr"
	legacyTokensName = "legacy-tokens"
	dataSourcesName  = "data-sources"
	httpTargetsName  = "http-targets"

	introspectionName = "introspection"
	documentsName     = "documents"
	documentsOnlyName = "documents-only"
)

// settings is the table of all there is to set, in the order of --help. A word between
// backquotes is what --help shows for the value.
var settings = []setting{
	of("addr", listKind, func(c *Config) *[]string { return &c.Addr },
		"`host:port` to listen on; repeat it for more; port 0 takes a free one, host 0.0.0.0 every\n"+
			"network; with a certificate each serves HTTPS but for those written http://host:port\n"),
	of(tlsCertName, textKind, func(c *Config) *string { return &c.TLSCert },
		"PEM `file` of the certificate for HTTPS, with its chain; read again when it changes"),
	of(tlsKeyName, textKind, func(c *Config) *string { return &c.TLSKey },
		"PEM `file` of the certificate's key"),
	of(metricsAddrName, textKind, func(c *Config) *string { return &c.MetricsAddr },
		"`host:port` that serves /metrics to everybody who reaches it, without a sign-in; for\n"+
			"Prometheus in a trusted network (default none; at --addr an administrator's token reads it)"),
	of("data", textKind, func(c *Config) *string { return &c.Data },
		"`folder` of everything that is kept in files; made when it is missing"),
	of("database", databaseKind, func(c *Config) *string { return &c.Database },
		"`url` of the database: sqlite:///folder/file.db, sqlite://file.db or\n"+
			"mysql://user:password@host:3306/name (default stepcast.db in the data folder)"),
	of(configName, textKind, func(c *Config) *string { return &c.File },
		"YAML `file` of settings, named like these flags").only(byFlag | byEnv),

	of("locale", textKind, func(c *Config) *string { return &c.Locale },
		"`language` of texts for readers who ask for none we have, such as en or zh-CN"),
	of("zone", textKind, func(c *Config) *string { return &c.Zone },
		"time `zone`, such as Europe/Berlin or UTC; Local is the machine's"),

	of("allow-exec", switchKind, func(c *Config) *bool { return &c.AllowExec },
		"let shell and python run although other machines reach the server"),
	of("allowed-origins", listKind, func(c *Config) *[]string { return &c.AllowedOrigins },
		"`origins` of other sites whose pages may call the server, such as https://example.org"),
	of("trusted-proxies", proxiesKind, func(c *Config) *[]netip.Prefix { return &c.TrustedProxies },
		"`addresses` or networks (10.0.0.0/8) of reverse proxies: their X-Forwarded-For and\n"+
			"X-Forwarded-Proto say where a request came from"),
	of(introspectionName, textKind, func(c *Config) *string { return &c.Introspection },
		"`who` may ask GraphQL for its schema: signed-in, admin or off"),
	of(documentsName, textKind, func(c *Config) *string { return &c.Documents },
		"`folder` of .graphql files, or JSON file {\"id\": \"document\"}: the GraphQL documents that\n"+
			"clients may ask for by their id; Relay's and Apollo's manifests are read too"),
	of(documentsOnlyName, switchKind, func(c *Config) *bool { return &c.DocumentsOnly },
		"refuse all GraphQL documents but those; GraphiQL and introspection end with that"),
	of("admin-token", secretKind, func(c *Config) *Secret { return &c.AdminToken },
		"API token of the user admin").only(privately),
	of("admin-password", secretKind, func(c *Config) *Secret { return &c.AdminPassword },
		"password of the user admin").only(privately),
	of(legacyTokensName, legacyTokensKind, func(c *Config) *[]LegacyToken { return &c.LegacyTokens },
		"token codes of older systems").only(privately),
	of(secretsName, secretsKind, func(c *Config) *map[string]Secret { return &c.Secrets },
		"secrets for scripts, by name").only(privately),

	of("log-level", levelKind, func(c *Config) *slog.Level { return &c.LogLevel },
		"least severe `level` of the server's own log: debug, info, warn or error"),
	of("log-format", textKind, func(c *Config) *string { return &c.LogFormat },
		"`format` of the server's own log: text or json"),

	of("no-worker", switchKind, func(c *Config) *bool { return &c.NoWorker },
		"serve the APIs only; other processes run the tasks"),
	of("max-tasks", countKind, func(c *Config) *int { return &c.MaxTasks },
		"`number` of tasks that run at a time; by default twice the CPUs, at least 4"),
	of("queue-limit", countKind, func(c *Config) *int { return &c.QueueLimit },
		"`number` of tasks that may wait in all; more are refused"),
	of("owner-queue-limit", countKind, func(c *Config) *int { return &c.OwnerQueueLimit },
		"`number` of tasks of one owner that may wait; more are refused"),
	of("socket-limit", countKind, func(c *Config) *int { return &c.SocketLimit },
		"`number` of sockets and streams that one user may have open; more are refused"),
	of("lease", durationKind, func(c *Config) *time.Duration { return &c.Lease },
		"how long a worker that is not heard of keeps its task, at least 1s"),
	of("stall-after", durationKind, func(c *Config) *time.Duration { return &c.StallAfter },
		"how long a running task may be silent before it is shown as stalled"),
	of("retention", durationKind, func(c *Config) *time.Duration { return &c.Retention },
		"how long finished tasks are kept; 0 for ever"),
	of("grace", durationKind, func(c *Config) *time.Duration { return &c.Grace },
		"how long running tasks go on after the server was told to stop"),
	of("kill-grace", durationKind, func(c *Config) *time.Duration { return &c.KillGrace },
		"how long a cancelled task's processes have between TERM and KILL"),
	of("output-limit", sizeKind, func(c *Config) *int64 { return &c.OutputLimit },
		"`bytes` that one execution may write to its log, with a unit: KiB, MiB, GiB"),

	of("result-limit", sizeKind, func(c *Config) *int64 { return &c.ResultLimit },
		"`bytes` of results that one execution may give, with a unit"),

	of(dataSourcesName, dataSourcesKind, func(c *Config) *map[string]Database { return &c.DataSources },
		"`name=url` of a database that sql may use, such as warehouse=mysql://user:pass@host/db; repeatable"),
	of("default-data-source", textKind, func(c *Config) *string { return &c.DefaultDataSource },
		"`name` of the data source of sql that names none; needless when there is only one"),
	of("result-rows", countKind, func(c *Config) *int { return &c.ResultRows },
		"`number` of rows of one result set of sql that are kept"),
	of(httpTargetsName, targetsKind, func(c *Config) *[]string { return &c.HTTPTargets },
		"`hosts` that http may reach, such as api.example.org, *.example.org:8443 or * for all\n"+
			"(default all while only this machine reaches the server or with --allow-exec, else none)"),
	of("http-limit", sizeKind, func(c *Config) *int64 { return &c.HTTPLimit },
		"`bytes` of one response that http takes, with a unit"),

	of("python", textKind, func(c *Config) *string { return &c.Python },
		"`interpreter` of python contents: a path, or a name on PATH"),
	of("shell", textKind, func(c *Config) *string { return &c.Shell },
		"`interpreter` of shell contents (default bash where there is one, else sh)"),
	of(enginesName, enginesKind, func(c *Config) *Engines { return &c.Engines },
		"`engine/run=type` or engine/run=type:source gives a Linkis engine one of our run types and\n"+
			"data sources, such as spark-*/sql=sql:warehouse; repeatable; shell, python and SQL are known"),
	of("linkis-instance", textKind, func(c *Config) *string { return &c.LinkisInstance },
		"`host:port` that Linkis execution ids carry; nothing is sent there"),
	of("imanager-aliases", switchKind, func(c *Config) *bool { return &c.IManagerAliases },
		"serve iManager's tasks also at /imanager/icloud/web/tasks/ and /imanager/web/tasks/"),
}

// The kinds that only one setting has.
var (
	databaseKind = kind[string]{"url", parseText, redact}
	enginesKind  = kind[Engines]{"list", parseEngines, Engines.String}
	secretsKind  = kind[map[string]Secret]{"map", parseSecrets, showNames}

	proxiesKind      = kind[[]netip.Prefix]{"list", parseProxies, showProxies}
	legacyTokensKind = kind[[]LegacyToken]{"list", parseLegacyTokens, showLegacyTokens}
	dataSourcesKind  = kind[map[string]Database]{"list", parseDataSources, showDataSources}
	targetsKind      = kind[[]string]{"list", parseTargets, listKind.show}
)

// showNames lists the names of the secrets.
func showNames(secrets map[string]Secret) string {
	return strings.Join(slices.Sorted(maps.Keys(secrets)), ",")
}
