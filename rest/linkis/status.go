package linkis

// statusData is the data of status.
type statusData struct {
	Status string `json:"status"`
	identity
}

// status answers GET entrance/{id}/status. It is what clients poll.
func status(c *call) (answer, error) {
	t, err := c.target(question{verb: "read", unknown: textStatusUnknown, load: c.poll})
	if err != nil {
		return answer{}, err
	}
	return ok(textOK, statusData{Status: stateOf(t.Task, c.Now()), identity: t.identity()}), nil
}
