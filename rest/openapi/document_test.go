package openapi_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/rest/imanager"
	"stepcast/rest/linkis"
	"stepcast/rest/openapi"
	"stepcast/rest/openapi/openapitest"
	"stepcast/rest/results"
	"stepcast/rest/tasklog"
)

// TestEveryRouteIsDescribed compares the description with what is served: nothing is
// missing, and nothing is made up. That it is valid OpenAPI 3.1 is checked by New.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	served := slices.Concat(linkis.Routes(), imanager.Routes())
	for _, pattern := range []string{results.Pattern, tasklog.Pattern, "GET /healthz", "GET /readyz", "GET /metrics", "GET /openapi.json"} {
		// Of a pattern with GET http.ServeMux makes HEAD too.
		served = append(served, pattern, strings.Replace(pattern, "GET", "HEAD", 1))
	}
	slices.Sort(served)
	require.Equal(t, served, openapitest.New(t).Operations())
}

// operation is one of the description.
type operation struct {
	path, method string
	OperationID  string
	Summary      string
	Tags         []string
	Responses    map[string]any
	Security     *[]map[string][]string
}

type document struct {
	OpenAPI    string
	Info       struct{ Title, Version string }
	Tags       []struct{ Name string }
	Paths      map[string]map[string]json.RawMessage
	Components map[string]map[string]json.RawMessage
}

func parse(t *testing.T) (document, []operation) {
	t.Helper()
	var d document
	require.NoError(t, json.Unmarshal(openapi.Document("v1.2.3"), &d))
	var operations []operation
	for path, item := range d.Paths {
		for method, raw := range item {
			if slices.Contains([]string{"get", "head", "post", "put", "delete", "options", "patch"}, method) {
				o := operation{path: path, method: method}
				require.NoError(t, json.Unmarshal(raw, &o), "%s %s", method, path)
				operations = append(operations, o)
			}
		}
	}
	return d, operations
}

func TestDocumentIsOneLineOfTheProgramsVersion(t *testing.T) {
	t.Parallel()
	d, _ := parse(t)
	require.Equal(t, "3.1.0", d.OpenAPI)
	require.Equal(t, "v1.2.3", d.Info.Version)
	require.NotContains(t, string(openapi.Document("v1.2.3")), "\n")
	require.NotContains(t, string(openapi.Document("v1.2.3")), `"x-also`, "these stand for others and are not in it")
	require.Contains(t, string(openapi.Document("<&>")), `"version":"<&>"`)
}

// TestOperationsAreComplete looks for what a generator of clients needs of each.
func TestOperationsAreComplete(t *testing.T) {
	t.Parallel()
	d, operations := parse(t)
	var tags []string
	for _, tag := range d.Tags {
		tags = append(tags, tag.Name)
	}
	ids, used := map[string]string{}, map[string]bool{}
	for _, o := range operations {
		at := o.method + " " + o.path
		require.NotEmpty(t, o.Summary, at)
		require.Len(t, o.Tags, 1, at)
		require.Contains(t, tags, o.Tags[0], at)
		used[o.Tags[0]] = true
		if o.method != "options" {
			require.Regexp(t, regexp.MustCompile(`^[a-z][A-Za-z]+$`), o.OperationID, at)
			require.Empty(t, ids[o.OperationID], "%s has the operationId of another", at)
			ids[o.OperationID] = at
		}
		if o.Security != nil && len(*o.Security) > 0 && !slices.ContainsFunc(*o.Security, func(s map[string][]string) bool { return len(s) == 0 }) {
			require.Contains(t, o.Responses, "401", "%s needs a sign-in", at)
		}
	}
	require.Len(t, used, len(tags), "each tag is used")
}

// TestComponentsAreUsed finds what nothing refers to any more.
func TestComponentsAreUsed(t *testing.T) {
	t.Parallel()
	d, operations := parse(t)
	whole := string(openapi.Document(""))
	for kind, all := range d.Components {
		for name := range all {
			if kind != "securitySchemes" {
				require.Contains(t, whole, `"#/components/`+kind+"/"+name+`"`)
				continue
			}
			require.True(t, slices.ContainsFunc(operations, func(o operation) bool {
				return o.Security != nil && slices.ContainsFunc(*o.Security, func(s map[string][]string) bool { _, ok := s[name]; return ok })
			}), name)
		}
	}
	for _, reference := range regexp.MustCompile(`"\$ref":"#/components/(\w+)/(\w+)"`).FindAllStringSubmatch(whole, -1) {
		require.Contains(t, d.Components[reference[1]], reference[2], reference[0])
	}
}
