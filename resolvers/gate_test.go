package resolvers

import (
	"strings"
	"testing"
)

func TestGateRefuses(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		`subscription{taskProgress(id:"x"){log{cursor}}}`:                                                      "Task.log cannot be selected in a subscription: subscribe to taskLog",
		`subscription{taskProgress(id:"x"){...A}} fragment A on Task{...B} fragment B on Task{events{cursor}}`: "Task.events cannot be selected in a subscription: subscribe to taskEvents",
		`subscription{taskChanges{task{... on Node{... on Task{r:results{id}}}}}}`:                             "Task.results cannot be selected in a subscription: query them",
		`subscription{taskProgress(id:"x"){resourceSamples{at}}}`:                                              "Task.resourceSamples cannot be selected in a subscription: query it",
		`subscription{taskEvents(id:"x"){gap{task{log{cursor}}}}}`:                                             "subscribe to taskLog",
		`subscription{taskProgress(id:"x") @skip(if:true){id}}`:                                                "selects none",
		`{task(id:"x"){log(after:99999999999999999999){cursor}}}`:                                              "after has a number that is out of range",
		`mutation{submitTask(input:{description:"",steps:[],variables:{a:[1e999]}}){task{id}}}`:                "Expected value of type",
	} {
		got := setup(t, nil).run(t, query, "")
		if !strings.Contains(got, want) || !strings.Contains(got, `"code":"GRAPHQL_VALIDATION_FAILED"`) {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

func TestGateLetsPass(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		`{task(id:"x"){log{cursor} events{cursor} results{id}}}`:                                                                `{"data":{"task":null}}`,
		`{task(id:"x"){...A ...A}} fragment A on Task{steps{...B}} fragment B on Step{contents{id}}`:                            `{"data":{"task":null}}`,
		`query Q{task(id:"x"){id}} subscription S{taskProgress(id:"x"){id}}`:                                                    `operation  not found`,
		`subscription{taskProgress(id:"x"){id} taskProgress(id:"x"){status} ... @skip(if:true){taskProgress(id:"x"){version}}}`: `task x does not exist`,
	} {
		if got := setup(t, nil).run(t, query, ""); !strings.Contains(got, want) {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}
