// A device service on EdgeX's own Go SDK: one resource of every value type, kept in memory. Our edge must serve it unchanged.
package main

import (
	"fmt"
	"sync"

	"github.com/edgexfoundry/device-sdk-go/v4/pkg/interfaces"
	sdk "github.com/edgexfoundry/device-sdk-go/v4/pkg/models"
	"github.com/edgexfoundry/device-sdk-go/v4/pkg/startup"
	"github.com/edgexfoundry/go-mod-core-contracts/v4/models"
)

type protocols = map[string]models.ProtocolProperties

type driver struct {
	interfaces.DeviceServiceSDK
	written sync.Map // "device/resource" → value
}

func (d *driver) Initialize(service interfaces.DeviceServiceSDK) error {
	d.DeviceServiceSDK = service
	return nil
}

func (d *driver) HandleReadCommands(device string, _ protocols, requests []sdk.CommandRequest) ([]*sdk.CommandValue, error) {
	values := make([]*sdk.CommandValue, 0, len(requests))
	for _, request := range requests {
		value, found := d.written.Load(device + "/" + request.DeviceResourceName)
		if !found {
			value = initial[request.Type]
		}
		read, err := sdk.NewCommandValue(request.DeviceResourceName, request.Type, value)
		if err != nil {
			return nil, err
		}
		values = append(values, read)
	}
	return values, nil
}

func (d *driver) HandleWriteCommands(device string, _ protocols, requests []sdk.CommandRequest, params []*sdk.CommandValue) error {
	for i, request := range requests {
		d.written.Store(device+"/"+request.DeviceResourceName, params[i].Value)
	}
	return nil
}

// ValidateDevice is what core-metadata asks over the bus before it adds a device.
func (d *driver) ValidateDevice(device models.Device) error {
	if _, found := device.Protocols["memory"]["Slot"]; !found {
		return fmt.Errorf("protocol memory needs a Slot")
	}
	return nil
}

func (d *driver) AddDevice(name string, _ protocols, _ models.AdminState) error {
	d.LoggingClient().Infof("driver: added %s", name)
	return nil
}

func (d *driver) UpdateDevice(name string, _ protocols, state models.AdminState) error {
	d.LoggingClient().Infof("driver: updated %s %s", name, state)
	return nil
}

func (d *driver) RemoveDevice(name string, _ protocols) error {
	d.LoggingClient().Infof("driver: removed %s", name)
	return nil
}

// Discover finds one device, which a provision watcher may take.
func (d *driver) Discover() error {
	found := protocols{"memory": {"Slot": "found"}}
	d.DiscoveredDeviceChannel() <- []sdk.DiscoveredDevice{{Name: "go-found", Protocols: found}}
	return nil
}

func (d *driver) Start() error    { return nil }
func (d *driver) Stop(bool) error { return nil }

func main() {
	startup.Bootstrap("device-go-peer", "4.0.2", &driver{})
}
