package linkis

import (
	"encoding/json"
	"slices"
	"strings"

	"stepcast/internal/httpx"
	"stepcast/models"
	"stepcast/tasks"
)

// original is what a client sent with its code. It is kept with the task, because
// jobhistory gives it back. Its keys are those of the body.
type original struct {
	RunType string          `json:"runType,omitempty"`
	Labels  json.RawMessage `json:"labels,omitempty"`
	Source  json.RawMessage `json:"source,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
}

// originalOf takes from the body of a submission what is to be kept. What does not fit is
// left out whole: first the params, which are the largest as a rule and are only shown.
func originalOf(body object, s submission) models.JSON {
	o := original{RunType: s.runType, Labels: part(body["labels"]), Source: part(body["source"]), Params: part(body["params"])}
	for _, drop := range []func(){
		func() {}, func() { o.Params = nil }, func() { o.Source = nil }, func() { o.Labels = nil }, func() { o.RunType = "" },
	} {
		drop()
		if data := encoded(o); len(data) <= tasks.MaxOriginal {
			return data
		}
	}
	return nil
}

// part is one object of the body; nil for anything else, which nobody could read back.
func part(value any) json.RawMessage {
	if o, ok := value.(map[string]any); ok {
		return encoded(masked(o))
	}
	return nil
}

// secretKeys are parts of keys whose values are not kept: clients send the password of a
// data source along, and everybody who may see the task may read what is kept.
var secretKeys = []string{"password", "passwd", "pwd", "secret", "token", "credential", "accesskey", "privatekey"}

// mask stands for a value that is not kept.
const mask = "******"

// masked is a copy of a JSON value without the secrets in it.
func masked(value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		for key, inner := range v {
			if kept[key] = masked(inner); secretKey(key) && inner != nil && inner != "" {
				kept[key] = mask
			}
		}
		return kept
	case []any:
		kept := make([]any, len(v))
		for i, inner := range v {
			kept[i] = masked(inner)
		}
		return kept
	}
	return value
}

// secretKey says whether a key looks like one of a secret: "wds.linkis.jdbc.password".
func secretKey(key string) bool {
	key = strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(key))
	return slices.ContainsFunc(secretKeys, func(part string) bool { return strings.Contains(key, part) })
}

func encoded(value any) []byte {
	data, err := httpx.JSON(value)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return data
}

// readOriginal reads what was kept. Tasks of other APIs have nothing.
func readOriginal(data models.JSON) (o original) {
	if len(data) == 0 || json.Unmarshal(data, &o) != nil {
		return original{}
	}
	return o
}
