package imanager_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/resttest"
)

// polyglot has a text of each kind: in languages of its own, of the catalog, and plain.
func polyglot() record {
	return record{
		description: models.Text{Plain: "Copy", Texts: map[string]string{"en": "Copy tiles", "zh": "复制瓦片", "de": "Kacheln kopieren"}},
		state:       models.TaskState{Status: models.Failed},
		steps: []recordStep{{models.Message("task.execute"), []models.ContentState{
			{
				Message: models.Text{Plain: "a.zip", Texts: map[string]string{"fr": "copie de a.zip"}}, Status: models.Failed,
				Failure: &models.TaskError{Code: models.ErrExitCode, Message: models.Message("error.exit", "3")},
			},
			{Message: models.Plain("纯文本 <&>"), Status: models.Skipped},
		}}},
	}
}

func TestTheAnswerIsInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := importTask(t, b.Store, polyglot())
	en := []string{"Copy tiles", "Execute", "a.zip: Exited with code 3", "en"}
	zh := []string{"复制瓦片", "执行", "a.zip: 退出码 3", "zh"}
	de := []string{"Kacheln kopieren", "Execute", "a.zip: Exited with code 3", "de"}
	fr := []string{"Copy tiles", "Execute", "copie de a.zip: Exited with code 3", "fr"}
	for accept, want := range map[string][]string{
		"":                         en,
		"en":                       en,
		"en-GB":                    en,
		"zh":                       zh,
		"zh-CN,zh;q=0.9,en;q=0.8":  zh,
		"zh-Hans-CN":               zh,
		"ZH-cn":                    zh,
		"de":                       de,
		"de-AT, en;q=0.5":          de,
		"fr":                       fr,
		"fr-CA;q=0.8, it":          fr, // there is no Italian
		"en;q=0.1, de;q=0.9":       de, // the better one, not the first one
		"de;q=0.1, zh;q=0.1":       {"Kacheln kopieren", "执行", "a.zip: 退出码 3", "de"},
		"de;q=0, zh;q=0.5":         zh, // 0 is a refusal
		"de;q=0":                   en,
		"it, ja;q=0.5":             en, // none that we have: the server's own
		"*":                        en,
		"*, zh;q=0.1":              zh, // whatever there is, so the one that is named
		"de-DE-1996":               de,
		"not a language;;;q=x":     en,
		"zh;q=high":                en,
		"zh;;;":                    en,
		";q=1":                     en,
		"x-klingon":                en,
		strings.Repeat("zh,", 400): en, // longer than is read
	} {
		r := b.get(path(task), b.as(resttest.Member), header("Accept-Language", accept))
		require.Equal(t, 200, r.http)
		require.Equal(t, want[3], r.header.Get("Content-Language"), accept)
		require.Contains(t, r.header.Get("Vary"), "Accept-Language")
		require.Equal(t, `{"description":"`+want[0]+`","id":"`+models.TaskID(task.ID)+`","status":"ERROR","steps":[{"contents":[`+
			`{"isProgressAvailable":false,"message":"`+want[2]+`","progress":0,"status":"ERROR"},`+
			`{"isProgressAvailable":false,"message":"纯文本 <&>","progress":0,"status":"WAITING"}],`+
			`"costTime":0,"description":"`+want[1]+`"}],"timelineId":`+jsonText(t, task.TimelineID)+`}`, r.body, accept)
	}
}

func TestTheTagNamesTheLanguage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := importTask(t, b.Store, polyglot())
	tags := map[string]string{}
	for _, accept := range []string{"en", "zh", "de", "fr"} {
		tags[accept] = b.get(path(task), b.as(resttest.Member), header("Accept-Language", accept)).header.Get("ETag")
	}
	for given, tag := range tags {
		for asked := range tags {
			r := b.get(path(task), b.as(resttest.Member), header("Accept-Language", asked), header("If-None-Match", tag))
			require.Equal(t, map[bool]int{true: 304, false: 200}[given == asked], r.http, "has %s, asks for %s", given, asked)
			require.Equal(t, asked, r.header.Get("Content-Language"))
		}
	}
}

// TestTheServersLanguage is what readers get who ask for none that there is.
func TestTheServersLanguage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	o := b.options()
	o.Auth = auth.New(auth.Options{Store: b.Store, Logger: o.Logger, Locale: "zh"})
	b.serve(imanager.New(o))
	task := importTask(t, b.Store, polyglot())
	for accept, want := range map[string][2]string{
		"": {"复制瓦片", "zh"}, "it": {"复制瓦片", "zh"}, "*": {"复制瓦片", "zh"}, "broken;;": {"复制瓦片", "zh"},
		"de": {"Kacheln kopieren", "de"}, "en": {"Copy tiles", "en"},
	} {
		r := b.get(path(task), b.as(resttest.Member), header("Accept-Language", accept))
		require.Contains(t, r.body, `"description":"`+want[0]+`"`, accept)
		require.Equal(t, want[1], r.header.Get("Content-Language"), accept)
	}
	plain := importTask(t, b.Store, record{description: models.Plain("only this")})
	r := b.get(path(plain), b.as(resttest.Member), header("Accept-Language", "fr"))
	require.Equal(t, "zh", r.header.Get("Content-Language"), "nothing says otherwise")
}
