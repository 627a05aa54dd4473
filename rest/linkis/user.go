package linkis

import (
	"net/http"
	"strings"

	"stepcast/auth"
	"stepcast/models"
)

// The texts of Linkis about signing in and out, letter by letter.
const (
	textLoggedIn      = "login successful(登录成功)！"
	textAlreadyIn     = "already logged in, please log out before signing in(已经登录，请先退出再进行登录)！"
	textWrongPassword = "wrong user name or password(用户名或密码错误)！"
	textNoUserName    = "Username can not be empty(用户名不能为空)！"
	textNoPassword    = "Password can not be blank(密码不能为空)！"
	textLoggedOut     = "Logout successful(退出登录成功)！"
	textUserInfo      = "get user information succeed!"
)

// loginData is what Linkis tells of a sign-in.
type loginData struct {
	UserName string `json:"userName,omitempty"`
	IsAdmin  *bool  `json:"isAdmin,omitempty"`
	// SessionTimeOut is in milliseconds.
	SessionTimeOut  int64 `json:"sessionTimeOut"`
	EnableWatermark bool  `json:"enableWatermark"`
}

// userData names a user.
type userData struct {
	UserName string `json:"userName"`
}

// login checks a password and hands out a session cookie.
func login(c *call) (answer, error) {
	name, password, err := c.loginInput()
	if err != nil {
		return answer{}, err
	}
	if c.viewer.Name != "" {
		return ok(c.viewer.Name+" "+textAlreadyIn, userData{c.viewer.Name}), nil
	}
	// Else a page of another site could sign its reader in as somebody else.
	if !c.Auth.SameSite(c.r) {
		return answer{}, otherSite()
	}
	data := loginData{SessionTimeOut: c.Auth.SessionTTL().Milliseconds(), EnableWatermark: true}
	refused := func(message string) (answer, error) {
		return answer{http: http.StatusBadRequest, status: statusError, message: message, data: data}, nil
	}
	if strings.TrimSpace(name) == "" {
		return refused(textNoUserName)
	}
	if strings.TrimSpace(password) == "" {
		return refused(textNoPassword)
	}
	user, err := c.Auth.Login(c.r.Context(), name, password, c.r.RemoteAddr)
	if models.CodeOf(err) == models.CodeUnauthenticated {
		return refused(textWrongPassword)
	}
	if err != nil {
		return answer{}, err
	}
	in, err := c.Auth.StartSession(c.r.Context(), models.SessionLinkis, user.Name)
	if err != nil {
		return answer{}, err
	}
	return c.loggedIn(in), nil
}

// loginInput reads a name and a password from the query when it has both, else from the
// body. passwdEncrypt is another name for the password: nothing is encrypted here, and
// publicKey says so.
func (c *call) loginInput() (name, password string, err error) {
	query := c.r.URL.Query()
	name, password = query.Get("userName"), orText(query.Get("password"), query.Get("passwdEncrypt"))
	if name != "" && password != "" {
		return name, password, nil
	}
	body, err := c.object()
	if err != nil {
		return "", "", err
	}
	if name, err = body.text("userName"); err != nil {
		return "", "", err
	}
	key := "password"
	if body[key] == nil {
		key = "passwdEncrypt"
	}
	password, err = body.text(key)
	return name, password, err
}

// loggedIn hands out the cookie of a session.
func (c *call) loggedIn(in auth.SignIn) answer {
	http.SetCookie(c.w, auth.Cookie(c.r, models.SessionLinkis, in.Secret))
	admin := in.User.Role == models.Admin
	return ok(textLoggedIn, loginData{
		UserName: in.User.Name, IsAdmin: &admin,
		SessionTimeOut: c.Auth.SessionTTL().Milliseconds(), EnableWatermark: true,
	})
}

// tokenLogin answers POST user/token-login: it hands out a session cookie to who signed
// in with a token. The session has no more rights than the token, and ends with it.
func tokenLogin(c *call) (answer, error) {
	in, err := c.Auth.StartTokenSession(c.r.Context(), models.SessionLinkis, c.viewer)
	if err != nil {
		return answer{}, err
	}
	return c.loggedIn(in), nil
}

// logout ends the session of the cookie, if there is one.
func logout(c *call) (answer, error) {
	if err := c.Auth.SignOut(c.w, c.r, models.SessionLinkis); err != nil {
		return answer{}, err
	}
	return ok(textLoggedOut, nil), nil
}

// userInfo says who is signed in.
func userInfo(c *call) (answer, error) { return ok(textUserInfo, userData{c.viewer.Name}), nil }
