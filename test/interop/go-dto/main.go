// Reads one JSON line {"type", "body"} per request and prints what EdgeX's own DTO code says about it, as a JSON string:
// "" when it is accepted. compare.ts holds base/contracts/src/validate.ts against it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/edgexfoundry/go-mod-core-contracts/v4/dtos/requests"
)

var targets = map[string]func() any{
	"AddDeviceRequest":              func() any { return new([]requests.AddDeviceRequest) },
	"UpdateDeviceRequest":           func() any { return new([]requests.UpdateDeviceRequest) },
	"DeviceProfileRequest":          func() any { return new([]requests.DeviceProfileRequest) },
	"AddDeviceServiceRequest":       func() any { return new([]requests.AddDeviceServiceRequest) },
	"UpdateDeviceServiceRequest":    func() any { return new([]requests.UpdateDeviceServiceRequest) },
	"AddProvisionWatcherRequest":    func() any { return new([]requests.AddProvisionWatcherRequest) },
	"UpdateProvisionWatcherRequest": func() any { return new([]requests.UpdateProvisionWatcherRequest) },
	"DeviceProfileBasicInfoRequest": func() any { return new([]requests.DeviceProfileBasicInfoRequest) },
	"DeviceProfileTagsRequest":      func() any { return new(requests.DeviceProfileTagsRequest) },
	"AddDeviceResourceRequest":      func() any { return new([]requests.AddDeviceResourceRequest) },
	"UpdateDeviceResourceRequest":   func() any { return new([]requests.UpdateDeviceResourceRequest) },
	"AddDeviceCommandRequest":       func() any { return new([]requests.AddDeviceCommandRequest) },
	"UpdateDeviceCommandRequest":    func() any { return new([]requests.UpdateDeviceCommandRequest) },
	"AddRegistrationRequest":        func() any { return new(requests.AddRegistrationRequest) },
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<16), 1<<24)
	for lines.Scan() {
		var request struct {
			Type string
			Body json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &request); err != nil {
			panic(err)
		}
		answer := ""
		if err := json.Unmarshal(request.Body, targets[request.Type]()); err != nil {
			answer = err.Error()
		}
		line, _ := json.Marshal(answer)
		fmt.Println(string(line))
	}
}
