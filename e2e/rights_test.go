package e2e

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

// verdict is what a door says to who knocks.
type verdict string

const (
	allowed   verdict = "allowed"
	forbidden verdict = "forbidden"
	// hidden: as if the task did not exist.
	hidden verdict = "hidden"
)

// right is a row of the table of rights.
type right struct {
	// all and own are the roles that may do it to every task, and to tasks of their own.
	all, own []models.Role
	scope    models.Scope
}

// rights is the contract: who may what.
var rights = map[string]right{
	"see":     {[]models.Role{models.Admin, models.Operator, models.Observer}, []models.Role{models.Member}, models.ScopeRead},
	"submit":  {[]models.Role{models.Admin, models.Operator, models.Member}, nil, models.ScopeSubmit},
	"control": {[]models.Role{models.Admin, models.Operator}, []models.Role{models.Member}, models.ScopeControl},
	"work":    {[]models.Role{models.Admin, models.Operator}, []models.Role{models.Member}, models.ScopeWork},
}

func (r right) permits(a actor, own bool) bool {
	return slices.Contains(r.all, a.role) || own && slices.Contains(r.own, a.role)
}

// expected is what the table says of an operation on a task. What one may not see does
// not exist; a token without the scope of an operation may not do it, and one that may
// not read sees nothing.
func expected(op string, a actor, own bool) verdict {
	scoped := a.scope == "" || a.scope == rights[op].scope
	switch {
	case !rights["see"].permits(a, own) || op == "see" && !scoped:
		return hidden
	case !rights[op].permits(a, own) || !scoped:
		return forbidden
	}
	return allowed
}

// actor is somebody who knocks: a user, with a token that may be narrowed to a scope.
type actor struct {
	name  string
	role  models.Role
	scope models.Scope
	token string
}

// door is one way to do an operation.
type door struct {
	name, op string
	// external is for a task of an outside worker.
	external bool
	// prepare brings a new task into a state in which the operation has an effect.
	prepare func(r *rightsWorld, id string)
	// applies says for whom it is a door; nil is for everyone.
	applies func(a actor) bool
	// try does it.
	try func(r *rightsWorld, a actor, id string) verdict
	// linkis tells apart what does not exist from what is somebody else's, and forbids
	// the latter: its document lists 403.
	linkis bool
}

// TestRights walks the table over every door, for every role and scope, on own tasks
// and on those of others. What was refused has changed nothing.
func TestRights(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		w := newRightsWorld(t, s)
		doors := slices.Concat(graphqlDoors(), streamDoors(), sessionDoors(), linkisDoors(), imanagerDoors())
		t.Run("doors", func(t *testing.T) {
			for _, a := range w.actors {
				t.Run(string(a.role)+string(a.scope), func(t *testing.T) {
					t.Parallel()
					for _, d := range doors {
						if d.applies == nil || d.applies(a) {
							w.with(t).knock(d, a)
						}
					}
				})
			}
		})
		w.requireUntouched(t)
	}, "--no-worker", "--lease", longLease)
}

// knock tries a door on a task of the actor's own and on somebody else's.
func (w *rightsWorld) knock(d door, a actor) {
	w.t.Helper()
	for owner, own := range map[string]bool{a.name: true, stranger: false} {
		want := expected(d.op, a, own)
		if d.op == "submit" {
			// A submission is of a task that does not exist yet: there is none to hide.
			if want = expected(d.op, a, true); want == hidden {
				want = forbidden
			}
		}
		if d.linkis && want == hidden {
			want = forbidden
		}
		id := w.standing[owner][d.external]
		if want == allowed && d.prepare != nil {
			id = w.fresh(owner, d.external)
			d.prepare(w, id)
		}
		require.Equal(w.t, want, d.try(w, a, id), "%s %s by %s %s, own: %t", d.op, d.name, a.role, a.scope, own)
	}
}
