// Package testschema is a small schema whose fields behave in the ways that
// transports have to deal with: answers, errors, panics, streams that end, flood or
// break.
package testschema

//go:generate go tool gqlgen generate --config gqlgen.yml
