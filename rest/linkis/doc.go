// Package linkis serves the entrance API of Apache Linkis 1.8 as its clients know it:
// the nine documented endpoints under /api/rest_j/v1/entrance, resume in the same
// style, and the neighbours that clients need: user and gateway to sign in, jobhistory
// for what was submitted, filesystem for results and logs, which are files there and only
// named like files here. It translates and holds no rules of tasks.
//
// The wire shapes are those of the Linkis document "Task Action" (class
// EntranceRestfulApi). Where the document is silent, shapes and texts are those of the
// code of release 1.8.0, because scripts match on them; typing errors in the texts are
// theirs. What deviates on purpose is said where it happens.
//
// A call passes: path → verb → sign-in → page of another site → endpoint. Each answer,
// refusals included, is one envelope.
package linkis
