package linkis

import (
	"math"
	"strconv"
	"strings"
)

// readLabels reads the labels of the new style.
func (s *submission) readLabels(labels object, user string) (err error) {
	if err := s.readTimeout(labels); err != nil {
		return err
	}
	if s.engine, err = labels.label("engineType"); err != nil {
		return err
	}
	if labels["engineType"] == nil {
		return errNoEngine
	}
	if s.engine == "" || strings.HasPrefix(s.engine, "-") {
		return errEmptyEngine
	}
	if strings.TrimSpace(s.runType) == "" {
		if s.runType, err = labels.label("codeType"); err != nil {
			return err
		}
	}
	if strings.TrimSpace(s.runType) == "" {
		return errNoRunType
	}
	userCreator, err := labels.label("userCreator")
	if err != nil {
		return err
	}
	if s.creator, err = creatorOf(userCreator, user); s.creator == "" {
		s.creator = creatorDefault
	}
	return err
}

// readTimeout reads the limits of time. That of queueing is checked as Linkis does and
// has no effect.
func (s *submission) readTimeout(labels object) error {
	for _, key := range []string{"jobQueuingTimeout", "jobRunningTimeout"} {
		text, err := labels.label(key)
		if err != nil {
			return err
		}
		if labels[key] == nil {
			continue
		}
		if text == "" || strings.Trim(text, "0123456789") != "" {
			return errBadTimeout
		}
		if key == "jobRunningTimeout" {
			seconds, err := strconv.ParseInt(text, 10, 32)
			if err != nil {
				seconds = math.MaxInt32 // out of range, as the use case will say
			}
			s.timeoutSeconds = int(seconds)
		}
	}
	return nil
}

// creatorOf takes the creator from the label "user-creator"; the user must be the one
// who is signed in, in any case of letters.
func creatorOf(label, user string) (string, error) {
	if label == "" {
		return creatorDefault, nil
	}
	if at := len(user); len(label) > at && label[at] == '-' && strings.EqualFold(label[:at], user) {
		return label[at+1:], nil
	}
	named, creator, _ := strings.Cut(label, "-")
	if strings.EqualFold(named, user) {
		return creator, nil
	}
	return "", codedf(50080, "SubmitUser : %s must be the same as ExecuteUser : %s , and user : %s in userCreatorLabel.", user, user, named)
}
