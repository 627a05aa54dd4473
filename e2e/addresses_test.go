package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOldAddresses listens where the gateways of older systems did, beside the own
// address: what one client submits at one address, others read at theirs.
func TestOldAddresses(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := startIn(t, []string{"STEPCAST_ADMIN_PASSWORD=" + password}, "--addr", "127.0.0.1:0", "--addr", "127.0.0.1:0")
	until(t, "three addresses", func() bool { return len(s.addresses()) == 3 })
	var gateway, manager *server
	gateway, manager = s.at(s.addresses()[1]), s.at(s.addresses()[2])

	cookie, _ := gateway.signInAt("/api/rest_j/v1/user/login", `{"userName": "admin", "password": "`+password+`"}`, linkisCookie)
	body := `{"executionContent": {"code": "echo done", "runType": "shell"}, "labels": {"engineType": "shell-1", "userCreator": "admin-IDE"}}`
	status, said := gateway.callLinkis(http.MethodPost, "entrance/submit", body, cookie...)
	require.Equal(t, []int{http.StatusOK, 0}, []int{status, said.Status}, said.Message)
	until(t, "the end of the task", func() bool {
		_, said := gateway.callLinkis(http.MethodGet, fmt.Sprintf("entrance/%v/status", said.Data["execID"]), "", cookie...)
		return said.Data["status"] == "Succeed"
	})

	_, secret := manager.signInAt("/imanager/security/tokens", `{"username": "admin", "password": "`+password+`"}`, imanagerCookie)
	status, text, _ := manager.get(fmt.Sprintf("/imanager/cloud/web/tasks/%v.json", said.Data["taskID"]), "X-Auth-Token", secret)
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, `"DONE"`)

	for _, url := range s.addresses() {
		everywhere := s.at(url)
		for path, want := range map[string]int{
			"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/login": http.StatusOK,
			"/api/rest_j/v1/user/userInfo":  http.StatusUnauthorized,
			"/imanager/cloud/web/tasks/1":   http.StatusUnauthorized,
			"/api/rest_j/v1/entrance/1/log": http.StatusUnauthorized,
		} {
			status, text, _ := everywhere.get(path)
			require.Equal(t, want, status, "%s%s: %s", url, path, text)
		}
		answer := everywhere.graphql(`{ viewer { name } }`, nil, bearer(token)...)
		require.Equal(t, object{"name": "admin"}, answer.Data["viewer"])
		w := everywhere.socket(t, token)
		w.subscribe("1", `subscription($id: ID!) { taskProgress(id: $id) { status } }`, object{"id": fmt.Sprint(said.Data["taskID"])})
		value, ended := w.answer()
		require.False(t, ended)
		require.Equal(t, "SUCCEEDED", value.Data["taskProgress"].(object)["status"])
	}
}
