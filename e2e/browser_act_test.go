package e2e

import (
	"context"
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// What a person does in a page: by pointer and keys, as the browser has them from a hand.

// signIn signs in as a person does: with the link of the server's first start.
func (w *tab) signIn(s *server) {
	w.t.Helper()
	out, err := command(w.t, "login-link", "--data", s.data).Output()
	require.NoError(w.t, err)
	link := signInLink.FindString(string(out))
	require.NotEmpty(w.t, link)
	run(w, chromedp.Navigate(link))
	w.press("Sign in to Stepcast")
	w.untilConsole()
}

// signInAs signs in with the name and the password of a user of the tests.
func (w *tab) signInAs(name string) {
	w.t.Helper()
	run(w, chromedp.Navigate(w.url+"/"))
	w.fill("#name", name)
	w.fill("#password", password)
	w.press("Sign in to Stepcast")
	w.untilConsole()
}

// open goes to a page of the console, and waits until it shows something.
func (w *tab) open(path string) {
	w.t.Helper()
	run(w, chromedp.Navigate(w.url+path))
	w.untilConsole()
}

// untilConsole waits until a page of the console has its title.
func (w *tab) untilConsole() {
	w.t.Helper()
	w.until("the console", `document.querySelector("#console main h1")`)
}

// openTab shows a part of the page of a task.
func (w *tab) openTab(id string) {
	w.t.Helper()
	w.click("#tab-" + id)
	w.until("the tab "+id, `document.querySelector("#tab-`+id+`").ariaSelected === "true"`)
}

// act runs an action; where it cannot, the test says what the page shows instead.
func (w *tab) act(what string, action chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.ctx, patience)
	defer stop()
	if _, err := chromedp.Run(ctx, action); err != nil {
		w.t.Fatalf("%s: %v; the page says:\n%s", what, err, w.text("body"))
	}
}

// click clicks on the first element that a selector finds, once it is visible.
func (w *tab) click(selector string) {
	w.t.Helper()
	w.act("click on "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// press clicks on the button or link with a text, once it is visible.
func (w *tab) press(text string) {
	w.t.Helper()
	w.pressIn("*", text)
}

// pressIn is press for what stands in an element of a kind.
func (w *tab) pressIn(kind, text string) {
	w.t.Helper()
	found := fmt.Sprintf(`//%s//*[self::button or self::a][normalize-space()="%s"]`, kind, text)
	w.act("press "+text, chromedp.Click(chromedp.Search(found), chromedp.NodeVisible))
}

// fill writes a text into a field, in the place of what it holds.
func (w *tab) fill(selector, text string) {
	w.t.Helper()
	w.click(selector)
	run(w, chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	w.key(kb.Delete + text)
}

// choose takes the option of a list that says a text.
func (w *tab) choose(selector, option string) {
	w.t.Helper()
	w.until("the option "+option, fmt.Sprintf(`[...(document.querySelector(%s)?.options ?? [])].some(o => o.text === %s)`, quoted(selector), quoted(option)))
	eval[chromedp.Void](w, fmt.Sprintf(`(list => {
		list.value = [...list.options].find(option => option.text === %s).value;
		list.dispatchEvent(new Event("change", {bubbles: true}));
	})(document.querySelector(%s))`, quoted(option), quoted(selector)))
}

// key presses keys wherever the focus is.
func (w *tab) key(keys string) {
	w.t.Helper()
	run(w, chromedp.KeyEvent(keys))
}

// focus gives an element the focus.
func (w *tab) focus(selector string) {
	w.t.Helper()
	w.act("focus "+selector, chromedp.Focus(chromedp.CSS(selector)))
}
