package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"stepcast/auth"
	"stepcast/internal/localserver"
	"stepcast/models"
)

// writeNote tells the commands of this machine where the server is, and gives them a token
// of the admin. Whoever reads the data folder can sign in as admin anyway, by a sign-in
// link. A server that cannot leave a note serves all the same.
func (a *App) writeNote(ctx context.Context, s *servers) error {
	if err := a.takeNote(ctx); err != nil {
		return err
	}
	note, err := a.newNote(s)
	if err != nil {
		return err
	}
	// A name of its own: ids may repeat in another database, and replicas share one.
	note.TokenName = "commands on the server's machine " + rand.Text()[:8]
	text, token, err := a.auth.CreateToken(ctx, auth.AdminName, auth.CreateTokenInput{Name: note.TokenName})
	if err != nil {
		return err
	}
	note.Token, note.TokenID = text, token.ID
	return localserver.Write(a.config.Data, note)
}

// endNote is the end of the note of a server that stops.
func (a *App) endNote() {
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	if err := a.takeNote(ctx); err != nil {
		a.logger.Warn("take back the note for the commands on this machine", "error", err)
	}
}

// takeNote revokes the token of the note in the data folder, and removes it: a server that
// was killed has left its own.
func (a *App) takeNote(ctx context.Context) error {
	note, err := localserver.Read(a.config.Data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = a.revoke(ctx, note)
	}
	// Without it the token can be found no more, but an unreadable note must go as well.
	return errors.Join(err, localserver.Remove(a.config.Data))
}

func (a *App) revoke(ctx context.Context, note localserver.Note) error {
	token, err := a.auth.Token(ctx, note.TokenID)
	// Another database may know another token by this number.
	if models.CodeOf(err) == models.CodeNotFound || err == nil && token.Name != note.TokenName {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the token of the note: %w", err)
	}
	return a.auth.RevokeToken(ctx, token.ID)
}

// newNote says which of the addresses to use: one without TLS if there is one, because it
// needs no trust, else the first.
func (a *App) newNote(s *servers) (localserver.Note, error) {
	var chosen *listener
	for i, l := range s.listeners {
		if l.setting == addrSetting && (chosen == nil || chosen.TLS && !l.TLS) {
			chosen = &s.listeners[i]
		}
	}
	note := localserver.Note{URL: chosen.url()}
	if !chosen.TLS {
		return note, nil
	}
	var err error
	note.Certificate, err = filepath.Abs(a.config.TLSCert)
	return note, err
}
