package auth

import (
	"errors"

	"stepcast/models"
)

// Why somebody is not let in. Each arrives as a models.Fault of UNAUTHENTICATED whose
// message is the text here; errors.Is tells them apart for adapters whose protocol has
// a wording for each.
var (
	// ErrNoCredential: the request carries nothing to sign in with.
	ErrNoCredential = errors.New(`sign in first: send "Authorization: Bearer <token>", or sign in at /login`)
	// ErrUnknown: there is no such token or session, or no longer.
	ErrUnknown = errors.New("this sign-in does not count: it is unknown or was revoked; sign in again")
	// ErrExpired: the token or session has ended by itself.
	ErrExpired = errors.New("this sign-in has expired; sign in again")
	// ErrDisabled: the user was switched off.
	ErrDisabled = errors.New("this user is disabled; ask an administrator")
	// ErrWrongPassword: there is no such user, or the password is another.
	ErrWrongPassword = errors.New("wrong user name or password")
	// ErrLinkUsed: the one-time link was used, has expired, or never was one.
	ErrLinkUsed = errors.New("this sign-in link has been used or has expired; " +
		"on the server's machine, `stepcast login-link` makes a new one")
	// ErrMayNotActFor: the token does not cover the user that was named.
	ErrMayNotActFor = errors.New("this token may not act for that user")
	// ErrUnknownUser: the named user does not exist and the token may not create one.
	ErrUnknownUser = errors.New("the user to act for does not exist")
)

// errOtherSite is the answer to a cookie that a page of another site made the browser send.
var errOtherSite = models.Faultf(models.CodeForbidden,
	"this request was started by a page of another site; its session cookie does not count here")

// errForeignForm is the answer to a page of another site that wants to sign its reader in.
var errForeignForm = models.Faultf(models.CodeForbidden, "sign in from a page of this server")

// refusal is an UNAUTHENTICATED Fault that keeps its reason.
type refusal struct {
	fault  *models.Fault
	reason error
}

func refuse(reason error) error {
	return &refusal{fault: models.Faultf(models.CodeUnauthenticated, "%s", reason.Error()), reason: reason}
}

func (r *refusal) Error() string { return r.fault.Error() }

func (r *refusal) Unwrap() []error { return []error{r.fault, r.reason} }

// missing says whether err is the store's answer for what does not exist.
func missing(err error) bool { return models.CodeOf(err) == models.CodeNotFound }
