// Prints the vectors of ../vectors.test.ts: what Go's strconv and EdgeX's own modules write and refuse.
//
//	cd base/contracts/src/wire/vectors && GOFLAGS=-mod=mod go run . > go-vectors.json
//
// Made with Go 1.26.8, go-mod-core-contracts v4.0.3, go-mod-messaging v4.0.3. Needs the Go module proxy once.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"os"
	"strconv"

	"github.com/edgexfoundry/go-mod-core-contracts/v4/common"
	"github.com/edgexfoundry/go-mod-core-contracts/v4/dtos"
	dtoCommon "github.com/edgexfoundry/go-mod-core-contracts/v4/dtos/common"
	"github.com/edgexfoundry/go-mod-core-contracts/v4/dtos/requests"
	"github.com/edgexfoundry/go-mod-core-contracts/v4/errors"
	"github.com/edgexfoundry/go-mod-messaging/v4/pkg/types"
	"github.com/fxamacker/cbor/v2"
)

type parsed struct {
	Text string `json:"text"`
	// FormatFloat(v, 'e', -1, bits) of the result, "" when Go refuses the text.
	F32 string `json:"f32"`
	F64 string `json:"f64"`
}

type integer struct {
	Text string          `json:"text"`
	OK   map[string]bool `json:"ok"`
}

type refused struct {
	Body    string `json:"body"`
	Message string `json:"message"`
}

func check[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	random := rand.New(rand.NewSource(4))
	out := map[string]any{}

	// Bits as decimal strings → text.
	f32 := map[string]string{}
	add32 := func(f float32) {
		f32[strconv.FormatUint(uint64(math.Float32bits(f)), 10)] = strconv.FormatFloat(float64(f), 'e', -1, 32)
	}
	for e := -149; e < 128; e++ {
		power := float32(math.Ldexp(1, e))
		add32(power)
		add32(math.Nextafter32(power, 0))
		add32(math.Nextafter32(power, math.MaxFloat32))
	}
	for i := 0; i < 250; i++ {
		add32(math.Float32frombits(random.Uint32() &^ (1 << 30)))
		add32(float32(random.Intn(100000)) / 100)
	}
	out["float32"] = f32
	f64 := map[string]string{}
	add64 := func(f float64) {
		f64[strconv.FormatUint(math.Float64bits(f), 10)] = strconv.FormatFloat(f, 'e', -1, 64)
	}
	for _, f := range []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 12.3, 1e21, 1e-7, 100, 123456789, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		add64(f)
	}
	for e := -1074; e < 1024; e += 13 {
		add64(math.Ldexp(1, e))
	}
	for i := 0; i < 150; i++ {
		add64(math.Float64frombits(random.Uint64() &^ (1 << 62)))
		add64(float64(random.Intn(10000000)) / 1000)
	}
	out["float64"] = f64

	texts := []string{"12.3", "1.23e+01", "1e5", "1E5", ".5", "5.", "+5", "-0", "0x10", "0x1p-2", "0X1.8P1", "-0x1.fp+3", "0x_1p0",
		"0x1_0p0", "0x.8p0", "0x.p0", "0xp0", "0x1p-1074", "0x1p-1080", "0x1p1023", "0x1p1024", "0x1.fffffffffffffp1023", "1_000.5", "1__0", "_1", "1_", "1_e5",
		"1e_5", "1e5_0", "1_0", "inf", "Inf", "+Inf", "-inf", "infinity", "-Infinity", "infinit", "nan", "NaN", "+nan", "1e400", "1e-400", "3.5e38",
		"3.4028235e38", "3.40282351e38", "3.4028236e38", "1e-46", "", " 1", "1 ", "1,5", "e5", ".", "1e", "1e+", "--1", "0x", "12abc", "1.2.3", "१"}
	parses := []parsed{}
	for _, text := range texts {
		p := parsed{Text: text}
		if f, err := strconv.ParseFloat(text, 32); err == nil {
			p.F32 = strconv.FormatFloat(f, 'e', -1, 32)
		}
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			p.F64 = strconv.FormatFloat(f, 'e', -1, 64)
		}
		parses = append(parses, p)
	}
	out["parseFloat"] = parses

	integers := []integer{}
	for _, text := range []string{"0", "-0", "+5", "5", "-1", "127", "128", "-128", "-129", "255", "256", "32767", "32768", "65535", "65536", "2147483648",
		"4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
		"18446744073709551616", "0x10", "1_0", "1e3", "1.0", "", " 1", "007", "true", "T", "t", "TRUE", "tRUE", "1", "f", "False"} {
		ok := map[string]bool{}
		for _, t := range []string{"Bool", "Int8", "Int16", "Int32", "Int64", "Uint8", "Uint16", "Uint32", "Uint64"} {
			ok[t] = dtos.ValidateValue(t, text) == nil
		}
		integers = append(integers, integer{text, ok})
	}
	out["integers"] = integers

	names := map[string]string{}
	ascii := ""
	for c := 32; c < 127; c++ {
		ascii += string(rune(c))
	}
	for _, name := range []string{"device-virtual", "泵 1号", "a/b+# é", ascii} {
		names[name] = common.URLEncode(name)
	}
	out["names"] = names

	event := allTypes()
	request := requests.AddEventRequest{BaseRequest: dtoCommon.BaseRequest{Versionable: dtoCommon.NewVersionable(), RequestId: "3e7a1f5e-2222-4a6b-9c1d-0123456789ab"}, Event: event}
	out["requestJson"] = string(check(json.Marshal(request)))
	encoded := check(cbor.Marshal(request))
	out["requestCborBase64"] = base64.StdEncoding.EncodeToString(encoded)
	head := types.MessageEnvelope{Versionable: dtoCommon.NewVersionable(), CorrelationID: "76d80000-1111-4a6b-9c1d-0123456789ab", ErrorCode: 0}
	native := head
	native.Payload, native.ContentType = request, common.ContentTypeJSON
	out["envelopeJson"] = string(check(json.Marshal(native)))
	in64 := head
	in64.Payload, in64.ContentType = check(json.Marshal(request)), common.ContentTypeJSON
	out["envelopeBase64Json"] = string(check(json.Marshal(in64)))
	binary := head
	binary.Payload, binary.ContentType = encoded, common.ContentTypeCBOR
	out["envelopeCborPayload"] = string(check(json.Marshal(binary)))
	whole := head
	whole.Payload, whole.ContentType = request, common.ContentTypeCBOR
	out["envelopeWholeCborBase64"] = base64.StdEncoding.EncodeToString(check(cbor.Marshal(whole)))
	failure := types.NewMessageEnvelopeWithError("606e0000-1111-4a6b-9c1d-0123456789ab", "device D not found")
	failure.CorrelationID = head.CorrelationID
	out["envelopeError"] = string(check(json.Marshal(failure)))

	out["refused"] = refusals()
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(out); err != nil {
		panic(err)
	}
}

