// Package localserver is the note that a running server leaves in its data folder, so that
// commands on the same machine find it and may use it without being told anything.
package localserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FolderDefault is the name of the data folder that Find looks for.
const FolderDefault = ".stepcast"

const fileName = "local.json"

// noteMax bounds a note, in bytes: what is larger was not written by a server.
const noteMax = 64 << 10

// Note says where the server of a data folder is, and what it takes.
type Note struct {
	// URL is where this machine finds the server.
	URL string `json:"url"`
	// Token is an API token that is made for this note alone.
	Token string `json:"token"`
	// TokenID and TokenName name the token to the server that is to revoke it.
	TokenID   int64  `json:"tokenId"`
	TokenName string `json:"tokenName"`
	// Certificate is the path of the PEM file whose first certificate the server shows; ""
	// without HTTPS.
	Certificate string `json:"certificate,omitempty"`
}

// Path is where the note of a data folder is.
func Path(folder string) string { return filepath.Join(folder, fileName) }

// Write leaves the note, for nobody but this user. One that was there is replaced as a
// whole: nobody reads half a note.
func Write(folder string, note Note) (err error) {
	text, err := json.Marshal(note)
	if err != nil {
		return fmt.Errorf("encode note: %w", err)
	}
	// CreateTemp makes it with mode 0600.
	file, err := os.CreateTemp(folder, fileName+".*")
	if err != nil {
		return fmt.Errorf("write note: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // it may be renamed already
		}
	}()
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write note: %w", err)
	}
	if err = os.Rename(file.Name(), Path(folder)); err != nil {
		return fmt.Errorf("write note: %w", err)
	}
	return nil
}

// Read gives the note of a data folder; fs.ErrNotExist when no server has left one.
func Read(folder string) (Note, error) {
	path := Path(folder)
	info, err := os.Stat(path)
	if err != nil {
		return Note{}, fmt.Errorf("read note: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > noteMax {
		return Note{}, fmt.Errorf("read note: %s is no note of a server", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Note{}, fmt.Errorf("read note: %w", err)
	}
	var note Note
	if err := json.Unmarshal(text, &note); err != nil || note.URL == "" {
		return Note{}, fmt.Errorf("read note: %s is no note of a server", path)
	}
	return note, nil
}

// Remove takes the note away; it is done as well when there is none.
func Remove(folder string) error {
	if err := os.Remove(Path(folder)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove note: %w", err)
	}
	return nil
}

// Find looks for a data folder with a note: FolderDefault in dir, then in each folder above
// it. A note that another user could have put there is passed over, because whoever follows
// it hands over what is submitted. fs.ErrNotExist when there is none.
func Find(dir string) (folder string, note Note, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", Note{}, fmt.Errorf("find a server's note: %w", err)
	}
	for {
		folder := filepath.Join(dir, FolderDefault)
		if info, err := os.Stat(Path(folder)); err == nil && private(info) {
			note, err := Read(folder)
			return folder, note, err
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", Note{}, fmt.Errorf("find a server's note: %w", fs.ErrNotExist)
		}
		dir = above
	}
}
