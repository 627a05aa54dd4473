package openapi

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// api is the least frame.
const api = "openapi: 3.1.0\ninfo: {title: x}\npaths: {}\n"

func parts(files map[string]string) fstest.MapFS {
	parts := fstest.MapFS{}
	for name, text := range files {
		parts[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return parts
}

func TestPartsAreAssembled(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ part, want string }{
		"order of keys": {
			"components: {z: 1, a: 2}\npaths: {/b: {}, /a: {}}",
			`"paths":{"/b":{},"/a":{}},"components":{"z":1,"a":2}`,
		},
		"scalars": {
			`components: [text, '1', 1, 1.5, true, null, 2016-12-13, "<&>中"]`,
			`"paths":{},"components":["text","1",1,1.5,true,null,"2016-12-13","<&>中"]`,
		},
		"numbers as keys": {"components: {200: x}", `"paths":{},"components":{"200":"x"}`},
		"what is shared": {
			"x-shared:\n  a: &a {x: 1, y: 2}\n  l: &l [1]\ncomponents: {own: {y: 3, <<: *a}, list: *l}",
			`"paths":{},"components":{"own":{"y":3,"x":1},"list":[1]}`,
		},
		"several shared": {
			"x-shared:\n  a: &a {x: 1}\n  b: &b {y: 2}\ncomponents: {<<: [*a, *b], z: {<<: *a, x: 3}}",
			`"paths":{},"components":{"x":1,"y":2,"z":{"x":3}}`,
		},
		"other places": {
			"paths: {/a: {x-also-at: {/b: B, /c: C}, get: {operationId: a}, post: {}}}",
			`"paths":{"/a":{"get":{"operationId":"a"},"post":{}},"/b":{"get":{"operationId":"aB"},"post":{}},"/c":{"get":{"operationId":"aC"},"post":{}}}`,
		},
		"head": {
			"paths: {/a: {x-also-at: {/b: B}, get: {operationId: a, x-also-head: true, summary: A, description: Long}}}",
			`"paths":{"/a":{"get":{"operationId":"a","summary":"A","description":"Long"},"head":{"operationId":"aHead","summary":"Headers of: A"}},` +
				`"/b":{"get":{"operationId":"aB","summary":"A","description":"Long"},"head":{"operationId":"aHeadB","summary":"Headers of: A"}}}`,
		},
	} {
		got, err := assemble(parts(map[string]string{frame: api, "part.yaml": tt.part}), "v1")
		require.NoError(t, err, name)
		require.Equal(t, `{"openapi":"3.1.0","info":{"title":"x","version":"v1"},`+tt.want+`}`, string(got), name)
	}
}

func TestPartsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ part, want string }{
		"no YAML":              {"{", "read part.yaml"},
		"no mapping":           {"[1]", "part.yaml is no mapping"},
		"nothing":              {"", "part.yaml is no mapping"},
		"said twice":           {"openapi: 3.2.0", "part.yaml: openapi is there already"},
		"said twice below":     {"info: {title: y}", "part.yaml: info: title is there already"},
		"a key twice":          {"components: {a: 1, b: 2, a: 3}", `"a"`},
		"a path twice":         {"paths: {/a: {x-also-at: {/b: B}}, /b: {}}", "/b is there already"},
		"a path of no mapping": {"paths: {/a: 1}", "/a is no mapping"},
		"a key of no scalar":   {"components: {[a]: 1}", "is no scalar"},
	} {
		_, err := assemble(parts(map[string]string{frame: api, "part.yaml": tt.part}), "")
		require.ErrorContains(t, err, tt.want, name)
	}
	_, err := assemble(parts(nil), "")
	require.ErrorContains(t, err, frame)
	for text, want := range map[string]string{"openapi: 3.1.0": "no paths", "paths: {}": "no info"} {
		_, err := assemble(parts(map[string]string{frame: text}), "")
		require.ErrorContains(t, err, want)
	}
}
