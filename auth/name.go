package auth

import (
	"slices"
	"strings"

	"stepcast/models"
)

// nameMax is the length of the longest user name.
const nameMax = 64

// reservedNames are written where a user name could stand, as who ended a task.
var reservedNames = []string{"server", "task"}

// nameRule is what a user name may be, as errors say it.
const nameRule = "1 to 64 of the characters a-z 0-9 . _ @ -, a letter or digit first, and neither server nor task"

// ParseName reads a user name in any case and gives it as it is stored, in lower
// case; ok is false for what can be nobody's name.
//
// The characters are those of login names and mail addresses. All of them may stand
// in a Linkis execution id, whose parts are told apart by their lengths and whose
// task id is what follows the last "_".
func ParseName(s string) (name string, ok bool) {
	if s == "" || len(s) > nameMax {
		return "", false
	}
	for i := range len(s) {
		if !nameByte(s[i], i == 0) {
			return "", false
		}
	}
	name = strings.ToLower(s)
	return name, !slices.Contains(reservedNames, name)
}

func nameByte(b byte, first bool) bool {
	switch {
	case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		return true
	}
	return !first && strings.IndexByte("._@-", b) >= 0
}

// validName reads the name of a user that is to be created.
func validName(s string) (string, error) {
	name, ok := ParseName(s)
	if !ok {
		return "", models.Invalid([]string{"name"}, "a user name is %s", nameRule)
	}
	return name, nil
}
