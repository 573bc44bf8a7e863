package main

import "math"

// What a resource reads before it is written, by value type; extremes where a conversion could lose them.
var initial = map[string]any{
	"Bool": true, "String": "plant 一号", "Object": map[string]any{"level": 1.5, "name": "tank"},
	"Uint8": uint8(math.MaxUint8), "Uint16": uint16(math.MaxUint16), "Uint32": uint32(math.MaxUint32), "Uint64": uint64(math.MaxUint64),
	"Int8": int8(math.MinInt8), "Int16": int16(math.MinInt16), "Int32": int32(math.MinInt32), "Int64": int64(math.MinInt64),
	"Float32": float32(12.3), "Float64": 1e-7, "Binary": []byte{0, 1, 254, 255},
	"BoolArray": []bool{true, false}, "StringArray": []string{"a", "b"}, "ObjectArray": []map[string]any{{"n": 1.0}, {"n": 2.0}},
	"Uint8Array": []uint8{1, 255}, "Uint16Array": []uint16{1, 65535}, "Uint32Array": []uint32{1, 4294967295}, "Uint64Array": []uint64{1, math.MaxUint64},
	"Int8Array": []int8{-128, 127}, "Int16Array": []int16{-32768, 32767}, "Int32Array": []int32{-1, 1}, "Int64Array": []int64{math.MinInt64, 1},
	"Float32Array": []float32{1.5, -2}, "Float64Array": []float64{0.1, 1e300},
}
