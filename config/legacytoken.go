package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// legacyCodeMax is the length of the longest token code, in bytes.
const legacyCodeMax = 1024

// LegacyToken is a token code that clients of an older system send, and go on sending:
// the Token-Code of Linkis. Who may do what with it is package auth's to say.
type LegacyToken struct {
	// Code is the text that clients send: visible ASCII.
	Code Secret
	// User is whose token it is.
	User string
	// ActsFor names the users for whom it may ask, "*" is anyone. Empty is its own user,
	// and anyone when that user is ADMIN.
	ActsFor []string
	// AllowNewUsers lets it create the MEMBERs that it is used for, and its own user.
	AllowNewUsers bool
	// Scopes narrows it; empty has all rights of the user it is used for.
	Scopes []string
	// Expires is when it stops counting; zero is never.
	Expires time.Time
}

// legacyKeys are the keys of an entry.
var legacyKeys = []string{"code", "user", "acts-for", "allow-new-users", "scopes", "expires"}

// parseLegacyTokens reads the list from the file, or from a variable as JSON. Errors name
// entries by their number and show nothing of what they hold: a code may stand anywhere
// in one that is wrong.
func parseLegacyTokens(given any) ([]LegacyToken, error) {
	if text, ok := given.(string); ok {
		given = nil
		if err := json.Unmarshal([]byte(text), &given); err != nil {
			return nil, errors.New(`is not JSON; write for example [{"code": "…", "user": "hadoop", "acts-for": ["*"]}]`)
		}
	}
	entries, ok := given.([]any)
	if !ok {
		return nil, errors.New("is not a list; write an entry with code and user for each token")
	}
	tokens := make([]LegacyToken, len(entries))
	for i, entry := range entries {
		fields, ok := entry.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("entry %d is not a map; write its %s", i+1, strings.Join(legacyKeys, ", "))
		}
		if err := tokens[i].read(fields); err != nil {
			return nil, fmt.Errorf("entry %d %w", i+1, err)
		}
	}
	return tokens, nil
}

// read takes over the fields of an entry.
func (t *LegacyToken) read(fields map[string]any) (err error) {
	for key, value := range fields {
		if value == nil && slices.Contains(legacyKeys, key) {
			continue // a key without a value is not given
		}
		wrong := ""
		switch key {
		case "code":
			t.Code, err = parseSecret(value)
			wrong = "a code that is not a text; put it in quotes"
		case "user":
			t.User, err = parseText(value)
			wrong = "a user that is not a text; put it in quotes"
		case "acts-for":
			t.ActsFor, err = parseList(value)
			wrong = `an acts-for that is not a list of user names; write for example [alice, bob], or "*" for anyone`
		case "scopes":
			t.Scopes, err = parseList(value)
			wrong = "scopes that are not a list of texts; write for example [read, submit]"
		case "allow-new-users":
			t.AllowNewUsers, err = parseSwitch(value)
			wrong = "an allow-new-users that is neither true nor false"
		case "expires":
			t.Expires, err = parseInstant(value)
			wrong = "an expires that is no time; write for example 2027-12-31 (its beginning, in UTC) or 2027-12-31T18:00:00+08:00"
		default:
			return fmt.Errorf("has a key that is none of %s", strings.Join(legacyKeys, ", "))
		}
		if err != nil {
			return fmt.Errorf("has %s", wrong)
		}
	}
	return nil
}

// parseInstant takes a day or an RFC 3339 time, which YAML may have read already.
func parseInstant(given any) (time.Time, error) {
	if at, ok := given.(time.Time); ok {
		return at.UTC(), nil
	}
	text, err := parseText(given)
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	return at.UTC(), err
}

// showLegacyTokens says that there are some, not which.
func showLegacyTokens(tokens []LegacyToken) string {
	if len(tokens) == 0 {
		return ""
	}
	return hidden
}

// checkLegacyTokens checks what a header can carry, and that no code is given twice.
func (c Config) checkLegacyTokens(found *problems) {
	first := map[Secret]int{}
	for i, token := range c.LegacyTokens {
		code, n := token.Code.Reveal(), i+1
		found.require(code != "", legacyTokensName, "entry %d has no code", n)
		found.require(len(code) <= legacyCodeMax && !strings.ContainsFunc(code, unfitForHeader), legacyTokensName,
			"entry %d has a code with blanks or letters beyond ASCII, or longer than %d; no client can send it", n, legacyCodeMax)
		found.require(token.User != "", legacyTokensName, "entry %d has no user; name whose token it is", n)
		if earlier, again := first[token.Code]; again && code != "" {
			found.add(legacyTokensName, fmt.Errorf("entry %d has the code of entry %d", n, earlier))
			continue
		}
		first[token.Code] = n
	}
}

// unfitForHeader says whether a character ends or spoils a token in a header.
func unfitForHeader(r rune) bool { return r <= ' ' || r > '~' }
