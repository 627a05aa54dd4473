package auth

import (
	"context"
	"time"

	"stepcast/models"
)

// Store keeps users, tokens and sessions; *store.Store is the one that does. What
// does not exist is a models.Fault of NOT_FOUND; its other errors say what was being
// done. What it gives out is its caller's.
type Store interface {
	// PutUser adds the user, or replaces the one of that name.
	PutUser(ctx context.Context, user *models.User) error
	User(ctx context.Context, name string) (*models.User, error)
	// Users lists everyone by name.
	Users(ctx context.Context) ([]*models.User, error)
	// UsersAfter lists users by name: those after the name given, and at most limit.
	UsersAfter(ctx context.Context, name string, limit int) ([]*models.User, error)
	CountUsers(ctx context.Context) (int, error)
	// ChangeUser reads a user, lets edit change all but the name and CreatedAt, and stores the
	// user, in one transaction; it gives the user, or edit's error. edit is told whether another
	// enabled user is ADMIN, and may run again.
	ChangeUser(ctx context.Context, name string, edit func(u *models.User, anotherAdmin bool) error) (*models.User, error)
	// DeleteUser deletes the user with all tokens and sessions, unless allow gives an error,
	// and gives the user as it was. allow is called as edit is.
	DeleteUser(ctx context.Context, name string, allow func(u *models.User, anotherAdmin bool) error) (*models.User, error)

	// AddToken adds the token and sets its ID.
	AddToken(ctx context.Context, token *models.Token) error
	TokenByHash(ctx context.Context, hash string) (*models.Token, error)
	// Token and TokensAfter give LastUsedAt as well. TokensAfter lists those of a user that
	// were not revoked, by id: those after the id given, and at most limit.
	Token(ctx context.Context, id int64) (*models.Token, error)
	TokensAfter(ctx context.Context, user string, id int64, limit int) ([]*models.Token, error)
	// CountTokens counts those of a user that are neither revoked nor expired at the time.
	CountTokens(ctx context.Context, user string, at time.Time) (int, error)
	// TokensOf lists the tokens of a user by id, revoked ones included.
	TokensOf(ctx context.Context, user string) ([]*models.Token, error)
	// TokensNamed lists the tokens of a name by id, whosever they are.
	TokensNamed(ctx context.Context, name string) ([]*models.Token, error)
	// PutToken replaces all but Hash and CreatedAt of the token with this ID.
	PutToken(ctx context.Context, token *models.Token) error
	RevokeToken(ctx context.Context, id int64, at time.Time) error
	// DeleteEndedTokens deletes those that expired or were revoked by the time given, but for
	// those of the names given, of which there is one at least, and counts them.
	DeleteEndedTokens(ctx context.Context, at time.Time, except []string) (int, error)
	// NoteTokenUses stores when tokens were last used, by their ids; those that are gone are
	// left out.
	NoteTokenUses(ctx context.Context, uses map[int64]time.Time) error

	AddSession(ctx context.Context, session *models.Session) error
	SessionByHash(ctx context.Context, hash string) (*models.Session, error)
	// DeleteSession is done as well when there is none.
	DeleteSession(ctx context.Context, hash string) error
	// TakeSession deletes the session and gives it to exactly one caller.
	TakeSession(ctx context.Context, hash string) (*models.Session, error)
	// DeleteSessionsOf deletes all of a user's, but for the one of this hash; "" is none.
	DeleteSessionsOf(ctx context.Context, user, except string) error
	// DeleteExpiredSessions deletes those that ended by the time given, and counts them.
	DeleteExpiredSessions(ctx context.Context, at time.Time) (int, error)
}
