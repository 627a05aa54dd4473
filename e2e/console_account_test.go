package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// typeAt writes into the field that a selector finds, which is empty.
func (w *tab) typeAt(selector, text string) {
	w.t.Helper()
	w.until("the field "+selector, "document.querySelector("+quoted(selector)+")")
	eval[chromedp.Void](w, "document.querySelector("+quoted(selector)+").focus()")
	w.key(text)
}

// TestConsoleAccount is what somebody does who signed in by a link for the first time: a
// password, a token for a program, and taking the token back.
func TestConsoleAccount(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t)
	w := newTab(t, s, phone)
	w.signIn(s)
	run(w, chromedp.Navigate(s.url+"/account"))
	w.untilText("You have no password")
	const form = "form[aria-label=Password] "
	w.typeAt(form+"label:nth-of-type(1) input", "short")
	w.typeAt(form+"label:nth-of-type(2) input", "short"+kb.Enter)
	w.untilText("a password has 8 to 1024 bytes")
	w.until("the focus on what is wrong", `document.activeElement.matches("[aria-invalid=true]")`)
	w.key(" but long enough")
	w.typeAt(form+"label:nth-of-type(2) input", " but long enough"+kb.Enter)
	w.untilText("The password was set")
	w.untilText("Current password")

	w.until("the fold", "document.querySelector('details summary')")
	eval[chromedp.Void](w, "document.querySelector('details summary').focus()")
	w.key(kb.Enter)
	w.typeAt("form[aria-label='Create a token'] input", "backup"+kb.Enter)
	w.untilText("it is shown here once and never again")
	w.requireNoOverflow()
	w.keep("account-phone")
	c, err := client.New(s.url, client.WithToken(w.text(".made pre code")))
	require.NoError(t, err)
	viewer, err := c.Viewer(t.Context())
	require.NoError(t, err)
	require.Equal(t, []client.TokenScope{client.ScopeRead, client.ScopeSubmit, client.ScopeControl}, viewer.Scopes)
	w.press("I have copied it")
	w.until("the text to be gone", "!document.querySelector('.made')")

	const revoke = "[...document.querySelectorAll('.entry')].find(row => row.innerText.includes('backup'))?.querySelector('button')"
	w.until("the token in the list", revoke)
	eval[chromedp.Void](w, revoke+".click()")
	w.untilText("Revoke this token?")
	w.key(kb.Enter)
	w.untilText("was revoked")
	w.until("the token to be gone", "!("+revoke+")")
	require.Equal(t, "API tokens", eval[string](w, "document.activeElement.innerText"), "the focus stays near")
	_, err = c.Viewer(t.Context())
	require.Equal(t, client.CodeUnauthenticated, client.CodeOf(err))
}

// TestConsoleUsers is what an admin does with somebody new, and what that one sees of it.
func TestConsoleUsers(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	chromium(t)
	s := start(t)
	w := newTab(t, s, desktop)
	w.signIn(s)
	w.press("Users")
	w.untilText("Create a user")
	w.until("the fold", "document.querySelector('details summary')")
	eval[chromedp.Void](w, "document.querySelector('details summary').focus()")
	w.key(kb.Enter)
	const form = "form[aria-label='Create a user'] "
	w.typeAt(form+"input", "task")
	w.typeAt(form+"fieldset label:nth-of-type(1) input[type=password]", password)
	w.typeAt(form+"fieldset label:nth-of-type(2) input[type=password]", password+kb.Enter)
	w.untilText("neither server nor task")
	w.until("the focus on what is wrong", `document.activeElement.matches("[aria-invalid=true]")`)
	w.key("-force" + kb.Enter)
	w.until("the page of the user", "document.querySelector('h1')?.innerText === 'task-force'")
	w.untilText("End access")
	w.requireNoOverflow()

	ann := newTabBeside(t, s, desktop)
	run(ann, chromedp.Navigate(s.url+"/users"))
	ann.typeAt("#name", "task-force")
	ann.typeAt("#password", password+kb.Enter)
	ann.untilText("Only admins see and change users. Your role is: Member.")

	w.press("Shut out")
	w.untilText("Shut this user out?")
	w.key(kb.Enter)
	w.untilText("task-force is shut out")
	run(ann, chromedp.Navigate(s.url+"/account"))
	ann.until("the sign-in page", "location.pathname === '/login'")

	w.press("Delete")
	w.untilText("those that were accepted run on")
	w.key(kb.Enter)
	w.untilText("The user task-force was deleted")
	w.until("the list without the user", "document.querySelectorAll('.entry').length === 1")
}
