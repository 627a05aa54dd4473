package config_test

import "testing"

// Who comes in, from where, and what is read: told like every other mistake.
func TestLoadErrorsOfAccess(t *testing.T) {
	t.Parallel()
	mistakes{
		"address": {
			sources{args: []string{"--addr=8080"}},
			setting("addr") + "8080 is not host:port; write for example 127.0.0.1:8080, :8080 or [::1]:8080",
		},
		"introspection for everyone": {
			sources{args: []string{"--introspection=everyone"}},
			setting("introspection") + "everyone is none of signed-in, admin, off",
		},
		"only documents that there are not": {
			sources{environ: []string{"STEPCAST_DOCUMENTS_ONLY=1"}},
			setting("documents-only") + "would refuse everything, for there are no documents; name them: " +
				"--documents (STEPCAST_DOCUMENTS, documents in stepcast.yaml)",
		},
		"address as a number": {
			sources{file: "addr: 8080"},
			setting("addr") + "8080 is not a text; put it in quotes",
		},
		"address as a map": {
			sources{file: "addr: {host: a}"},
			setting("addr") + "takes a list of texts, not a map",
		},
		"address with another scheme": {
			sources{args: []string{"--addr=ftp://127.0.0.1:8080"}},
			setting("addr") + "ftp://127.0.0.1:8080 is not host:port; write for example 127.0.0.1:8080, :8080 or [::1]:8080",
		},
		"address with two schemes": {
			sources{args: []string{"--addr=http://https://a:80"}},
			setting("addr") + "https://a:80 is not host:port; write for example 127.0.0.1:8080, :8080 or [::1]:8080",
		},
		"metrics without a port": {
			sources{args: []string{"--metrics-addr=localhost"}},
			setting("metrics-addr") + "localhost is not host:port; write for example 127.0.0.1:8080, :8080 or [::1]:8080",
		},
		"metrics over HTTPS": {
			sources{file: "metrics-addr: https://127.0.0.1:9090"},
			setting("metrics-addr") + "https://127.0.0.1:9090 is not host:port; write for example 127.0.0.1:8080, :8080 or [::1]:8080",
		},
		"metrics at a port as a number": {
			sources{file: "metrics-addr: 9090"},
			setting("metrics-addr") + "9090 is not a text; put it in quotes",
		},
		"metrics at the address of all": {
			sources{args: []string{"--addr=http://:80"}, environ: []string{"STEPCAST_METRICS_ADDR=:80"}},
			setting("metrics-addr") + ":80 is given as addr too, where metrics need a sign-in; choose another port",
		},
		"HTTPS without a certificate": {
			sources{args: []string{"--addr=https://:8443"}},
			setting("addr") + "https://:8443 needs a certificate; name its files with tls-cert and tls-key",
		},
		"certificate without a key": {
			sources{args: []string{"--tls-cert=a.pem"}},
			setting("tls-cert") + "is a certificate without a key; name its file too: --tls-key (STEPCAST_TLS_KEY, tls-key in stepcast.yaml)",
		},
		"key without a certificate": {
			sources{args: []string{"--tls-key=a.pem"}},
			setting("tls-key") + "is a key without a certificate; name its file too: --tls-cert (STEPCAST_TLS_CERT, tls-cert in stepcast.yaml)",
		},
		"certificate for nobody": {
			sources{args: []string{"--tls-cert=a.pem", "--tls-key=b.pem", "--addr=http://:80"}},
			setting("tls-cert") + "is used by no address, because each begins with http://; write https:// or nothing before one, or leave tls-cert out",
		},
		"address with a path": {
			sources{args: []string{"--addr=a/b:80"}},
			setting("addr") + "a/b:80 has a host that cannot be; write host:port without a path",
		},
		"port": {
			sources{args: []string{"--addr=127.0.0.1:65536"}},
			setting("addr") + "127.0.0.1:65536 has a port that is not a number from 0 to 65535",
		},
		"no address": {
			sources{args: []string{"--addr=,"}},
			setting("addr") + "names no address; write for example 127.0.0.1:8080",
		},
		"address twice": {
			sources{args: []string{"--addr=:80,:80"}},
			setting("addr") + ":80 is given twice",
		},
		"address in two schemes": {
			sources{args: []string{"--addr=http://:80,https://:80", "--tls-cert=a.pem", "--tls-key=b.pem"}},
			setting("addr") + ":80 is given twice",
		},
		"database": {
			sources{args: []string{"--database=mysql://root@127.0.0.1"}},
			setting("database") + "names no database; write mysql://user:password@host:3306/name",
		},
		"origin": {
			sources{args: []string{"--allowed-origins=example.org"}},
			setting("allowed-origins") + "example.org is not an origin; write for example https://example.org or http://localhost:3000",
		},
		"origin with a path": {
			sources{args: []string{"--allowed-origins=https://example.org/"}},
			setting("allowed-origins") + "https://example.org/ is more than an origin; write https://example.org",
		},
		"any origin": {
			sources{args: []string{"--allowed-origins=*"}},
			setting("allowed-origins") + "* would let every page use its visitors' sessions; name each origin",
		},
		"proxy": {
			sources{args: []string{"--trusted-proxies=proxy.example.org"}},
			setting("trusted-proxies") + "proxy.example.org is neither an address nor a network; write for example 10.1.2.3, 10.0.0.0/8 or fd00::/8",
		},
		"proxy with a port": {
			sources{args: []string{"--trusted-proxies=10.0.0.1:80"}},
			setting("trusted-proxies") + "10.0.0.1:80 is neither an address nor a network; write for example 10.1.2.3, 10.0.0.0/8 or fd00::/8",
		},
		"any proxy": {
			sources{args: []string{"--trusted-proxies=10.0.0.1,::/0"}},
			setting("trusted-proxies") + "::/0 would let every client name any address as its own; name the proxies",
		},
		"token": {
			sources{environ: []string{"STEPCAST_ADMIN_TOKEN=hunter 2"}},
			"STEPCAST_ADMIN_TOKEN (admin-token in stepcast.yaml): has blanks or letters beyond ASCII; make one for example with: openssl rand -hex 32",
		},
		"token as a number": {
			sources{file: "admin-token: 1234"},
			"STEPCAST_ADMIN_TOKEN (admin-token in stepcast.yaml): is not a text; put it in quotes",
		},
		"password": {
			sources{environ: []string{"STEPCAST_ADMIN_PASSWORD=hunter2\n"}},
			"STEPCAST_ADMIN_PASSWORD (admin-password in stepcast.yaml): has a line break or another control character; nobody can type it",
		},
		"secret without a name": {
			sources{environ: []string{"STEPCAST_SECRET_=hunter2"}},
			`STEPCAST_SECRET_<NAME> (secrets in stepcast.yaml): "" is not the name of a variable; use letters, digits and _, no digit first`,
		},
		"empty secret": {
			sources{file: `secrets: {A: ""}`},
			"STEPCAST_SECRET_<NAME> (secrets in stepcast.yaml): A is empty; give it a value or leave it out",
		},
		"secret as a number": {
			sources{file: "secrets: {PIN: 0123}"},
			"STEPCAST_SECRET_<NAME> (secrets in stepcast.yaml): PIN is not a text; put it in quotes",
		},
		"secrets as a list": {
			sources{file: "secrets: [hunter2]"},
			"STEPCAST_SECRET_<NAME> (secrets in stepcast.yaml): is not a map; write a line NAME: value for each secret",
		},
		"instance": {
			sources{args: []string{"--linkis-instance=gateway"}},
			setting("linkis-instance") + "gateway is not host:port; write for example 127.0.0.1:8080, :8080 or [::1]:8080",
		},
		"missing file": {
			sources{args: []string{"--config=gone.yaml"}},
			"--config (STEPCAST_CONFIG): there is no file gone.yaml; make it, or leave the setting out: file does not exist",
		},
		"unknown variable": {
			sources{environ: []string{"STEPCAST_LEASSE=10s"}},
			"STEPCAST_LEASSE is no setting; did you mean STEPCAST_LEASE?",
		},
		"variable of secrets": {
			sources{environ: []string{"STEPCAST_SECRETS=a"}},
			"STEPCAST_SECRETS is no setting; did you mean STEPCAST_SECRET_<NAME>?",
		},
		"unknown key": {
			sources{file: "queue_limit: 10"},
			"stepcast.yaml: queue_limit is no setting; did you mean queue-limit?",
		},
		"config in a file": {
			sources{file: "config: other.yaml"},
			"stepcast.yaml: a file cannot name another; remove config",
		},
		"file that is a list": {
			sources{file: "- hunter2"},
			"stepcast.yaml: is not a map of settings; write one a line, for example lease: 10s",
		},
	}.check(t)
}
