package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

type tokenRevokeOptions struct {
	server
	output
	user named
	byID bool
	yes  bool
}

func (e *env) tokenRevokeCommand() *cobra.Command {
	var o tokenRevokeOptions
	c := &cobra.Command{
		Use:   "revoke ID|NAME…",
		Short: "Make tokens count no longer",
		Long: "Revokes tokens of yours, or of --user, by id or name: within five seconds they count no\n" +
			"longer, and streams under them end. A name that several have is refused, and so is what\n" +
			"is the id of one and the name of another; with --id there are ids only, whosever they are.\n\n" +
			"On a terminal it asks first; elsewhere it needs --yes. Each token is done on its own: what\n" +
			"is refused of one does not keep the others.",
		Example: "  stepcast token revoke ci\n  stepcast token revoke --yes 7 8\n  stepcast token revoke --user ann laptop",
		Args:    args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return e.calling(cmd.Context(), &o.server, func(c connection) error { return e.tokenRevoke(cmd.Context(), c, &o, given) })
		},
	}
	o.server.flags(c)
	o.flag(c)
	e.userFlag(c, &o.server, &o.user, "whose tokens")
	c.Flags().BoolVar(&o.byID, "id", false, "the arguments are ids, of anybody's tokens")
	c.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	e.completeProfile(c)
	e.completeTokens(c, &o)
	return c
}

func (e *env) tokenRevoke(ctx context.Context, c connection, o *tokenRevokeOptions, given []string) error {
	told := newRefusals(e, c.target)
	tokens, err := chooseTokens(ctx, c, o, given, func(word string, err error) { told.add(ctx, "token "+word, err) })
	if err != nil {
		return err
	}
	if len(tokens) == 0 {
		return told.verdict()
	}
	if err := e.consent(ctx, o.yes, revokeQuestion(tokens, time.Now())); err != nil {
		return err
	}
	for i, token := range tokens {
		revoked, err := c.RevokeToken(ctx, token.ID)
		if fatal(err) {
			return unknownRest(explain(ctx, c.target, err), i, len(tokens))
		}
		if err != nil {
			told.add(ctx, "token "+token.ID, err)
		} else if err := e.writeRevoked(o.output, revoked); err != nil {
			return err
		}
	}
	return told.verdict()
}

func (e *env) writeRevoked(out output, token *client.Token) error {
	if out == outputJSON {
		return writeJSON(e.Stdout, token)
	}
	_, err := fmt.Fprintf(e.Stdout, "%s REVOKED %s\n", terminal.Escape(token.ID), terminal.Escape(token.Name))
	return err
}

// chooseTokens finds the tokens that were named, each once; refuse is told of every word
// that names none, or more than one.
func chooseTokens(ctx context.Context, c connection, o *tokenRevokeOptions, given []string, refuse func(word string, err error)) ([]*client.Token, error) {
	var all []*client.Token
	if !o.byID {
		var err error
		if all, _, err = collect(c.Tokens(ctx, string(o.user))); err != nil {
			return nil, err
		}
	}
	var chosen []*client.Token
	for _, word := range given {
		token, err := &client.Token{ID: word}, error(nil)
		if !o.byID {
			token, err = findToken(all, word)
		}
		if err != nil {
			refuse(word, err)
		} else if !slices.ContainsFunc(chosen, func(t *client.Token) bool { return t.ID == token.ID }) {
			chosen = append(chosen, token)
		}
	}
	return chosen, nil
}

// findToken finds the one token that has a word as its id or its name.
func findToken(all []*client.Token, word string) (*client.Token, error) {
	var found []*client.Token
	ids := []string{}
	for _, token := range all {
		if token.ID == word || token.Name == word {
			found = append(found, token)
			ids = append(ids, terminal.Escape(token.ID))
		}
	}
	switch len(found) {
	case 0:
		return nil, fail(ExitNotFound, errors.New("there is none of this id or name; \"stepcast token ls\" lists them, --user names somebody else's"))
	case 1:
		return found[0], nil
	}
	return nil, fail(ExitUsage, fmt.Errorf("it is the id or the name of several: %s; name one by \"--id\" and its id", strings.Join(ids, ", ")))
}

// revokeQuestion asks whether these tokens are meant.
func revokeQuestion(tokens []*client.Token, now time.Time) string {
	texts := make([]string, len(tokens))
	for i, token := range tokens {
		texts[i] = terminal.Escape(token.ID)
		if token.Name != "" { // else it was not read
			texts[i] += fmt.Sprintf(" %s of %s (last used: %s)", quotedName(token.Name), terminal.Escape(token.User), lately(token.LastUsedAt, now))
		}
	}
	if len(tokens) == 1 {
		return "Revoke token " + texts[0] + "?"
	}
	return fmt.Sprintf("  %s\nRevoke these %d tokens?", strings.Join(texts, "\n  "), len(tokens))
}
