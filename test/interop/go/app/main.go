// An application service on EdgeX's own Go SDK: it publishes every event it receives on edgex/echo/{device}.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/edgexfoundry/app-functions-sdk-go/v4/pkg"
	"github.com/edgexfoundry/app-functions-sdk-go/v4/pkg/interfaces"
	"github.com/edgexfoundry/go-mod-core-contracts/v4/dtos"
)

func echo(context interfaces.AppFunctionContext, data any) (bool, any) {
	event, isEvent := data.(dtos.Event)
	if !isEvent {
		return false, fmt.Errorf("%T is no event", data)
	}
	body, err := json.Marshal(event)
	if err != nil {
		return false, err
	}
	context.SetResponseContentType("application/json")
	context.SetResponseData(body)
	return true, nil
}

func main() {
	service, ok := pkg.NewAppService("app-go-peer")
	if !ok {
		os.Exit(1)
	}
	if err := service.SetDefaultFunctionsPipeline(echo); err != nil {
		service.LoggingClient().Errorf("pipeline: %s", err)
		os.Exit(1)
	}
	if err := service.Run(); err != nil {
		service.LoggingClient().Errorf("run: %s", err)
		os.Exit(1)
	}
}
