package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// profileDefault is the profile that login makes when no other is named.
const profileDefault = "default"

// profile is a server, and how to sign in there.
type profile struct {
	URL string `json:"url"`
	// User is who signed in, for people to read.
	User string `json:"user"`
	// Token is an API token; else Session is the secret of a session until ExpiresAt.
	Token     string     `json:"token,omitempty"`
	Session   string     `json:"session,omitempty"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
}

// profiles is the file of profiles.
type profiles struct {
	// Current is the profile that counts when none is named.
	Current  string             `json:"current"`
	Profiles map[string]profile `json:"profiles"`
}

// errNoProfile: nobody has logged in.
var errNoProfile = errors.New("there is no profile")

// profilesPath is where the profiles of this user are.
func profilesPath() (string, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of settings: %w; use STEPCAST_URL and STEPCAST_TOKEN", err)
	}
	return filepath.Join(folder, "stepcast", "profiles.json"), nil
}

// readProfiles gives the profiles; none when there is no file.
func (e *env) readProfiles() (profiles, error) {
	none := profiles{Profiles: map[string]profile{}}
	path, err := profilesPath()
	if err != nil {
		return none, nil // who has no such folder has no profiles
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, fmt.Errorf("read profiles: %w", err)
	}
	var file profiles
	if err := json.Unmarshal(text, &file); err != nil {
		return none, fmt.Errorf("read profiles: %s: %w; remove it and log in again", path, err)
	}
	if file.Profiles == nil {
		file.Profiles = none.Profiles
	}
	return file, nil
}

// writeProfiles keeps the profiles, for nobody but this user.
func writeProfiles(file profiles) error {
	path, err := profilesPath()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return fmt.Errorf("encode profiles: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep the profile: %w", err)
	}
	// Beside it and then in its place: nobody ever reads half of it, and the mode is 0600
	// from the beginning.
	beside, err := os.CreateTemp(filepath.Dir(path), "profiles.*")
	if err != nil {
		return fmt.Errorf("keep the profile: %w", err)
	}
	_, err = beside.Write(append(text, '\n'))
	if err = errors.Join(err, beside.Close()); err == nil {
		err = os.Rename(beside.Name(), path)
	}
	if err != nil {
		_ = os.Remove(beside.Name())
		return fmt.Errorf("keep the profile: %w", err)
	}
	return nil
}

// fromProfile gives the server of a profile, "" for the current one.
func (e *env) fromProfile(name string) (target, error) {
	file, err := e.readProfiles()
	if err != nil {
		return target{}, err
	}
	asked := name
	if name == "" {
		name = file.Current
	}
	p, ok := file.Profiles[name]
	switch {
	case !ok && asked == "":
		return target{}, errNoProfile
	case !ok:
		return target{}, fail(ExitUsage, fmt.Errorf("there is no profile %q, %s; make it with \"stepcast login URL --profile %s\"", asked, file.listed(), asked))
	}
	return target{from: "the profile " + name, url: p.URL, token: p.Token, session: p.Session}, nil
}

// listed says which profiles there are.
func (p profiles) listed() string {
	if len(p.Profiles) == 0 {
		return "and no other"
	}
	return "only " + strings.Join(slices.Sorted(maps.Keys(p.Profiles)), ", ")
}

// cleanURL makes two spellings of a server's address one.
func cleanURL(url string) string { return strings.TrimRight(url, "/") }

// isSession says whether the profile ends by itself.
func (p profile) isSession() bool { return p.Session != "" }

// target is the server of a profile that is being made.
func (p profile) target() target {
	return target{from: "the command line", url: p.URL, token: p.Token, session: p.Session}
}
