package auth

import (
	"cmp"
	"errors"
	"net/http"

	"golang.org/x/text/language"

	"stepcast/models"
)

// pageTexts are what the sign-in page says in one language.
type pageTexts struct {
	// Lang is the BCP 47 tag of the language.
	Lang     string
	Title    string
	Name     string
	Password string
	Button   string
	// ByLink says what the button of a sign-in link does.
	ByLink   string
	problems map[error]string
	// tooMany is for who has to wait, other for what has no text of its own; both are ""
	// where the message of the fault is in this language.
	tooMany, other string
}

var english = pageTexts{
	Lang: "en", Title: "Sign in to Stepcast", Name: "User name", Password: "Password", Button: "Sign in to Stepcast",
	ByLink: "This link signs you in once.",
}

var chinese = pageTexts{
	Lang: "zh-CN", Title: "登录 Stepcast", Name: "用户名", Password: "密码", Button: "登录 Stepcast",
	ByLink: "此链接只能登录一次。",
	problems: map[error]string{
		ErrWrongPassword: "用户名或密码错误",
		ErrDisabled:      "该用户已被停用，请联系管理员",
		ErrLinkUsed:      "此登录链接已被使用或已过期；可在服务器所在的机器上运行 stepcast login-link 生成新的链接",
		errForeignForm:   "请从本服务器的页面登录",
	},
	tooMany: "尝试次数过多，请稍后再试",
	other:   "登录失败，请重试；如仍失败，请联系管理员",
}

// pageLanguages has the texts in the order of their tags within matcher.
var (
	pageLanguages = []pageTexts{english, chinese}
	pageMatcher   = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese})
)

// textsFor are those of the language that the request asks for, else of the server's own.
func (s *Service) textsFor(r *http.Request) pageTexts {
	var wanted []language.Tag
	for _, tag := range append(accepted(r.Header.Get("Accept-Language")), s.locale) {
		wanted = append(wanted, language.Make(tag))
	}
	_, index, _ := pageMatcher.Match(wanted...)
	return pageLanguages[index]
}

// problem says why somebody was not let in. fault is what may be said of err.
func (t pageTexts) problem(err error, fault *models.Fault) string {
	for reason, text := range t.problems {
		if errors.Is(err, reason) {
			return text
		}
	}
	if fault.RetryAfter > 0 {
		return cmp.Or(t.tooMany, fault.Message)
	}
	return cmp.Or(t.other, fault.Message)
}
