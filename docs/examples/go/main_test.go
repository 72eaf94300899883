package pods

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// What `inpod start --json` prints.
var cluster struct {
	Kubeconfig string
	PodRoot    string
	Env        map[string]string
}

func TestMain(m *testing.M) {
	code, err := runWithCluster(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// One server for the tests of this package, which reset puts back to how it was at first.
func runWithCluster(m *testing.M) (int, error) {
	command := exec.Command("inpod", "start", "--json", "--filename", "../pod-reader.yaml")
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := command.Start(); err != nil {
		return 1, err
	}
	defer func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	}()
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		return 1, fmt.Errorf("inpod did not start: %w", err)
	}
	if err := json.Unmarshal(line, &cluster); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// As the Pod; what rest.InClusterConfig gives in a cluster.
func inPod() *rest.Config {
	account := filepath.Join(cluster.PodRoot, "var/run/secrets/kubernetes.io/serviceaccount")
	return &rest.Config{
		Host:            "https://" + net.JoinHostPort(cluster.Env["KUBERNETES_SERVICE_HOST"], cluster.Env["KUBERNETES_SERVICE_PORT"]),
		BearerTokenFile: filepath.Join(account, "token"),
		TLSClientConfig: rest.TLSClientConfig{CAFile: filepath.Join(account, "ca.crt")},
	}
}

// Everything is as the manifests say again. Gives the administrator's client, to prepare things.
func reset(t *testing.T) corev1.CoreV1Interface {
	config, err := clientcmd.BuildConfigFromFlags("", cluster.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	admin := corev1.NewForConfigOrDie(config)
	if err := admin.RESTClient().Post().AbsPath("/inpod/v1/reset").Do(t.Context()).Error(); err != nil {
		t.Fatal(err)
	}
	return admin
}
