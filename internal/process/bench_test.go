package process_test

import (
	"testing"

	"stepcast/internal/process"
)

// BenchmarkStart measures a program that does nothing, from Start to the end of Wait.
func BenchmarkStart(b *testing.B) {
	program, err := process.LookPath("true")
	if err != nil {
		b.Skip("no program true")
	}
	for b.Loop() {
		p, err := process.Start(b.Context(), process.Spec{Path: program})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPause measures a pause of a small tree, verified, and its resume.
func BenchmarkPause(b *testing.B) {
	program, err := process.LookPath("sh")
	if err != nil {
		b.Skip("no program sh")
	}
	p, err := process.Start(b.Context(), process.Spec{
		Path: program, Args: []string{"-c", "sleep 1000 & sleep 1000 & wait"}, Env: []string{"PATH=/usr/bin:/bin"},
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := p.Pause(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := p.Resume(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	p.Kill()
	_, _ = p.Wait()
}
