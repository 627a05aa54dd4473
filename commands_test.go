package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// TestEveryCommandHasAScript: each command is called in a pipe by a script of the end-to-end
// tests, and each that talks to a server on a terminal as well.
func TestEveryCommandHasAScript(t *testing.T) {
	t.Parallel()
	pipe, terminal := scripts(t, "script"), scripts(t, "terminal")
	commands := 0
	root := newRoot(nil, io.Discard, io.Discard)
	root.InitDefaultCompletionCmd()
	walk(root, func(c *cobra.Command) {
		commands++
		path := regexp.QuoteMeta(c.CommandPath())
		if !regexp.MustCompile(`(?m)\b` + path + `( |$)`).MatchString(pipe) {
			t.Errorf("no script of e2e/testdata/script calls %q", c.CommandPath())
		}
		if talks(c) && !regexp.MustCompile(`(?m)^tty \S+ \S+ \S+ `+path+`( |$)`).MatchString(terminal) {
			t.Errorf("no script of e2e/testdata/terminal calls %q on a terminal", c.CommandPath())
		}
	})
	require.Greater(t, commands, 25, "the whole tree was walked")
}

// walk visits every command that does something, but for those that cobra hides.
func walk(c *cobra.Command, visit func(*cobra.Command)) {
	for _, below := range c.Commands() {
		if below.Hidden || below.Name() == "help" {
			continue
		}
		if !below.HasSubCommands() && below.Runnable() {
			visit(below)
		}
		walk(below, visit)
	}
}

// talks says whether a command talks to a server: it, or what it is below, is in a group.
func talks(c *cobra.Command) bool {
	for ; c != nil; c = c.Parent() {
		if c.GroupID != "" {
			return true
		}
	}
	return false
}

// scripts gives all scripts of a folder of the end-to-end tests, without their comments.
func scripts(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("e2e", "testdata", folder, "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		all.WriteString(regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(string(text), ""))
		all.WriteString("\n")
	}
	return all.String()
}
