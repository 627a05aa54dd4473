package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
)

// page is what the sign-in page shows: a button that uses up a link when Token is set,
// else a form for name and password.
type page struct {
	pageTexts
	Token   string
	Problem string
	// UserName is what was typed before.
	UserName string
	// Next is where to go after signing in: a local path, or "".
	Next  string
	Style template.CSS
}

const pageStyle = `:root{color-scheme:light dark;--text:#1c2330;--soft:#566074;--page:#f4f6f9;--card:#fff;--line:#8a94a6;` +
	`--strong:#1d5fd1;--on:#fff;--bad:#b3261e}` +
	`@media(prefers-color-scheme:dark){:root{--text:#e6e9ef;--soft:#a5aec0;--page:#12161d;--card:#1b212b;--line:#77839a;` +
	`--strong:#7aa8ff;--on:#0d1420;--bad:#ff9c93}}` +
	`*{box-sizing:border-box}` +
	`body{font:1rem/1.5 system-ui,sans-serif;margin:0;padding:1rem;min-height:100vh;display:grid;place-items:center;` +
	`color:var(--text);background:var(--page)}` +
	`main{width:100%;max-width:22rem;padding:1.5rem;border-radius:.75rem;background:var(--card)}` +
	`h1{font-size:1.4rem;line-height:1.3;margin:0 0 1rem}p{margin:0 0 1rem;overflow-wrap:anywhere}` +
	`label{display:block;margin:0 0 .25rem;color:var(--soft)}` +
	`input,button{font:inherit;width:100%;min-height:2.75rem;padding:.5rem .75rem;border-radius:.4rem}` +
	`input{margin:0 0 1rem;color:inherit;background:transparent;border:1px solid var(--line)}` +
	`button{color:var(--on);background:var(--strong);border:1px solid var(--strong);font-weight:600;cursor:pointer}` +
	`input:focus-visible,button:focus-visible{outline:3px solid var(--strong);outline-offset:2px}` +
	`[role=alert]{color:var(--bad)}`

// The focus is where the next key belongs: in the first empty field, else on the button.
var pageTemplate = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<style>{{.Style}}</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
{{with .Problem}}<p role="alert" id="problem">{{.}}</p>
{{end}}<form method="post" action="/login">
{{with .Next}}<input type="hidden" name="next" value="{{.}}">
{{end}}{{if .Token}}<p>{{.ByLink}}</p>
<input type="hidden" name="token" value="{{.Token}}">
<button autofocus>{{.Button}}</button>
{{else}}<label for="name">{{.Name}}</label>
<input id="name" name="name" value="{{.UserName}}" maxlength="64" autocomplete="username" autocapitalize="none" spellcheck="false" required{{if .Problem}} aria-describedby="problem"{{end}}{{if not .UserName}} autofocus{{end}}>
<label for="password">{{.Password}}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{{if .Problem}} aria-describedby="problem"{{end}}{{if .UserName}} autofocus{{end}}>
<button>{{.Button}}</button>
{{end}}</form>
</main>
</body>
</html>
`))

// pagePolicy lets the page show its own style and post its form, and nothing else.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}()

func (p page) write(w http.ResponseWriter, status int) error {
	p.Style = pageStyle
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, p); err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", p.Lang)
	header.Set("Vary", "Accept-Language")
	header.Set("Content-Security-Policy", pagePolicy)
	header.Set("X-Frame-Options", "DENY")
	// Not no-referrer: under it browsers post the form with "Origin: null", which over
	// plain HTTP is all that SameSite has to go by. The origin tells no secret.
	header.Set("Referrer-Policy", "strict-origin")
	w.WriteHeader(status)
	_, err := body.WriteTo(w)
	return err
}
