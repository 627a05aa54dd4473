package imanager_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/resttest"
)

func TestPreflight(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for path, allow := range map[string]string{
		"/imanager/cloud/web/tasks/690.json": "GET, HEAD, OPTIONS", "/imanager/security/tokens": "POST, OPTIONS", "/imanager/security/logout": "GET, OPTIONS",
	} {
		r := b.send("OPTIONS", path, "", header("Origin", "https://maps.example"), header("Access-Control-Request-Headers", "x-auth-token"))
		require.Equal(t, 204, r.http, "nobody has to sign in for it")
		require.Equal(t, "*", r.header.Get("Access-Control-Allow-Origin"))
		require.Equal(t, "X-Auth-Token, Content-Type, token", r.header.Get("Access-Control-Allow-Headers"))
		require.Equal(t, allow, r.header.Get("Access-Control-Allow-Methods"))
		require.Equal(t, allow, r.header.Get("Allow"))
		require.Equal(t, "600", r.header.Get("Access-Control-Max-Age"))
		require.Empty(t, r.header.Get("Access-Control-Allow-Credentials"))
	}
	requireRefused(t, b.send("OPTIONS", "/imanager/nothing", ""), 404)
}

// TestAllowedOrigins: pages of those sites read every answer, of others none.
func TestAllowedOrigins(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *imanager.Options) {
		o.AllowedOrigins = []string{"https://maps.example", "http://LOCALHOST:3000"}
	})
	task := b.Submit(resttest.Member)
	for origin, allowed := range map[string]bool{
		"https://maps.example": true, "http://localhost:3000": true,
		"https://evil.example": false, "http://maps.example": false, "https://maps.example.evil": false, "https://maps.example:444": false, "null": false, "*": false, "": false,
	} {
		want := ""
		if allowed {
			want = origin
		}
		for _, r := range []reply{
			b.send("OPTIONS", path(task), "", header("Origin", origin)),
			b.get(path(task), header("Origin", origin), b.as(resttest.Member)),
			b.get(path(task), header("Origin", origin)),
			b.get("/imanager/nothing", header("Origin", origin)),
			b.send("DELETE", path(task), "", header("Origin", origin)),
			b.get(path(task)+".xml", header("Origin", origin), b.as(resttest.Member)),
		} {
			require.Equal(t, want, r.header.Get("Access-Control-Allow-Origin"), "%s %d", origin, r.http)
			require.Contains(t, r.header.Values("Vary"), "Origin")
			require.Empty(t, r.header.Get("Access-Control-Allow-Credentials"))
		}
	}
}

// TestPageOfATask is where the Link header leads without Options.TaskPage.
func TestPageOfATask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	require.Equal(t, "</tasks/"+models.TaskID(task.ID)+`>; rel="alternate"; type="text/html"`,
		b.get(path(task), b.as(resttest.Member)).header.Get("Link"))
}
