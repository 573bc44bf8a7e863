// EdgeX's one-shot bootstrapper of the common configuration, on EdgeX's own client of keeper: the values come as JSON
// on stdin. Usage: bootstrapper PORT [overwrite]
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"

	"github.com/edgexfoundry/go-mod-configuration/v4/configuration"
	"github.com/edgexfoundry/go-mod-configuration/v4/pkg/types"
)

const readyKey = "IsCommonConfigReady"

// open sends no credentials, as every service does without a secret store.
type open struct{}

func (open) AddAuthenticationData(*http.Request) error { return nil }
func (open) RoundTripper() http.RoundTripper           { return http.DefaultTransport }

func push(port int, overwrite bool) error {
	client, err := configuration.NewConfigurationClient(types.ServiceConfig{
		Host: "127.0.0.1", Port: port, Type: "keeper",
		BasePath: "edgex/v4/core-common-config-bootstrapper", AuthInjector: open{},
	})
	if err != nil {
		return err
	}
	if found, err := client.HasConfiguration(); err != nil || !found {
		return fmt.Errorf("no common configuration is there: %v", err)
	}
	values := map[string]any{}
	if err := json.NewDecoder(os.Stdin).Decode(&values); err != nil {
		return err
	}
	if err := client.PutConfigurationValue(readyKey, []byte("false")); err != nil {
		return err
	}
	if err := client.PutConfigurationMap(values, overwrite); err != nil {
		return err
	}
	return client.PutConfigurationValue(readyKey, []byte("true"))
}

func main() {
	port, err := strconv.Atoi(os.Args[1])
	if err == nil {
		err = push(port, len(os.Args) > 2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
