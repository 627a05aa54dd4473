package models

import (
	"database/sql/driver"
	"encoding/json"
)

func (v Labels) Value() (driver.Value, error)        { return jsonValue(v) }
func (v *Labels) Scan(src any) error                 { return jsonScan(src, v) }
func (v Names) Value() (driver.Value, error)         { return jsonValue(v) }
func (v *Names) Scan(src any) error                  { return jsonScan(src, v) }
func (v Attempts) Value() (driver.Value, error)      { return jsonValue(v) }
func (v *Attempts) Scan(src any) error               { return jsonScan(src, v) }
func (v ContentRef) Value() (driver.Value, error)    { return jsonValue(v) }
func (v *ContentRef) Scan(src any) error             { return jsonScan(src, v) }
func (v TaskError) Value() (driver.Value, error)     { return jsonValue(v) }
func (v *TaskError) Scan(src any) error              { return jsonScan(src, v) }
func (v Ending) Value() (driver.Value, error)        { return jsonValue(v) }
func (v *Ending) Scan(src any) error                 { return jsonScan(src, v) }
func (v ResourceUsage) Value() (driver.Value, error) { return jsonValue(v) }
func (v *ResourceUsage) Scan(src any) error          { return jsonScan(src, v) }
func (v JSON) MarshalJSON() ([]byte, error)          { return json.RawMessage(v).MarshalJSON() }
func (v *JSON) UnmarshalJSON(b []byte) error         { *v = append((*v)[:0], b...); return nil }

// Value stores v as text, or NULL when absent.
func (v JSON) Value() (driver.Value, error) {
	if len(v) == 0 {
		return nil, nil
	}
	return string(v), nil
}

// Scan reads what Value stored.
func (v *JSON) Scan(src any) error {
	*v = nil
	switch s := src.(type) {
	case string:
		*v = JSON(s)
	case []byte:
		*v = append(JSON(nil), s...)
	}
	return nil
}
