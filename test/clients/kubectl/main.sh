#!/bin/bash
# kubectl with no kubeconfig: it falls back to the service account.
here=$(dirname "$0")
. "$here/../steps.sh"
name=kubectl

manifest() { printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s"},"data":{"value":"%s"}}' "$name" "$1"; }

# run STEP COMMAND…: reports a refusal by the message kubectl prints.
run() {
  local step=$1 output
  shift
  if output=$("$@" 2>&1); then
    [ "$step" = list-pods ] && report "$step" "\"count\":$(printf %s "$output" | grep -c .)" || report "$step"
  else
    case $output in
      *'(Forbidden): '*) report_refusal "$step" 403 "${output#*(Forbidden): }" ;;
      *) report_refusal "$step" 0 "$output" ;;
    esac
  fi
}

run list-pods kubectl get pods --output=name
manifest one | run create-configmap kubectl create --filename=-
run watch-configmaps kubectl wait "configmap/$name" --for='jsonpath={.data.value}=two' --timeout=20s &
waiting=$!
manifest two | run update-configmap kubectl replace --filename=-
wait "$waiting"
manifest three | run apply-server-side kubectl apply --server-side --force-conflicts --filename=-
run delete-configmap kubectl delete "configmap/$name"
# Twice: the first creates, the second patches what the first left in the annotation.
manifest four | run apply-creates kubectl apply --filename=-
manifest five | run apply-patches kubectl apply --filename=-
run explain kubectl explain configmap.data
run delete-again kubectl delete "configmap/$name"
