// An EdgeX peer of EdgeX's own making: go-mod-messaging's MQTT client takes one event from the broker on the given
// port, prints what it decoded as JSON, and publishes the event again under another source. See ../edgex-peer.ts.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/edgexfoundry/go-mod-core-contracts/v4/common"
	dtoCommon "github.com/edgexfoundry/go-mod-core-contracts/v4/dtos/common"
	"github.com/edgexfoundry/go-mod-core-contracts/v4/dtos/requests"
	"github.com/edgexfoundry/go-mod-messaging/v4/messaging"
	"github.com/edgexfoundry/go-mod-messaging/v4/pkg/types"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	port := must(strconv.Atoi(os.Args[1]))
	optional := map[string]string{"ClientId": "edgex-peer", "Qos": "0", "KeepAlive": "10", "Retained": "false", "CleanSession": "true"}
	host := types.HostInfo{Host: "127.0.0.1", Port: port, Protocol: "tcp"}
	client := must(messaging.NewMessageClient(types.MessageBusConfig{Broker: host, Type: "mqtt", Optional: optional}))
	must(0, client.Connect())
	messages, failures := make(chan types.MessageEnvelope, 10), make(chan error, 10)
	must(0, client.Subscribe([]types.TopicChannel{{Topic: "edgex/events/device/#", Messages: messages}}, failures))
	fmt.Println("ready")
	select {
	case message := <-messages:
		request := must(types.GetMsgPayload[requests.AddEventRequest](message))
		fmt.Println(string(must(json.Marshal(request))))
		request.Event.SourceName = "back"
		envelope := types.MessageEnvelope{Versionable: dtoCommon.NewVersionable(), CorrelationID: message.CorrelationID, Payload: request, ContentType: common.ContentTypeJSON}
		topic := common.BuildTopic("edgex/events/device/go", request.Event.ProfileName, request.Event.DeviceName, "back")
		must(0, client.Publish(envelope, topic))
		time.Sleep(200 * time.Millisecond) // QoS 0: nothing tells when it has left
	case err := <-failures:
		must(0, err)
	case <-time.After(10 * time.Second):
		must(0, fmt.Errorf("no event within 10 s"))
	}
	must(0, client.Disconnect())
}
