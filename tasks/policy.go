package tasks

import (
	"slices"
	"strings"

	"stepcast/models"
)

// operation is something that one may or may not do.
type operation int

const (
	opRead operation = iota
	opSubmit
	opControl
	opWork
	opMeasure
	opUsers
	opAccount
)

// unnarrowed, in place of a scope, is what no token has that was narrowed to scopes.
const unnarrowed models.Scope = ""

// reach is how far a role goes in an operation.
type reach int

const (
	nothing reach = iota
	own
	all
)

// rights is the one table of who may what.
var rights = map[operation]map[models.Role]reach{
	opRead:    {models.Admin: all, models.Operator: all, models.Member: own, models.Observer: all},
	opSubmit:  {models.Admin: all, models.Operator: all, models.Member: all, models.Observer: nothing},
	opControl: {models.Admin: all, models.Operator: all, models.Member: own, models.Observer: nothing},
	opWork:    {models.Admin: all, models.Operator: all, models.Member: own, models.Observer: nothing},
	opMeasure: {models.Admin: all, models.Operator: nothing, models.Member: nothing, models.Observer: nothing},
	opUsers:   {models.Admin: all, models.Operator: nothing, models.Member: nothing, models.Observer: nothing},
	opAccount: {models.Admin: own, models.Operator: own, models.Member: own, models.Observer: own},
}

// scopes is the token scope that each operation wants.
var scopes = map[operation]models.Scope{
	opRead: models.ScopeRead, opSubmit: models.ScopeSubmit, opControl: models.ScopeControl, opWork: models.ScopeWork,
	opMeasure: models.ScopeRead, opUsers: unnarrowed, opAccount: unnarrowed,
}

func permitted(v models.Viewer, op operation, owner string) bool {
	return v.Has(scopes[op]) && reaches(v, op, owner)
}

// reaches says whether the role goes as far as the owner's tasks, whatever the token.
func reaches(v models.Viewer, op operation, owner string) bool {
	switch rights[op][v.Role] {
	case all:
		return true
	case own:
		return owner == v.Name
	}
	return false
}

// maySee says whether the task exists for v at all: a token that may only control a
// task is told of it too.
func maySee(v models.Viewer, owner string) bool { return reaches(v, opRead, owner) }

// SeesAll says whether v may see the tasks of everybody.
func SeesAll(v models.Viewer) bool { return v.Has(models.ScopeRead) && rights[opRead][v.Role] == all }

// AuthorizeMetrics is nil when v may read the server's metrics, which tell of everybody's
// work and of the machine; else FORBIDDEN.
func AuthorizeMetrics(v models.Viewer) error {
	if !permitted(v, opMeasure, "") {
		return forbidden(v, opMeasure)
	}
	return nil
}

// AuthorizeUsers is nil when v may read and change users, the tokens of others, and what
// else belongs to everybody; else FORBIDDEN.
func AuthorizeUsers(v models.Viewer) error {
	if !permitted(v, opUsers, "") {
		return forbidden(v, opUsers)
	}
	return nil
}

// AuthorizeTokens is nil when v may read, make and revoke tokens of the owner: those of its
// own, and those of others who may manage users; else FORBIDDEN. How far the tokens reach
// that a token makes is a matter of auth.
func AuthorizeTokens(v models.Viewer, owner string) error {
	if owner == v.Name {
		return nil
	}
	return AuthorizeUsers(v)
}

// AuthorizeAccount is nil when v may change its own password and settings; FORBIDDEN for a
// token that is narrowed.
func AuthorizeAccount(v models.Viewer) error {
	if !permitted(v, opAccount, v.Name) {
		return forbidden(v, opAccount)
	}
	return nil
}

// authorize is nil when v may do op to the task. What v may not see does not exist
// for it: NOT_FOUND, marked as Foreign.
func authorize(v models.Viewer, op operation, t *models.Task) error {
	if !maySee(v, t.Owner) || op == opRead && !v.Has(models.ScopeRead) {
		hidden := models.NotFound("task " + models.TaskID(t.ID))
		hidden.Foreign = true
		return hidden
	}
	if !permitted(v, op, t.Owner) {
		return forbidden(v, op)
	}
	return nil
}

func forbidden(v models.Viewer, op operation) error {
	if rights[op][v.Role] != nothing && !v.Has(scopes[op]) {
		if scopes[op] == unnarrowed {
			return models.Faultf(models.CodeForbidden, "a token that is narrowed to scopes may not do this; sign in, or use one that is not")
		}
		return models.Faultf(models.CodeForbidden, "this token has no scope %q", scopes[op])
	}
	return models.Faultf(models.CodeForbidden, "the role %s may not do this", v.Role)
}

// visible narrows a filter to what v may see; ok is false when that is nothing.
func visible(v models.Viewer, f models.Filter) (_ models.Filter, ok bool) {
	if !v.Has(models.ScopeRead) {
		return f, false
	}
	switch rights[opRead][v.Role] {
	case all:
		return f, true
	case own:
		if f.Owner != "" && f.Owner != v.Name {
			return f, false
		}
		f.Owner = v.Name
		return f, true
	}
	return f, false
}

// matches says whether t passes the filter; fixed leaves out what can change.
func matches(f models.Filter, t *models.Task, fixed bool) bool {
	switch {
	case f.IDs != nil && !slices.Contains(f.IDs, t.ID),
		f.Owner != "" && f.Owner != t.Owner,
		f.CreatedAfter != nil && !t.CreatedAt.After(*f.CreatedAfter),
		f.CreatedBefore != nil && !t.CreatedAt.Before(*f.CreatedBefore),
		f.Creator != "" && f.Creator != t.Creator,
		f.Engine != "" && f.Engine != t.Engine,
		f.Instance != "" && f.Instance != t.Instance,
		!fixed && f.Worker != "" && f.Worker != t.Worker,
		!fixed && len(f.Statuses) > 0 && !slices.Contains(f.Statuses, t.Status),
		!fixed && len(f.Stages) > 0 && !slices.ContainsFunc(f.Stages, func(s models.Stage) bool { return s.Holds(t) }),
		f.Text != "" && !strings.Contains(t.Description.SearchText(), strings.ToLower(f.Text)):
		return false
	}
	for _, l := range f.Labels {
		if !slices.Contains(t.Labels, l) {
			return false
		}
	}
	return true
}
