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
	CountUsers(ctx context.Context) (int, error)

	// AddToken adds the token and sets its ID.
	AddToken(ctx context.Context, token *models.Token) error
	TokenByHash(ctx context.Context, hash string) (*models.Token, error)
	// TokensOf lists the tokens of a user by id, revoked ones included.
	TokensOf(ctx context.Context, user string) ([]*models.Token, error)
	// TokensNamed lists the tokens of a name by id, whosever they are.
	TokensNamed(ctx context.Context, name string) ([]*models.Token, error)
	// PutToken replaces all but Hash and CreatedAt of the token with this ID.
	PutToken(ctx context.Context, token *models.Token) error
	RevokeToken(ctx context.Context, id int64, at time.Time) error

	AddSession(ctx context.Context, session *models.Session) error
	SessionByHash(ctx context.Context, hash string) (*models.Session, error)
	// DeleteSession is done as well when there is none.
	DeleteSession(ctx context.Context, hash string) error
	// TakeSession deletes the session and gives it to exactly one caller.
	TakeSession(ctx context.Context, hash string) (*models.Session, error)
	// DeleteSessionsOf deletes all of a user's.
	DeleteSessionsOf(ctx context.Context, user string) error
	// DeleteExpiredSessions deletes those that ended by the time given, and counts them.
	DeleteExpiredSessions(ctx context.Context, at time.Time) (int, error)
}