const origin = 1795472304567279158

func allTypes() dtos.Event {
	event := dtos.NewEvent("泵 profile", "pump-1", "all")
	event.Id, event.Origin = "b1946ac9-2492-4d23-a3e1-9d1e6f2c3b4a", origin
	event.Tags = dtos.Tags{"site": "江西", "line": 3}
	simple := []struct {
		valueType string
		value     any
	}{
		{"Bool", true}, {"String", "a \"b\" <泵>"}, {"Uint8", uint8(255)}, {"Uint16", uint16(65535)}, {"Uint32", uint32(4294967295)}, {"Uint64", uint64(math.MaxUint64)},
		{"Int8", int8(-128)}, {"Int16", int16(-32768)}, {"Int32", int32(math.MinInt32)}, {"Int64", int64(math.MinInt64)}, {"Float32", float32(12.3)}, {"Float64", 42.1},
		{"BoolArray", []bool{true, false}}, {"StringArray", []string{"a,b", "泵"}}, {"Uint8Array", []uint8{1, 2}}, {"Uint16Array", []uint16{1}}, {"Uint32Array", []uint32{7, 8, 9}},
		{"Uint64Array", []uint64{math.MaxUint64}}, {"Int8Array", []int8{-1, 1}}, {"Int16Array", []int16{-300}}, {"Int32Array", []int32{0}}, {"Int64Array", []int64{math.MinInt64}},
		{"Float32Array", []float32{1.5, -20}}, {"Float64Array", []float64{1e-300, 0.1}},
	}
	for i, s := range simple {
		if err := event.AddSimpleReading("r"+s.valueType, s.valueType, s.value); err != nil {
			panic(err)
		}
		event.Readings[i].Units = "℃"
	}
	event.AddBinaryReading("rBinary", []byte{0, 1, 254, 255}, "image/jpeg")
	event.AddObjectReading("rObject", map[string]any{"a": []any{1, nil, "x"}})
	event.Readings = append(event.Readings, dtos.NewObjectReadingWithArray(event.ProfileName, event.DeviceName, "rObjectArray", []any{map[string]any{"b": 2.5}}))
	event.AddNullReading("rNull", "Int8")
	for i := range event.Readings {
		event.Readings[i].Id, event.Readings[i].Origin = "11111111-2492-4d23-a3e1-9d1e6f2c3b4a", origin+int64(i)
	}
	event.Readings[0].Tags = dtos.Tags{"quality": "uncertain"}
	return event
}

// The outermost message is what REST answers.
func refusals() []refused {
	reading := `"origin":5,"deviceName":"d","resourceName":"r","profileName":"p"`
	event := func(rest string) string {
		return `{"apiVersion":"v3","event":{"apiVersion":"v3","id":"b1946ac9-2492-4d23-a3e1-9d1e6f2c3b4a","deviceName":"d","profileName":"p","sourceName":"s","origin":5,` + rest + `}}`
	}
	one := func(rest string) string { return event(`"readings":[{` + reading + `,` + rest + `}]`) }
	bodies := []string{
		`{}`, `{"apiVersion":"v3"}`, `{"apiVersion":"v3","requestId":"x","event":{"apiVersion":"v3","id":"x","deviceName":" ","profileName":"p","sourceName":"s","origin":0,"readings":[]}}`,
		event(`"readings":[]`), event(`"readings":[{}]`), event(`"readings":[{"valueType":"Int9"}]`), event(`"readings":5`), event(`"readings":[5]`), event(`"readings":[],"tags":5`),
		one(`"valueType":"Int8","value":"300"`), one(`"valueType":"Int8","value":""`), one(`"valueType":"Float32","value":"1e39"`), one(`"valueType":"Int16Array","value":"[1, 70000]"`),
		one(`"valueType":"Int8","value":[1,2]`), one(`"valueType":"Binary","binaryValue":"AQI="`), one(`"valueType":"Binary","binaryValue":"A","mediaType":"x/y"`),
		one(`"valueType":5,"value":"1"`), one(`"valueType":"Bool","value":"yes"`), event(`"readings":[{"origin":1.5}]`),
	}
	out := []refused{}
	for _, body := range bodies {
		var request requests.AddEventRequest
		err := json.Unmarshal([]byte(body), &request)
		message := fmt.Sprint(err)
		if edgex, ok := err.(errors.EdgeX); ok {
			message = edgex.Message()
		}
		out = append(out, refused{body, message})
	}
	return out
}
