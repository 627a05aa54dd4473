package linkis

import (
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"stepcast/tasks"
)

// expression is ${name} or ${name + operand}, as in VariableUtils of Linkis. What a
// shell has besides, such as ${name:-x}, does not match and stays as it is.
var expression = regexp.MustCompile(`\$\{\s*([A-Za-z][A-Za-z0-9_.]*)\s*([-+*/]?)\s*([A-Za-z0-9_.]*)\s*\}`)

// value is what a variable stands for.
type value interface {
	// text is the value as it is pasted into code.
	text() string
	// calculate applies an operator.
	calculate(operator, operand string) (string, error)
}

// variables are those of one submission. What they stand for is worked out when the
// first is used: a run_date that no code uses may be anything.
type variables struct {
	// given are those of params.variable; set are those that the code sets itself, which
	// count more.
	given, set map[string]string
	// user is who submits.
	user string
	// now is in the zone that dates are meant in.
	now time.Time
}

// definitions are what ${name} stands for.
type definitions map[string]value

// define has the variables that were given, and those that Linkis defines: the user,
// and the dates that follow from run_date, which is yesterday unless given.
func (v variables) define() (definitions, error) {
	own := maps.Clone(v.given)
	if own == nil {
		own = map[string]string{}
	}
	maps.Copy(own, v.set)
	defined := definitions{}
	for name, text := range own {
		if text != "" {
			defined[name] = plain(text)
		}
	}
	for _, name := range []string{"user", "execute_user", "submit_user"} {
		defined[name] = plain(v.user)
	}
	return defined, defined.dates(own, v.now)
}

// fill replaces each expression whose name is defined, in one pass. What it pastes is
// not looked at again; what is not defined stays as it is.
func (v variables) fill(code string) (string, error) {
	found := expression.FindAllStringSubmatchIndex(code, -1)
	if len(found) == 0 {
		return code, nil
	}
	defined, err := v.define()
	if err != nil {
		return "", err
	}
	var out strings.Builder
	end := 0
	for _, at := range found {
		group := func(i int) string { return code[at[2*i]:at[2*i+1]] }
		text, ok, err := defined.evaluate(group(0), group(1), group(2), group(3))
		if err != nil {
			return "", err
		}
		if !ok {
			continue
		}
		out.WriteString(code[end:at[0]])
		out.WriteString(text)
		end = at[1]
		// Checked on the way: a long value that is used often must not fill the memory.
		if out.Len() > tasks.MaxCode {
			return "", failedf("the code is longer than %d bytes when its variables are filled in", tasks.MaxCode)
		}
	}
	out.WriteString(code[end:])
	return out.String(), nil
}

// evaluate gives the text of an expression; ok is false when its name is not defined.
func (d definitions) evaluate(whole, name, operator, operand string) (text string, ok bool, err error) {
	variable, ok := d[name]
	switch {
	case !ok, operator == "" && operand != "":
		return "", false, nil
	case operator == "":
		return variable.text(), true, nil
	case operand == "":
		return "", false, codedf(20042, "[%s] expression is not right, please check", whole)
	}
	if other, ok := d[operand]; ok {
		operand = other.text()
	}
	text, err = variable.calculate(operator, operand)
	return text, true, err
}

// plain is a text or a number. As a value it is pasted as it was written; Linkis makes
// 7 of "007". Calculated with, it is a number when it can be read as one.
type plain string

func (p plain) text() string { return string(p) }

func (p plain) calculate(operator, operand string) (string, error) {
	left, err := strconv.ParseFloat(string(p), 64)
	if err != nil {
		if operator == "+" {
			return string(p) + operand, nil
		}
		return "", codedf(20049, "String class is not supported to use:%s", operator)
	}
	right, err := strconv.ParseFloat(operand, 64)
	if err != nil {
		return "", failedf("%s", notANumber(operand))
	}
	switch operator {
	case "+":
		left += right
	case "-":
		left -= right
	case "*":
		left *= right
	case "/":
		if right == 0 {
			return "", failedf("ArithmeticException: / by zero")
		}
		left /= right
	}
	return strconv.FormatFloat(left, 'f', -1, 64), nil
}
