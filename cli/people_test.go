package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// hostile is what a server may call anything to deceive who reads it.
const hostile = "a\x1b[2J\u202eb\r\n\u3164"

// answering is a server that answers every operation by what stands for its name.
func answering(t *testing.T, answers map[string]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ Query string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		for name, answer := range answers {
			if strings.Contains(asked.Query, " "+name+"(") || strings.Contains(asked.Query, " "+name+" {") {
				word, _ := json.Marshal(hostile)
				fmt.Fprintf(w, `{"data": %s}`, strings.ReplaceAll(answer, "HOSTILE", string(word)))
				return
			}
		}
		http.Error(w, "no answer to "+asked.Query, http.StatusNotFound)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestPeopleOfAHostileServer: nothing of what a server calls them reaches a terminal as it is.
func TestPeopleOfAHostileServer(t *testing.T) {
	t.Parallel()
	const (
		user    = `{"name":HOSTILE,"role":HOSTILE,"locale":HOSTILE}`
		token   = `{"id":HOSTILE,"name":HOSTILE,"user":HOSTILE,"scopes":[HOSTILE]}`
		refused = `{"payload":{"userErrors":[{"code":"INVALID","field":["name"],"message":HOSTILE},{"code":"INVALID","field":[HOSTILE],"message":HOSTILE}]}}`
	)
	friendly := answering(t, map[string]string{
		"users": `{"users":[` + user + `]}`, "tokens": `{"tokens":[` + token + `]}`,
		"createToken": `{"payload":{"token":` + token + `,"text":HOSTILE}}`, "revokeToken": `{"payload":{"token":` + token + `}}`,
		"createUser": `{"payload":{"user":` + user + `}}`, "updateUser": `{"payload":{"user":` + user + `}}`, "deleteUser": `{"payload":{"user":` + user + `}}`,
	})
	refusing := answering(t, map[string]string{
		"tokens": `{"tokens":[]}`, "createToken": refused, "revokeToken": refused, "createUser": refused, "updateUser": refused, "deleteUser": refused,
	})
	for _, arguments := range []string{
		"user ls", "user create x --no-password", "user set-role x admin", "user disable x", "user delete x -y",
		"token ls", "token ls --user x", "token create x", "token revoke --id x -y", "__complete token revoke ", "__complete user delete ",
	} {
		for _, form := range []string{"text", "json"} {
			for at, address := range map[string]string{"friendly": friendly, "refusing": refusing} {
				given := strings.Split(arguments, " ")
				if given[0] != "__complete" {
					given = append(given, "-o", form)
				}
				got := runCommand(t, address, given...)
				what := fmt.Sprintf("%s -o %s, %s: %+v", arguments, form, at, got)
				require.Equal(t, at == "refusing" && !strings.HasPrefix(arguments, "token ls") && given[0] != "__complete", got.code != 0, what)
				for line := range strings.SplitSeq(got.stdout+"\n"+got.stderr, "\n") {
					line = strings.Replace(line, "\t", " ", 1) // between a completion and what it is
					require.Equal(t, terminal.Escape(line), line, what)
				}
			}
		}
	}
	got := runCommand(t, refusing, "user", "create", "x", "--no-password")
	require.Contains(t, got.stderr, "NAME: a\\x1b[2J")
}

func TestCollectIsBounded(t *testing.T) {
	t.Parallel()
	list := func(n int, err error) iter.Seq2[*int, error] {
		return func(yield func(*int, error) bool) {
			for i := range n {
				if !yield(&i, nil) {
					return
				}
			}
			if err != nil {
				yield(nil, err)
			}
		}
	}
	for n, want := range map[int]bool{0: false, peopleMax: false, peopleMax + 1: true} {
		all, more, err := collect(list(n, nil))
		require.NoError(t, err)
		require.Equal(t, want, more)
		require.Len(t, all, min(n, peopleMax))
	}
	_, _, err := collect(list(3, errNoProfile))
	require.ErrorIs(t, err, errNoProfile)
}

func TestNaming(t *testing.T) {
	t.Parallel()
	names := map[string]string{"name": "NAME"}
	one := &client.Error{Code: client.CodeConflict, Field: []string{"name"}, Message: "taken"}
	two := &client.Error{Code: client.CodeInvalid, Field: []string{"other"}, Message: "wrong"}
	require.Equal(t, "NAME: taken; other: wrong", reasons(naming(errors.Join(one, two), names)))
	require.Equal(t, []string{"name"}, one.Field, "it is left as it was")
	require.Equal(t, client.CodeConflict, client.CodeOf(naming(one, names)))
	require.Equal(t, errNoProfile, naming(errNoProfile, names))
}

func TestFindToken(t *testing.T) {
	t.Parallel()
	all := []*client.Token{{ID: "1", Name: "ci"}, {ID: "2", Name: "twice"}, {ID: "3", Name: "twice"}, {ID: "4", Name: "1"}, {ID: "5", Name: "5"}}
	for word, want := range map[string]string{"ci": "1", "2": "2", "4": "4", "5": "5", "twice": "2, 3", "1": "1, 4", "none": "none of this id or name", "": "none of this id or name"} {
		token, err := findToken(all, word)
		if err == nil {
			require.Equal(t, want, token.ID, word)
			continue
		}
		require.ErrorContains(t, err, want, word)
	}
}

// nobody reads what is written.
type nobody struct{}

func (nobody) Write([]byte) (int, error) { return 0, errors.New("nobody reads it") }

// A token whose text nobody has got counts all the same, which must be told.
func TestTokenThatNobodyReads(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var stderr bytes.Buffer
	root := &cobra.Command{Use: "stepcast", SilenceErrors: true, SilenceUsage: true}
	Add(root, Options{Environ: []string{"STEPCAST_URL=" + s.url, "STEPCAST_TOKEN=" + testToken}, Stdout: nobody{}, Stderr: &stderr})
	root.SetArgs([]string{"token", "create", "ci"})
	err := root.ExecuteContext(t.Context())
	require.EqualError(t, err, "write the token: nobody reads it; nobody has it, so revoke it: stepcast token revoke --id 3")
	require.Equal(t, ExitFailure, ExitCode(err))
	require.Empty(t, stderr.String())
}

func TestReadSecrets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{"one\ntwo\n": {"one", "two"}, "one\r\n two ": {"one", " two "}} {
		got, err := readSecrets(strings.NewReader(text), "a", "b")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "one", "one\n\n", "\ntwo", "one\ntwo\nthree", "one\n\r\n"} {
		_, err := readSecrets(strings.NewReader(text), "a", "b")
		require.EqualError(t, err, "standard input must be a and b, each on a line of its own, and nothing else", "%q", text)
	}
	_, err := readSecrets(strings.NewReader(strings.Repeat("x", lineMax+1)), "a")
	require.ErrorContains(t, err, "longer than 4096 bytes")
}
