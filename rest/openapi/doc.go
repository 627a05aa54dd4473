// Package openapi describes the REST APIs in OpenAPI 3.1: the document at
// /openapi.json, and a page to read and try it at /openapi, which loads nothing from
// anywhere else. GraphQL describes itself, by introspection.
//
// The document is written by hand, in parts: spec/*.yaml, one for each API. They are
// put together by Document. What the answers of the APIs have to do with it is for
// the tests: openapitest checks requests and answers against it.
package openapi
