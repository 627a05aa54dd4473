// Package imanager serves tasks as the resource that clients of SuperMap iManager
// know: GET /imanager/cloud/web/tasks/{id}.json, and the tokens they sign in with.
//
// The wire shapes are those of the iManager document "API: task" (URI
// .../imanager/cloud/web/tasks/{id}[.<format>]). What is added lies in headers, which
// its clients do not look at. Each answer is JSON, except the token itself: clients
// parse the body before they look at the HTTP status.
//
// A call passes: path → verb → sign-in → format → task.
package imanager
