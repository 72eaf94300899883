// One part of the load of `npm run soak`: informers of client-go, or a writer. Prints a line of JSON for each thing that it is told.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"inpod.test/clients/steps"
)

const namespace = "soak"

var widgets = schema.GroupVersionResource{Group: "soak.example.com", Version: "v1", Resource: "widgets"}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		steps.Fail(err)
	}
	config.QPS = -1
	run := map[string]func(context.Context, *rest.Config, <-chan string) error{"informers": runInformers, "writer": runWriter}[os.Args[1]]
	if run == nil {
		steps.Fail(fmt.Errorf("%s is neither informers nor writer", os.Args[1]))
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := run(ctx, config, commands()); err != nil {
		steps.Fail(err)
	}
}

// commands are the lines of standard input; the channel is closed at its end, which ends the program.
func commands() <-chan string {
	lines := make(chan string)
	go func() {
		scanner := bufio.NewScanner(os.Stdin)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
		close(lines)
	}()
	return lines
}

var telling sync.Mutex

func tell(what string, value any) {
	telling.Lock()
	defer telling.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{what: value}); err != nil {
		steps.Fail(err)
	}
}
