// Package steps prints what a client program did, one JSON line a step.
package steps

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Report prints one line: the step, whether it went well, then either the facts or the error as the client decoded it.
func Report(step string, facts map[string]any, err error) {
	line := map[string]any{"step": step, "ok": err == nil}
	for name, value := range facts {
		line[name] = value
	}
	if err != nil {
		line["message"] = err.Error()
		var status apierrors.APIStatus
		if errors.As(err, &status) {
			line["status"] = status.Status().Code
			line["reason"] = status.Status().Reason
			line["message"] = status.Status().Message
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		Fail(err)
	}
}

// Fail ends the program: something broke that is not an answer of the server.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Namespace reads the namespace the kubelet wrote beside the token.
func Namespace() string {
	namespace, err := os.ReadFile("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
	if err != nil {
		Fail(err)
	}
	return string(namespace)
}
