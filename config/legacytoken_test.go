package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/config"
)

func TestLegacyTokensMayBeShort(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, sources{file: `
legacy-tokens:
  - {code: "1", user: hadoop, acts-for: "*", expires: 2099-12-31}
  - {code: BML-AUTH, user: bml, acts-for: , scopes: []}
`})
	require.NoError(t, err)
	require.Equal(t, []config.LegacyToken{
		{Code: "1", User: "hadoop", ActsFor: []string{"*"}, Expires: time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)},
		{Code: "BML-AUTH", User: "bml"},
	}, cfg.LegacyTokens)
}

// What is wrong with a token is told by its number: its code may stand anywhere.
func TestLoadErrorsOfLegacyTokens(t *testing.T) {
	t.Parallel()
	const name = "STEPCAST_LEGACY_TOKENS (legacy-tokens in stepcast.yaml): "
	const noTime = name + "entry 1 has an expires that is no time; write for example 2027-12-31 (its beginning, in UTC) or 2027-12-31T18:00:00+08:00"
	const unfit = name + "entry 1 has a code with blanks or letters beyond ASCII, or longer than 1024; no client can send it"
	mistakes{
		"map of codes": {
			sources{file: "legacy-tokens: {hunter2: {user: a}}"},
			name + "is not a list; write an entry with code and user for each token",
		},
		"list of codes": {
			sources{file: "legacy-tokens: [hunter2]"},
			name + "entry 1 is not a map; write its code, user, acts-for, allow-new-users, scopes, expires",
		},
		"code as a key": {
			sources{file: "legacy-tokens: [{code: a, user: b}, {hunter2: {user: a}}]"},
			name + "entry 2 has a key that is none of code, user, acts-for, allow-new-users, scopes, expires",
		},
		"no JSON": {
			sources{environ: []string{"STEPCAST_LEGACY_TOKENS=hunter2=hadoop"}},
			name + `is not JSON; write for example [{"code": "…", "user": "hadoop", "acts-for": ["*"]}]`,
		},
		"JSON object": {
			sources{environ: []string{`STEPCAST_LEGACY_TOKENS={"hunter2": 1}`}},
			name + "is not a list; write an entry with code and user for each token",
		},
		"code as a number": {
			sources{file: "legacy-tokens: [{code: 1234, user: b}]"},
			name + "entry 1 has a code that is not a text; put it in quotes",
		},
		"user as a number": {
			sources{file: "legacy-tokens: [{code: hunter2, user: 7}]"},
			name + "entry 1 has a user that is not a text; put it in quotes",
		},
		"no code": {
			sources{file: "legacy-tokens: [{user: b}]"},
			name + "entry 1 has no code",
		},
		"no user": {
			sources{file: "legacy-tokens: [{code: hunter2}]"},
			name + "entry 1 has no user; name whose token it is",
		},
		"code twice": {
			sources{file: "legacy-tokens: [{code: hunter2, user: a}, {code: x, user: a}, {code: hunter2, user: b}]"},
			name + "entry 3 has the code of entry 1",
		},
		"blank in a code": {sources{file: "legacy-tokens: [{code: hunter 2, user: a}]"}, unfit},
		"long code": {
			sources{file: "legacy-tokens: [{code: " + strings.Repeat("x", 1025) + ", user: a}]"}, unfit,
		},
		"acts for a map": {
			sources{file: "legacy-tokens: [{code: hunter2, user: a, acts-for: {hunter2: 1}}]"},
			name + `entry 1 has an acts-for that is not a list of user names; write for example [alice, bob], or "*" for anyone`,
		},
		"scopes of a number": {
			sources{file: "legacy-tokens: [{code: hunter2, user: a, scopes: 1}]"},
			name + "entry 1 has scopes that are not a list of texts; write for example [read, submit]",
		},
		"switch": {
			sources{file: "legacy-tokens: [{code: hunter2, user: a, allow-new-users: hunter2}]"},
			name + "entry 1 has an allow-new-users that is neither true nor false",
		},
		"time":        {sources{file: "legacy-tokens: [{code: hunter2, user: a, expires: soon}]"}, noTime},
		"time number": {sources{file: "legacy-tokens: [{code: hunter2, user: a, expires: 2030}]"}, noTime},
	}.check(t)
}
