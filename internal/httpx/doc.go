// Package httpx has the small parts that several HTTP adapters need: encoding,
// bounded bodies, bearer tokens, panics, proxies, whole parts of the path tree. It knows nothing
// of what is served.
package httpx
