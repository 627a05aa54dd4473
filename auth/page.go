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
	Token   string
	Problem string
	Style   template.CSS
}

const pageStyle = `body{font:16px/1.5 system-ui,sans-serif;max-width:22rem;margin:18vh auto;padding:0 1rem}` +
	`input,button{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;margin:.25rem 0 .75rem}` +
	`[role=alert]{color:#b00020}` +
	`:root{color-scheme:light dark}`

var pageTemplate = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Sign in to Stepcast</title>
<style>{{.Style}}</style>
</head>
<body>
<main>
<h1>Stepcast</h1>
{{with .Problem}}<p role="alert">{{.}}</p>
{{end}}<form method="post" action="/login">
{{if .Token}}<input type="hidden" name="token" value="{{.Token}}">
{{else}}<label>User name <input name="name" autocomplete="username" autocapitalize="none" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
{{end}}<button>Sign in to Stepcast</button>
</form>
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
	header.Set("Content-Security-Policy", pagePolicy)
	header.Set("X-Frame-Options", "DENY")
	// Not no-referrer: under it browsers post the form with "Origin: null", which over
	// plain HTTP is all that SameSite has to go by. The origin tells no secret.
	header.Set("Referrer-Policy", "strict-origin")
	w.WriteHeader(status)
	_, err := body.WriteTo(w)
	return err
}
