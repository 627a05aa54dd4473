package linkis

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// maxKills bounds the tasks of one killJobs, each of which is a transaction.
const maxKills = 1000

// killJobsData is the data of killJobs: one envelope for each pair, in their order.
type killJobsData struct {
	Messages []envelope `json:"messages"`
}

// killID is one task to kill: an id in either form, and a number that stands in for it.
type killID struct{ id, standIn string }

// killJobs answers POST entrance/{id}/killJobs. Each task is killed, or fails, alone;
// Linkis ends the whole call at the first task of somebody else.
func killJobs(c *call) (answer, error) {
	body, err := c.object()
	if err != nil {
		return answer{}, err
	}
	ids, err := parseKills(body, c.id)
	if err != nil {
		return answer{}, err
	}
	data := killJobsData{Messages: make([]envelope, len(ids))}
	for i, one := range ids {
		result, err := c.killOne(one.id, one.standIn)
		if err != nil {
			result = c.refuse(err)
		}
		if result.data == nil && err != nil {
			result.data = identity{ExecID: one.id}
		}
		data.Messages[i] = result.envelope("/api/entrance/" + one.id + "/kill")
	}
	return ok(textKilledJobs, data), nil
}

// parseKills reads the two lists: as pairs when both are there, else the one that is;
// without any id it is the path's.
func parseKills(body object, pathID string) ([]killID, error) {
	execs, err := idList(body, "idList")
	if err != nil {
		return nil, err
	}
	numbers, err := idList(body, "taskIDList")
	if err != nil {
		return nil, err
	}
	if execs != nil && numbers != nil && len(execs) != len(numbers) {
		return nil, refusef(http.StatusBadRequest, textKillLengths)
	}
	count := max(len(execs), len(numbers))
	if count > maxKills {
		return nil, refusef(http.StatusBadRequest, "killJobs takes at most %d ids, not %d", maxKills, count)
	}
	if count == 0 {
		return []killID{{id: pathID}}, nil
	}
	kills := make([]killID, count)
	for i := range kills {
		if execs != nil {
			kills[i].id = execs[i]
		}
		if numbers != nil {
			kills[i].standIn = numbers[i]
		}
		if kills[i].id == "" {
			kills[i] = killID{id: kills[i].standIn}
		}
	}
	return kills, nil
}

// idList reads a list of ids, each a text or a number; a missing list is nil. Clients
// send null for a task that has no execution id yet, which is "".
func idList(body object, key string) ([]string, error) {
	given := body[key]
	if given == nil {
		return nil, nil
	}
	list, ok := given.([]any)
	if !ok {
		return nil, refusef(http.StatusBadRequest, textKillArrays)
	}
	ids := make([]string, len(list))
	for i, item := range list {
		switch id := item.(type) {
		case nil:
		case string:
			ids[i] = id
		case json.Number:
			ids[i] = id.String()
		default:
			return nil, failedf("ClassCastException: %s[%s] is neither a text nor a number", key, strconv.Itoa(i))
		}
	}
	return ids, nil
}
