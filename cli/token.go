package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// tokenScopes are the values of --scope.
var tokenScopes = []client.TokenScope{client.ScopeRead, client.ScopeSubmit, client.ScopeControl, client.ScopeWork}

func (e *env) tokenCommand() *cobra.Command {
	return family("token", "Make, list and revoke API tokens",
		"API tokens sign in programs, and these commands: see \"stepcast login\" and STEPCAST_TOKEN.\n"+
			"Those of other users need the right to manage users.",
		e.tokenLsCommand(), e.tokenCreateCommand(), e.tokenRevokeCommand())
}

func (e *env) tokenLsCommand() *cobra.Command {
	var s server
	var out output
	var user named
	c := &cobra.Command{
		Use:     "ls",
		Aliases: []string{"list"},
		Short:   "List tokens",
		Long:    "Lists your tokens that were not revoked, or those of --user. Nobody sees their texts again.",
		Example: "  stepcast token ls\n  stepcast token ls --user ann -o json | jq -r .id",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.calling(cmd.Context(), &s, func(c connection) error { return e.tokenLs(cmd.Context(), c, string(user), out) })
		},
	}
	s.flags(c)
	out.flag(c)
	e.userFlag(c, &s, &user, "whose tokens")
	e.completeProfile(c)
	return c
}

func (e *env) tokenLs(ctx context.Context, c connection, user string, out output) error {
	tokens, more, err := collect(c.Tokens(ctx, user))
	if err != nil {
		return err
	}
	if len(tokens) == 0 {
		e.note("There is no token%s that you may see.", ofUser(user))
	}
	return writeList(e, out, tokens, more, tokenTable(tokens, time.Now()))
}

// tokenTable lists tokens for people. The name is last: it may be long, and is anybody's.
func tokenTable(tokens []*client.Token, now time.Time) *table {
	t := &table{heads: []string{"ID", "SCOPES", "CREATED", "EXPIRES", "LAST USED", "NAME"}}
	for _, token := range tokens {
		expires := day(token.ExpiresAt)
		if token.ExpiresAt != nil && !token.ExpiresAt.After(now) {
			expires = "expired"
		}
		t.add(token.ID, scopeList(token.Scopes), day(&token.CreatedAt), expires, lately(token.LastUsedAt, now), token.Name)
	}
	return t
}

// scopeList writes what a token is narrowed to.
func scopeList(scopes []client.TokenScope) string {
	if scopes == nil {
		return "all"
	}
	return strings.Join(lowerCase(scopes), ",")
}

// ofUser is " of ann"; nothing for the viewer.
func ofUser(user string) string {
	if user == "" {
		return ""
	}
	return " of " + terminal.Escape(user)
}

// tokenNaming says which flag or argument of "token create" a field of the input is.
var tokenNaming = map[string]string{"name": "NAME", "user": "--user", "scopes": "--scope", "expiresAt": "--expires"}

type tokenCreateOptions struct {
	server
	output
	user    named
	scopes  several[client.TokenScope]
	expires string
}

func (e *env) tokenCreateCommand() *cobra.Command {
	o := tokenCreateOptions{scopes: several[client.TokenScope]{allowed: tokenScopes}}
	c := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a token, and print its text",
		Long: "Makes an API token and prints its text, and nothing else, on standard output: this once.\n" +
			"NAME says for people what it is used for. Without --scope it has all rights of its user;\n" +
			"made by a token, those of that token, which it cannot outlast either.\n\n" +
			"  read     see tasks, their logs, events and results\n" +
			"  submit   submit tasks\n" +
			"  control  cancel, pause, resume and retry them\n" +
			"  work     do external work, as \"stepcast exec\" does\n",
		Example: "  T=$(stepcast token create ci --scope submit,read --expires 90d)\n" +
			"  stepcast token create \"exec on a1\" --scope submit,work,control,read\n" +
			"  stepcast token create backup --user ann --expires 2027-01-01 -o json",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			expires, err := readExpiry(o.expires, time.Now())
			if err != nil {
				return err
			}
			in := client.CreateTokenInput{Name: given[0], User: string(o.user), Scopes: o.scopes.values, ExpiresAt: expires}
			return e.calling(cmd.Context(), &o.server, func(c connection) error { return e.tokenCreate(cmd.Context(), c, in, o.output) })
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	o.server.flags(c)
	o.flag(c)
	e.userFlag(c, &o.server, &o.user, "whose token it is to be")
	c.Flags().Var(&o.scopes, "scope", "what it is narrowed to; several by commas, or given again")
	c.Flags().StringVar(&o.expires, "expires", expiresNever, "when it stops counting: a time, a span such as 90d, or never")
	fixedValues(c, "scope", lowerCase(tokenScopes)...)
	fixedValues(c, "expires", "30d", "90d", "365d", expiresNever)
	e.completeProfile(c)
	return c
}

// expiresNever is the value of --expires for a token that goes on.
const expiresNever = "never"

// readExpiry reads --expires; the zero time is never.
func readExpiry(text string, now time.Time) (time.Time, error) {
	if text == expiresNever {
		return time.Time{}, nil
	}
	if text == "" { // a variable that is not set must not make a token that goes on for ever
		return time.Time{}, fail(ExitUsage, errors.New("--expires is empty; write a time, a span such as 90d, or never"))
	}
	return readTime("expires", text, now, 1)
}

// createdToken is what "token create" writes as JSON: the names of the schema's payload.
type createdToken struct {
	Token *client.Token `json:"token"`
	Text  string        `json:"text"`
}

func (e *env) tokenCreate(ctx context.Context, c connection, in client.CreateTokenInput, out output) error {
	token, text, err := c.CreateToken(ctx, in)
	if err != nil {
		return naming(err, tokenNaming)
	}
	if out == outputJSON {
		err = writeJSON(e.Stdout, createdToken{token, text})
	} else {
		_, err = fmt.Fprintln(e.Stdout, terminal.Escape(text))
	}
	if err != nil {
		return fail(ExitFailure, fmt.Errorf("write the token: %w; nobody has it, so revoke it: stepcast token revoke --id %s", err, terminal.Escape(token.ID)))
	}
	rights := "all rights of " + token.User
	if token.Scopes != nil {
		rights = scopeList(token.Scopes) + " as " + token.User
	}
	until := "it never expires"
	if token.ExpiresAt != nil {
		until = "it expires " + day(token.ExpiresAt)
	}
	e.note("Made token %s %s: %s; %s. Its text is shown this once.", terminal.Escape(token.ID), quotedName(token.Name), terminal.Escape(rights), until)
	return nil
}
