// An application service on EdgeX's own Go SDK: it publishes every event it receives on edgex/echo/{device}, and gives
// what core-command answers over the bus at /command/{device}/{command}, and at /command/{device}.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/edgexfoundry/app-functions-sdk-go/v4/pkg"
	"github.com/edgexfoundry/app-functions-sdk-go/v4/pkg/interfaces"
	"github.com/edgexfoundry/go-mod-core-contracts/v4/dtos"
	"github.com/labstack/echo/v4"
)

func passOn(context interfaces.AppFunctionContext, data any) (bool, any) {
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

func commands(service interfaces.ApplicationService) echo.HandlerFunc {
	return func(c echo.Context) error {
		var answer any
		var failure error
		ctx, device, command := c.Request().Context(), c.Param("device"), c.Param("command")
		switch {
		case command == "":
			answer, failure = service.CommandClient().DeviceCoreCommandsByDeviceName(ctx, device)
		case c.Request().Method == http.MethodPut:
			settings := map[string]any{}
			if err := c.Bind(&settings); err != nil {
				return err
			}
			answer, failure = service.CommandClient().IssueSetCommandByName(ctx, device, command, settings)
		default:
			answer, failure = service.CommandClient().IssueGetCommandByName(ctx, device, command, false, true)
		}
		if failure != nil {
			return c.String(http.StatusBadGateway, failure.Error())
		}
		return c.JSON(http.StatusOK, answer)
	}
}

func main() {
	service, ok := pkg.NewAppService("app-go-peer")
	if !ok {
		os.Exit(1)
	}
	for _, route := range []string{"/command/:device", "/command/:device/:command"} {
		if err := service.AddCustomRoute(route, interfaces.Unauthenticated, commands(service), "GET", "PUT"); err != nil {
			service.LoggingClient().Errorf("route: %s", err)
			os.Exit(1)
		}
	}
	if err := service.SetDefaultFunctionsPipeline(passOn); err != nil {
		service.LoggingClient().Errorf("pipeline: %s", err)
		os.Exit(1)
	}
	if err := service.Run(); err != nil {
		service.LoggingClient().Errorf("run: %s", err)
		os.Exit(1)
	}
}
