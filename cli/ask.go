package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"stepcast/internal/terminal"
)

// lineMax bounds, in bytes, what is typed or read as one line.
const lineMax = 4096

// mayAsk says whether somebody can be asked something and see it.
func (e *env) mayAsk() bool { return terminal.Is(e.Stdin) && terminal.Is(e.Stderr) }

// confirm asks a question on the terminal, where mayAsk. Whatever is not yes is no.
func (e *env) confirm(ctx context.Context, question string) (bool, error) {
	fmt.Fprintf(e.Stderr, "%s [y/N] ", question)
	tty := e.stdinFile()
	answer, err := interruptible(ctx, tty, func() (string, error) { return readLine(tty) })
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return strings.HasPrefix(strings.ToLower(answer), "y"), nil
}

// consent asks before something is done that nobody can undo, unless yes says that it was
// asked already. Its error is that it must not be done.
func (e *env) consent(ctx context.Context, yes bool, question string) error {
	if yes {
		return nil
	}
	if !e.mayAsk() {
		return fail(ExitUsage, errors.New("nobody can be asked here; add --yes to do it without asking"))
	}
	agreed, err := e.confirm(ctx, question)
	if err == nil && !agreed {
		err = fail(ExitFailure, errors.New("nothing was done"))
	}
	return err
}

// askSecret asks for what must not be seen.
func askSecret(ctx context.Context, tty *os.File, prompt string) (string, error) {
	restore, err := terminal.HideInput(tty)
	if err != nil {
		return "", fmt.Errorf("hide what is typed: %w", err)
	}
	defer restore()
	fmt.Fprint(tty, prompt)
	secret, err := interruptible(ctx, tty, func() (string, error) {
		text, err := term.ReadPassword(int(tty.Fd()))
		return string(text), err
	})
	fmt.Fprintln(tty)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return secret, nil
}

// interruptible reads from a terminal. When ctx ends first, the terminal is put back as it
// was, and the read, which nothing can end, is left to the end of the program.
func interruptible(ctx context.Context, tty *os.File, read func() (string, error)) (string, error) {
	before, err := term.GetState(int(tty.Fd()))
	if err != nil {
		return "", err
	}
	type answer struct {
		text string
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		text, err := read()
		answered <- answer{text, err}
	}()
	select {
	case a := <-answered:
		return a.text, a.err
	case <-ctx.Done():
		_ = term.Restore(int(tty.Fd()), before) // nothing more can be done
		return "", fail(ExitInterrupted, errors.New("interrupted"))
	}
}

// readLine reads a line byte by byte, so that what follows is left for others.
func readLine(r io.Reader) (string, error) {
	var line []byte
	for one := make([]byte, 1); len(line) < lineMax; {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' {
			return strings.TrimSpace(string(line)), nil
		}
		line = append(line, one[:n]...)
		if err != nil {
			return strings.TrimSpace(string(line)), err
		}
	}
	return "", fmt.Errorf("a line of more than %d bytes", lineMax)
}

// readSecrets reads secrets from standard input, a line each.
func readSecrets(r io.Reader, names ...string) ([]string, error) {
	most := lineMax * len(names)
	text, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	if len(text) > most {
		return nil, fail(ExitUsage, fmt.Errorf("what is on standard input is longer than %d bytes", most))
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(line, "\r")
	}
	if len(lines) != len(names) || slices.Contains(lines, "") {
		return nil, fail(ExitUsage, fmt.Errorf("standard input must be %s, each on a line of its own, and nothing else", strings.Join(names, " and ")))
	}
	return lines, nil
}
