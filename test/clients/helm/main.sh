#!/bin/bash
# helm with no kubeconfig: install a chart, list, upgrade, uninstall.
here=$(dirname "$0")
. "$here/../steps.sh"

# run STEP COMMAND…
run() {
  local step=$1 output
  shift
  if output=$("$@" 2>&1); then
    report "$step" "\"output\":\"$(printf %s "$output" | escape)\""
  else
    report_refusal "$step" 0 "$output"
  fi
}

run install helm install helm "$here/chart" --wait --timeout 20s
run list helm list --short
run upgrade helm upgrade helm "$here/chart" --set value=two --timeout 20s
run status helm status helm --output json
run uninstall helm uninstall helm
