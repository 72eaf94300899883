// client-go's streams: the log, exec and port-forward of the Pod that this program runs in, over SPDY and over WebSockets.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
	utilexec "k8s.io/client-go/util/exec"

	"inpod.test/clients/steps"
)

func main() {
	fmt.Fprintln(os.Stderr, "to the log")
	config, err := rest.InClusterConfig()
	must(err)
	clients, err := kubernetes.NewForConfig(config)
	must(err)
	pod := func(subresource string) *rest.Request {
		return clients.CoreV1().RESTClient().Post().Resource("pods").Name(os.Getenv("HOSTNAME")).Namespace(steps.Namespace()).SubResource(subresource)
	}
	execute := pod("exec").VersionedParams(&corev1.PodExecOptions{
		Command: []string{"sh", "-c", `cat; echo wrong >&2; exit 3`}, Stdin: true, Stdout: true, Stderr: true,
	}, scheme.ParameterCodec).URL()
	overSpdy, err := remotecommand.NewSPDYExecutor(config, http.MethodPost, execute)
	must(err)
	overWebSocket, err := remotecommand.NewWebSocketExecutor(config, http.MethodGet, execute.String())
	must(err)
	runs := []struct {
		step     string
		executor remotecommand.Executor
	}{{"exec-spdy", overSpdy}, {"exec", overWebSocket}}
	for _, run := range runs {
		step, executor := run.step, run.executor
		var out, failed bytes.Buffer
		err := executor.StreamWithContext(context.Background(), remotecommand.StreamOptions{Stdin: strings.NewReader("typed\n"), Stdout: &out, Stderr: &failed})
		var exit utilexec.CodeExitError
		if !errors.As(err, &exit) {
			must(fmt.Errorf("not an exit code: %w", err))
		}
		steps.Report(step, map[string]any{"out": "got " + out.String(), "err": failed.String(), "code": exit.Code}, nil)
	}
	text, err := clients.CoreV1().Pods(steps.Namespace()).GetLogs(os.Getenv("HOSTNAME"), &corev1.PodLogOptions{}).DoRaw(context.Background())
	must(err)
	steps.Report("log", map[string]any{"text": string(text)}, nil)
	for step, webSocket := range map[string]bool{"port-forward-spdy": false, "port-forward": true} {
		forward(step, config, pod("portforward"), webSocket)
	}
}

func forward(step string, config *rest.Config, request *rest.Request, webSocket bool) {
	served, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	go func() {
		connection, err := served.Accept()
		must(err)
		data := make([]byte, 100)
		n, _ := connection.Read(data)
		fmt.Fprintf(connection, "served %s", data[:n])
		connection.Close()
	}()
	transport, upgrader, err := spdy.RoundTripperFor(config)
	must(err)
	dialer := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, http.MethodPost, request.URL())
	if webSocket {
		dialer, err = portforward.NewSPDYOverWebsocketDialer(request.URL(), config)
		must(err)
	}
	stop, ready := make(chan struct{}), make(chan struct{})
	ports := []string{fmt.Sprintf("0:%d", served.Addr().(*net.TCPAddr).Port)}
	forwarder, err := portforward.NewOnAddresses(dialer, []string{"127.0.0.1"}, ports, stop, ready, io.Discard, os.Stderr)
	must(err)
	go func() { must(forwarder.ForwardPorts()) }()
	<-ready
	forwarded, err := forwarder.GetPorts()
	must(err)
	connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", forwarded[0].Local))
	must(err)
	fmt.Fprint(connection, "request")
	answer, err := io.ReadAll(connection)
	must(err)
	steps.Report(step, map[string]any{"answer": string(answer), "error": ""}, nil)
	close(stop)
}

func must(err error) {
	if err != nil {
		steps.Fail(err)
	}
}
