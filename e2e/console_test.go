package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConsoleOpens signs in, and looks at the frame around every page.
func TestConsoleOpens(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t)
	for _, on := range []screen{desktop, phone} {
		t.Run(on.name, func(t *testing.T) {
			w := newTab(t, s, on)
			w.signIn(s)
			w.untilText("admin")
			require.Equal(t, "Tasks", w.text("main h1"))
			w.key("?")
			w.untilText("Show these keys")
			w.press("Close")
			w.until("the dialog to be gone", "!document.querySelector('dialog')")
			w.requireNoOverflow()
			top := eval[float64](w, "document.querySelector('main > *').getBoundingClientRect().top")
			require.LessOrEqual(t, top, 110.0, "what stands above every page leaves the screen to it")
		})
	}
}
