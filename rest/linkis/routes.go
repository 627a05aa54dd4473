package linkis

// Routes lists all that is served, each as http.ServeMux would write it: the method, a
// space, and the path. The description of the API is compared with it.
func Routes() (list []string) {
	for _, e := range routes() {
		for _, verb := range e.verbs {
			list = append(list, verb+" "+Prefix+"/"+e.path)
		}
	}
	return list
}
