package imanager

import "net/http"

// Routes lists all that is served, each as http.ServeMux would write it: the method, a
// space, and the path. The description of the API is compared with it. Aliases of tasks
// are left out, which Options.Aliases adds.
func Routes() (list []string) {
	add := func(path string, verbs []string) {
		for _, end := range []string{"", ".json"} {
			for _, verb := range append(verbs[:len(verbs):len(verbs)], http.MethodOptions) {
				list = append(list, verb+" "+path+end)
			}
		}
	}
	// By POST too, see overridden.
	add(tasksFolder+"/{id}", append(reads[:len(reads):len(reads)], http.MethodPost))
	for path, place := range places {
		add(path, place.verbs)
	}
	return list
}
