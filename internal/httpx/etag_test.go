package httpx_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/internal/httpx"
)

func TestNamesTag(t *testing.T) {
	t.Parallel()
	const tag = `W/"690.2.en+zh.Europe/Berlin"`
	const strong = `"690.2.en+zh.Europe/Berlin"`
	for header, want := range map[string]bool{
		tag: true, strong: true, `"x", ` + tag: true, `"x" ,W/"y",` + strong + `, "z"`: true, ",, " + tag + ",": true, "*": true, " * ": true,
		"": false, `"690.3.en+zh.Europe/Berlin"`: false, `W/"690.2.en.Europe/Berlin"`: false, "690.2.en+zh.Europe/Berlin": false,
		`"a, *, b"`: false, `"a,` + strong + `"`: false, `w/"x", ` + tag: false, `broken, ` + tag: false, `"unended`: false, `W/`: false, `"`: false,
		`"x", *`: false, "*, " + tag: false, `""`: false,
	} {
		require.Equal(t, want, httpx.NamesTag([]string{header}, tag), header)
	}
	require.True(t, httpx.NamesTag([]string{`"x"`, tag}, tag))
	require.False(t, httpx.NamesTag(nil, tag))
}
