// Package openapitest checks requests and answers against the description of the REST
// APIs, in tests: wrap the transport of any client with Checker.Transport.
//
// It is stricter than OpenAPI asks for. Of an answer the status, each header, the media
// type and the body must be described. A request that is answered with success must be
// one that the description allows. Below the prefixes that the description is about,
// what is not described must be refused as it says: unknown paths (x-other-paths) and
// methods (x-other-methods). Folders of x-aliases are either unknown or as what they
// stand for.
package openapitest
