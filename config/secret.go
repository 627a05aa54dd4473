package config

import "log/slog"

// hidden stands wherever a secret would show.
const hidden = "[hidden]"

// Secret is a text that does not show when it is printed, logged or encoded. Only
// Reveal gives it away.
type Secret string

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String says whether there is a secret, not which.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue is String, for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String, for JSON and YAML. The error is always nil.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
