// Package results lets whoever may see a task download what it produced: one path a
// result, GET /results/690-r1, which GraphQL names as TaskResult.url.
//
// Files come as they were left. Tables that an executor gave come as CSV (RFC 4180, the
// first record names the columns), in which NULL is nothing and an empty text is "".
package results
