package resolvers

import (
	"testing"

	"github.com/99designs/gqlgen/complexity"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

func TestCost(t *testing.T) {
	t.Parallel()
	schema := NewSchema(Options{})
	for query, want := range map[string]int{
		`{viewer{name}}`:                                                                2,
		`{tasks{nodes{id}}}`:                                                            1 + 20*2,
		`{tasks(first:7){nodes{id}}}`:                                                   1 + 7*2,
		`{tasks(last:100){nodes{id}}}`:                                                  1 + 100*2,
		`{tasks(first:2147483647){nodes{id}}}`:                                          1 + 100*2,
		`{tasks(first:-5){nodes{id}}}`:                                                  1 + 1*2,
		`{nodes(ids:["1","2","3"]){id}}`:                                                1 + 3*1,
		`{task(id:"1"){log{cursor}}}`:                                                   1 + 5 + 3,
		`{task(id:"1"){log(first:10000){cursor lines{text}}}}`:                          1 + 5 + 250*3,
		`{task(id:"1"){log(first:40,contains:"x"){cursor}}}`:                            1 + 5 + 500 + 1,
		`{task(id:"1"){log(first:40,contains:""){cursor}}}`:                             1 + 5 + 1,
		`{task(id:"1"){events(first:1){cursor}}}`:                                       1 + 5 + 1,
		`{task(id:"1"){log(first:10000){gap{task{id status steps{id contents{id}}}}}}}`: 1 + 5 + 250*1,
		`{taskCounts{count}}`:                                                           500 + 9*1,
		`{throughput{submitted}}`:                                                       500 + 2*1,
		`{throughput(buckets:240){ended{count}}}`:                                       500 + 6*2,
		`{task(id:"1"){resourceSamples{at}}}`:                                           1 + 50 + 3*1,
		`{task(id:"1"){resourceSamples(points:1000){at}}}`:                              1 + 50 + 6*1,
		`{task(id:"1"){waitingFor{reason}}}`:                                            1 + 5 + 1,
		`mutation{cancelTasks(ids:["1","2"]){results{__typename}}}`:                     1 + 2*(10+2),
		`mutation{retryTasks(ids:["1","2"]){results{__typename}}}`:                      1 + 2*(10+2),
		`{users{name}}`:                                                                 1 + 100*1,
		`{users(first:3){name}}`:                                                        1 + 3*1,
		`{tokens(first:1000){id}}`:                                                      1 + 100*1,
		`{tokens(user:"x"){id}}`:                                                        1 + 100*1,
		`mutation{createUser(input:{name:"x",role:ADMIN}){userErrors{code}}}`:           500 + 2,
		`mutation{deleteUser(name:"x"){userErrors{code}}}`:                              10 + 2,
		`mutation{setLocale{userErrors{code}}}`:                                         10 + 2,
		`mutation{createToken(input:{name:"x"}){text}}`:                                 10 + 1,
		`mutation{revokeToken(id:"1"){userErrors{code}}}`:                               10 + 2,
		`mutation{updateUser(input:{name:"x"}){userErrors{code}}}`:                      500 + 2,
		`mutation{changePassword(input:{password:"x"}){userErrors{code}}}`:              500 + 2,
	} {
		doc, errs := gqlparser.LoadQueryWithRules(schema.Schema(), query, rules.NewDefaultRules())
		if errs != nil {
			t.Fatal(errs)
		}
		if got := complexity.Calculate(t.Context(), schema, doc.Operations[0], nil); got != want {
			t.Errorf("%s costs %d, want %d", query, got, want)
		}
	}
}

func TestCostDoesNotOverflow(t *testing.T) {
	t.Parallel()
	cost := 1
	for range 20 {
		if cost = times(cost, 10_000); cost < 1 {
			t.Fatalf("overflow: %d", cost)
		}
	}
}
