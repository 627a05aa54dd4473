package engine

import (
	"slices"
	"strings"

	"stepcast/models"
)

// masker replaces secrets in texts. A secret of several lines is hidden line by line.
type masker struct{ replacer *strings.Replacer }

func newMasker(secrets []string) masker {
	var parts []string
	for _, secret := range secrets {
		for line := range strings.SplitSeq(secret, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				parts = append(parts, line)
			}
		}
	}
	if len(parts) == 0 {
		return masker{}
	}
	// Longer ones first: one secret may be part of another.
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, part := range slices.Compact(parts) {
		pairs = append(pairs, part, "***")
	}
	return masker{strings.NewReplacer(pairs...)}
}

func (m masker) hide(text string) string {
	if m.replacer == nil {
		return text
	}
	return m.replacer.Replace(text)
}

// hideIn hides secrets in why something failed; nil stays nil. Executors give texts that
// are the same in every language, or messages of the catalog with arguments.
func (m masker) hideIn(failure *models.TaskError) *models.TaskError {
	if failure == nil || m.replacer == nil {
		return failure
	}
	hidden := *failure
	hidden.Message.Plain = m.hide(hidden.Message.Plain)
	hidden.Message.Args = slices.Clone(hidden.Message.Args)
	for i, arg := range hidden.Message.Args {
		hidden.Message.Args[i] = m.hide(arg)
	}
	return &hidden
}
