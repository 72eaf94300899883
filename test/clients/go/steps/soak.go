package steps

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

var printing sync.Mutex

// SoakLimit is how long a program goes on that never sees the end.
func SoakLimit() time.Duration {
	seconds, err := strconv.Atoi(os.Getenv("SOAK_LIMIT_SECONDS"))
	if err != nil {
		Fail(fmt.Errorf("SOAK_LIMIT_SECONDS: %w", err))
	}
	return time.Duration(seconds) * time.Second
}

// Saw prints what was seen of a ConfigMap, if it is one of those that count. The last ends the program a little later.
func Saw(event string, configMap *corev1.ConfigMap) {
	if !strings.HasPrefix(configMap.Name, "soak-") {
		return
	}
	line(map[string]any{"event": event, "name": configMap.Name, "value": configMap.Data["value"], "version": configMap.ResourceVersion})
	if configMap.Name == "soak-end" && event == "ADDED" {
		time.AfterFunc(time.Second, func() { os.Exit(0) })
	}
}

// Led prints that a term has begun or ended.
func Led(event string) { line(map[string]any{"event": event}) }

func line(facts map[string]any) {
	printing.Lock()
	defer printing.Unlock()
	if err := json.NewEncoder(os.Stdout).Encode(facts); err != nil {
		Fail(err)
	}
}

// Found prints what a controller found when it looked at a ConfigMap.
func Found(name string, exists bool, value string) {
	line(map[string]any{"event": "FOUND", "name": name, "exists": exists, "value": value})
}
