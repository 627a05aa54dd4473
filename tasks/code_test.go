package tasks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/executor/http"
	"stepcast/models"
	"stepcast/tasks"
)

// TestExecutorDecidesAboutCode submits contents of two run types: one needs code, the
// other decides itself.
func TestExecutorDecidesAboutCode(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		submit := func(runType, code, params string) error {
			in := oneStep()
			in.Steps[0].Contents[0] = tasks.ContentInput{
				Message: models.Plain("Copy"), RunType: runType, Code: code, Params: models.JSON(params),
			}
			_, err := b.Submit(b.ctx, member, in)
			return err
		}
		at := []string{"steps", "0", "contents", "0"}
		require.NoError(t, submit("shell", "true", `{}`))
		requireFault(t, submit("shell", " ", `{}`), models.CodeInvalid, append(at, "code")...)
		require.NoError(t, submit("http", "", `{"url": "http://a/"}`))
		require.NoError(t, submit("http", "body", `{"url": "http://a/"}`))
		requireFault(t, submit("http", "body", `{"url": "http://a/", "body": "too"}`), models.CodeInvalid, append(at, "code")...)
		requireFault(t, submit("http", "", `{}`), models.CodeInvalid, append(at, "params", "url")...)
	}, func(o *tasks.Options) {
		o.Registry = executor.NewRegistry(noop{"shell"}, http.New(http.Options{Targets: []string{"*"}}))
	})
}
