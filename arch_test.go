package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
)

func TestMain(m *testing.M) {
	process.Main()
	os.Exit(m.Run())
}

// layers is the import table of docs/architecture.md: a room imports rooms of lower
// layers only, and of its own layer only what beside says.
var layers = map[string]int{
	"": 5, "app": 5, "e2e": 5, "bench": 5,
	"resolvers": 4, "graph": 4, "rest": 4, "live": 4, "web": 4, "cli": 4, "client": 4, "engine": 4,
	"tasks": 3, "auth": 3,
	"watch": 2,
	"store": 1, "bus": 1, "executor": 1, "blob": 1,
	"models": 0, "config": 0, "internal": 0,
}

// beside are the rooms of one layer that may import each other.
var beside = map[string][]string{
	"":          {"app"},
	"e2e":       {"", "app"},
	"bench":     {"", "app"},
	"resolvers": {"graph"},
	"graph":     {"resolvers"}, // generated: it binds the types that the resolvers show
	"cli":       {"client"},
}

// only names the rooms that may import a library, and nobody else.
var only = map[string][]string{
	"gorm.io/":                       {"store"},
	"github.com/glebarez/":           {"store", "executor/sql"},
	"github.com/nats-io/":            {"bus/nats"},
	"os/exec":                        {"internal/process"},
	"github.com/rivo/uniseg":         {"internal/terminal"},
	"golang.org/x/term":              {"internal/terminal", "cli"},
	"github.com/99designs/gqlgen":    {"graph", "resolvers", "live", "bench/live"}, // the last measures against it
	"github.com/vektah/gqlparser/v2": {"graph", "resolvers", "live", "bench/live"},
	"github.com/prometheus/":         {"app", "live", "engine", "tasks", "watch", "store", "internal/metricstest"},
}

// TestImportsPointDownwards reads the imports of every file, tests included.
func TestImportsPointDownwards(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		files++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			checkImport(t, filepath.ToSlash(path), imported)
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, files, 100, "the whole tree was read")
}

func checkImport(t *testing.T, file, imported string) {
	folder, test := filepath.ToSlash(filepath.Dir(file)), strings.HasSuffix(file, "_test.go")
	if folder == "." {
		folder = ""
	}
	for library, rooms := range only {
		if strings.HasPrefix(imported, library) && !test && !slices.ContainsFunc(rooms, func(room string) bool { return within(folder, room) }) {
			t.Errorf("%s imports %s, which only %s may", file, imported, strings.Join(rooms, ", "))
		}
	}
	inner, ours := strings.CutPrefix(imported, "stepcast")
	if !ours {
		first, _, _ := strings.Cut(imported, "/")
		if room(folder) == "models" && strings.Contains(first, ".") && !test {
			t.Errorf("%s imports %s: models imports the standard library only", file, imported)
		}
		return
	}
	from, to := room(folder), room(strings.TrimPrefix(inner, "/"))
	if from == to && !apart(folder, strings.TrimPrefix(inner, "/")) || test {
		return // tests may bring up what they need
	}
	fromLayer, known := layers[from]
	if !known {
		t.Errorf("%s is in no room of the table", file)
		return
	}
	if layers[to] < fromLayer || slices.Contains(beside[from], to) {
		return
	}
	t.Errorf("%s (layer %d) imports %s (layer %d): imports point downwards only", file, fromLayer, imported, layers[to])
}

func room(folder string) string {
	first, _, _ := strings.Cut(folder, "/")
	return first
}

func within(folder, room string) bool {
	return folder == room || strings.HasPrefix(folder, room+"/")
}

// apart says whether two folders of one room are adapters that must not know each other.
func apart(from, to string) bool {
	for _, pair := range [][2]string{{"rest/linkis", "rest/imanager"}, {"bus/memory", "bus/nats"}} {
		if within(from, pair[0]) && within(to, pair[1]) || within(from, pair[1]) && within(to, pair[0]) {
			return true
		}
	}
	return false
}
