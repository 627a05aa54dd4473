package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
)

// tokenPrefix starts every token that we make, so that scanners of leaked secrets
// can tell one.
const tokenPrefix = "sct_"

// secretBytes is the randomness of a secret: too much to guess, so a fast hash is
// enough to store it by.
const secretBytes = 32

// secretMax bounds what is looked up as a token or session, in bytes.
const secretMax = 1024

// newSecret makes a random text of 43 characters that headers, cookies and URLs
// carry as it is.
func newSecret() string {
	return base64.RawURLEncoding.EncodeToString(randomBytes(secretBytes))
}

// hashOf is how a secret is stored and found: its SHA-256 in hexadecimal.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
