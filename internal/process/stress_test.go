//go:build unix

package process_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
)

// TestStress starts and ends many at once, at every moment of their lives.
func TestStress(t *testing.T) {
	t.Parallel()
	const workers, each = 8, 12
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := range each {
				out := newCapture()
				p, err := process.Start(t.Context(), process.Spec{
					Path: "/bin/sh", Args: []string{"-c", "echo begun; sleep 0.0" + string(rune('0'+i%10)) + " & wait; exit 5"},
					Env: []string{"PATH=/bin:/usr/bin"}, Stdout: out, Grace: 50 * time.Millisecond,
				})
				if err != nil {
					t.Error(err)
					return
				}
				if (w+i)%3 == 0 {
					_ = p.Pause(t.Context())
				}
				switch (w + i) % 4 {
				case 0:
					go p.Stop()
				case 1:
					go p.Kill()
				case 2:
					go p.Stop()
					go p.Kill()
				default:
					_ = p.Resume(t.Context())
				}
				exit, err := p.Wait()
				if err != nil || exit.Survivors != 0 || (exit.Code == nil) == (exit.Signal == "") {
					t.Errorf("%+v, %v", exit, err)
				}
				if exit.Code != nil && *exit.Code == 5 && out.String() != "begun\n" {
					t.Errorf("output %q", out)
				}
			}
		})
	}
	wait.Wait()
	require.False(t, t.Failed())
}
