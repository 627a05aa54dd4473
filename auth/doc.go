// Package auth says who asks: users, passwords, API tokens, sessions and one-time
// sign-in links. It turns what a request carries into a models.Viewer. What that
// viewer may do is not decided here but in tasks/policy.go, and who may call the
// functions that manage users and tokens is decided by their callers.
//
// How one signs in, and what that leaves behind:
//
//	password ──Login──────▶ user ──StartSession──▶ session ──Session──▶ Viewer
//	link ─────Redeem (exactly once)──────────────▶ session
//	token ────Bearer───────────────────────────────────────────────────▶ Viewer
//	token + named user ──TokenUser─────────────────────────────────────▶ Viewer
//
// Secrets are random and stored as their SHA-256; passwords are stored as argon2id.
// None of them is ever logged or given out a second time.
//
// Look-ups go through caches that forget within Options.CacheTTL, so that what was
// revoked in another process stops counting within five seconds; what is revoked in
// this process stops counting at once.
package auth
