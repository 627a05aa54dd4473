package imanager_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// decisions are the 25 of section 7 of the reference on iManager: what the document of
// the resource leaves open, and what was decided. The contract replaced 19 and 20.
var decisions = []struct {
	number  int
	decided string
	prove   func(*testing.T, *bundle)
}{
	{1, "compact on the wire, equal to the document when parsed", provesCompact},
	{2, "keys in the order of the document", provesKeyOrder},
	{3, "with and without .json, whatever Accept says", provesAnyAccept},
	{4, "any other suffix is 406, after the sign-in and before the task is looked for", provesOtherSuffixes},
	{5, "Content-Type application/json;charset=UTF-8 on success and error", provesContentType},
	{6, "an unknown id is 404, also one that is no number", provesUnknownID},
	{7, "somebody else's task is 404, with the text of an unknown one", provesForeignTask},
	{8, "no token or a bad one is 401 as JSON", provesBadToken},
	{9, "other verbs are 405 with Allow; POST ?_method=GET is a GET", provesVerbs},
	{10, "the error body, its key order, its code", provesErrorBody},
	{11, "no list, no cancel, no delete, no retry", provesNothingElse},
	{12, "aliases of other releases, off by default", provesAliases},
	{13, "every way to send a token; a cookie for GET alone", provesSignIns},
	{14, "texts in the reader's language, never a failure", provesLanguages},
	{15, "startTime in one zone, 24 hours, seconds cut off", provesZone},
	{16, "no startTime before the start", provesNoStartTime},
	{17, "costTime in true milliseconds", provesCostTime},
	{18, "progress from 0 to 100, as a float32", provesProgress},
	{19, "the statuses of a mix", provesMixedStatuses},
	{20, "every internal status is one of the document's", provesClosedEnums},
	{21, "timelineId is of the attempt", provesTimeline},
	{22, "the id is a decimal text", provesID},
	{23, "finished tasks are there for 30 days, then 404", provesRetention},
	{24, "all steps of a task that has not begun", provesFreshTask},
	{25, "extra parameters, trailing slash, ;jsessionid", provesOddAddresses},
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	require.Len(t, decisions, 25)
	for i, d := range decisions {
		require.Equal(t, i+1, d.number)
		t.Run(fmt.Sprintf("%d %s", d.number, d.decided), func(t *testing.T) {
			t.Parallel()
			d.prove(t, setup(t))
		})
	}
}
