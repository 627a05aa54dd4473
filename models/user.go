package models

import "time"

// Role is what a user may do at most; tasks/policy.go says what that is. The
// values are those of the GraphQL enum.
type Role string

const (
	Admin    Role = "ADMIN"
	Operator Role = "OPERATOR"
	Member   Role = "MEMBER"
	Observer Role = "VIEWER"
)

// Roles lists every role, the mightiest first.
var Roles = []Role{Admin, Operator, Member, Observer}

// Scope narrows a token to some of its user's rights.
type Scope string

const (
	ScopeRead    Scope = "read"
	ScopeSubmit  Scope = "submit"
	ScopeControl Scope = "control"
	ScopeWork    Scope = "work"
)

// Scopes lists every scope.
var Scopes = []Scope{ScopeRead, ScopeSubmit, ScopeControl, ScopeWork}

// User is someone who may sign in: the row of users. Names are lower case.
type User struct {
	Name string `gorm:"primaryKey"`
	Role Role
	// PasswordHash is empty for a user who signs in by token or link only.
	PasswordHash string
	// HasPassword is set where PasswordHash is left out, for whoever is not to see it.
	HasPassword bool `gorm:"-"`
	// Locale is the preferred language, "" for that of the request.
	Locale    string
	Disabled  bool
	CreatedAt time.Time
}

// Token is an API token: the row of tokens. Its text is shown once and stored as
// its SHA-256.
type Token struct {
	ID   int64 `gorm:"primaryKey"`
	Hash string
	User string `gorm:"column:user_name"`
	Name string
	// Scopes narrows it; empty has all rights of the user.
	Scopes Names
	// ActsFor names the users for whom a Token-User header may ask; "*" is anyone. Empty is its own user.
	ActsFor Names
	// AllowNewUsers lets it create the MEMBER that Token-User names.
	AllowNewUsers bool
	ExpiresAt     *time.Time
	CreatedAt     time.Time
	RevokedAt     *time.Time
	// LastUsedAt is when it last signed somebody in, to the minute; nil is never. It is kept
	// apart, and set only where tokens are listed.
	LastUsedAt *time.Time `gorm:"-"`
}

// TokenUse is when a token was last used: the row of token_uses.
type TokenUse struct {
	TokenID int64 `gorm:"primaryKey"`
	UsedAt  time.Time
}

// SessionKind says on which paths a session cookie counts.
type SessionKind string

const (
	SessionWeb      SessionKind = "web"
	SessionLinkis   SessionKind = "linkis"
	SessionIManager SessionKind = "imanager"
	// SessionLink is a one-time sign-in link: it opens a web session and is gone.
	SessionLink SessionKind = "link"
)

// Session is a signed-in browser or legacy client: the row of sessions.
type Session struct {
	// Hash is the SHA-256 of the secret that the client holds.
	Hash string `gorm:"primaryKey"`
	Kind SessionKind
	User string `gorm:"column:user_name"`
	// Credential names the token that the session stands for, as in Viewer: it has no
	// more rights than the token and ends with it. "" is a session of the user's own.
	Credential string
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

// Viewer is who asks: the answer of auth, the question to tasks.
type Viewer struct {
	Name string
	Role Role
	// Scopes is nil for everything that the role allows.
	Scopes []Scope
	// ExpiresAt is when the sign-in ends; nil is never. Streams end with it.
	ExpiresAt *time.Time
	// Credential names what was signed in with, so that a stream can ask whether it still counts; "" for none.
	Credential string
	// Languages are those that the viewer reads, best first.
	Languages []string
}

// Has says whether the viewer's token covers the scope.
func (v Viewer) Has(scope Scope) bool {
	if v.Scopes == nil {
		return true
	}
	for _, s := range v.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}
