package cli

import (
	"cmp"
	"context"
	"errors"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// refusals tells of each of several things that was refused, and knows how a command ends
// that did the others.
type refusals struct {
	env    *env
	target target
	exit   int
}

func newRefusals(e *env, t target) *refusals { return &refusals{env: e, target: t} }

// add tells what was refused of one thing, which may be named in anybody's words.
func (r *refusals) add(ctx context.Context, what string, err error) {
	err = explain(ctx, r.target, err)
	r.env.note("stepcast: %s: %v", terminal.Escape(what), err)
	r.exit = cmp.Or(r.exit, ExitCode(err))
}

// verdict is how the command ends: as the first refusal.
func (r *refusals) verdict() error {
	if r.exit == ExitOK {
		return nil
	}
	return fail(r.exit, nil)
}

// fatal says whether an error would be the same for everything else too: it is no refusal,
// or one of the sign-in.
func fatal(err error) bool {
	var refusal *client.Error
	return err != nil && (!errors.As(err, &refusal) || refusal.Code == client.CodeUnauthenticated)
}
