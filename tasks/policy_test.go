package tasks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// TestRights walks the table of the contract over the use cases: who may see, submit,
// control and work, on own and on others' tasks, with each scope.
func TestRights(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		theirs := b.submit(t, other, tasks.SubmitInput{Description: models.Plain("x"), Steps: []tasks.StepInput{step("x", "external")}})
		for _, c := range []struct {
			role              models.Role
			see, submit, rule bool
		}{
			{models.Admin, true, true, true},
			{models.Operator, true, true, true},
			{models.Member, false, true, false},
			{models.Observer, true, false, false},
		} {
			v := models.Viewer{Name: "somebody", Role: c.role}
			_, err := b.Task(b.ctx, v, theirs.ID)
			if c.see {
				require.NoError(t, err, c.role)
			} else {
				requireFault(t, err, models.CodeNotFound)
				require.True(t, models.AsFault(err).Foreign, "only Linkis tells the two apart")
			}
			_, err = b.Submit(b.ctx, v, oneStep())
			require.Equal(t, c.submit, err == nil, "%s: %v", c.role, err)
			require.Equal(t, c.role == models.Admin, tasks.AuthorizeMetrics(v) == nil, c.role)
			require.Equal(t, c.role == models.Admin, tasks.AuthorizeUsers(v) == nil, c.role)
			require.Equal(t, c.role == models.Admin, tasks.AuthorizeTokens(v, other.Name) == nil, c.role)
			require.NoError(t, tasks.AuthorizeTokens(v, v.Name), c.role)
			require.NoError(t, tasks.AuthorizeAccount(v), c.role)
			refused := models.CodeForbidden
			if !c.see {
				refused = models.CodeNotFound
			}
			control := tasks.ControlInput{ID: theirs.ID}
			for name, f := range map[string]func() error{
				"pause":  func() error { _, err := b.Pause(b.ctx, v, control); return err },
				"resume": func() error { _, err := b.Resume(b.ctx, v, control); return err },
			} {
				if err := f(); c.rule {
					require.NoError(t, err, "%s %s", c.role, name)
				} else {
					requireFault(t, err, refused)
				}
			}
			_, err = b.Resume(b.ctx, admin, control)
			require.NoError(t, err)
			claim, err := b.Claim(b.ctx, v, tasks.ClaimInput{ID: &theirs.ID})
			if !c.rule {
				requireFault(t, err, refused)
				continue
			}
			require.NoError(t, err)
			_, err = b.HandBack(b.ctx, tasks.LeaseOf(claim.Task))
			require.NoError(t, err)
			_, err = b.Retry(b.ctx, admin, control)
			require.NoError(t, err)
		}
		mine := b.submit(t, member, oneStep())
		for _, scope := range models.Scopes {
			v := member
			v.Scopes = []models.Scope{scope}
			_, err := b.Task(b.ctx, v, mine.ID)
			require.Equal(t, scope == models.ScopeRead, err == nil)
			_, err = b.Submit(b.ctx, v, oneStep())
			require.Equal(t, scope == models.ScopeSubmit, err == nil)
			_, err = b.Pause(b.ctx, v, tasks.ControlInput{ID: mine.ID})
			require.Equal(t, scope == models.ScopeControl, err == nil)
			_, err = b.Claim(b.ctx, v, tasks.ClaimInput{})
			require.Equal(t, scope == models.ScopeWork, err == nil)
			v = admin
			v.Scopes = []models.Scope{scope}
			if err := tasks.AuthorizeMetrics(v); scope != models.ScopeRead {
				requireFault(t, err, models.CodeForbidden)
			} else {
				require.NoError(t, err)
			}
			requireFault(t, tasks.AuthorizeUsers(v), models.CodeForbidden)
			requireFault(t, tasks.AuthorizeTokens(v, other.Name), models.CodeForbidden)
			requireFault(t, tasks.AuthorizeAccount(v), models.CodeForbidden)
			require.NoError(t, tasks.AuthorizeTokens(v, v.Name), "its own, as far as auth lets it")
		}
		every := admin
		every.Scopes = models.Scopes
		requireFault(t, tasks.AuthorizeUsers(every), models.CodeForbidden)
	})
}
