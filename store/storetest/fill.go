package storetest

import (
	"fmt"
	"reflect"
	"time"

	"stepcast/models"
)

// filler sets every field of a value to something that is not its zero value and
// that no other field has, so that a column that is left out or mixed up shows.
type filler struct{ n int }

// fill sets what v points to. What gorm does not store (gorm:"-") stays.
func (f *filler) fill(v any) { f.set(reflect.ValueOf(v).Elem()) }

func (f *filler) set(v reflect.Value) {
	f.n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(Start.Add(time.Duration(f.n) * 1001 * time.Millisecond)))
		return
	case models.JSON:
		v.SetBytes(fmt.Appendf(nil, `{"n": [%d, "é"]}`, f.n))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("gorm") != "-" {
				f.set(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.set(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.set(v.Index(0))
		f.set(v.Index(1))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.set(key)
		f.set(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.String:
		// Letters of two, three and four bytes.
		v.SetString(fmt.Sprintf("s%d-é界😀", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Uint8:
		v.SetUint(uint64(f.n % 256))
	case reflect.Float64:
		v.SetFloat(float64(f.n) + 1.0/3)
	default:
		panic("fill: no value for " + v.Type().String())
	}
}
