#!/bin/bash
# curl as "Accessing the Kubernetes API from a Pod" shows it.
. "$(dirname "$0")/../steps.sh"
name=curl
account=/var/run/secrets/kubernetes.io/serviceaccount
namespace=$(cat "$account/namespace")
core=https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/$namespace

# call ARGUMENTS…: the body and, on a last line of its own, the status code.
call() {
  curl --silent --show-error --max-time 20 --cacert "$account/ca.crt" --header "Authorization: Bearer $(cat "$account/token")" \
    --header 'Content-Type: application/json' --write-out '\n%{http_code}' "$@"
}

# field NAME: that string of an indented answer.
field() { sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" | head -n 1; }

# run STEP ARGUMENTS…
run() {
  local step=$1 status
  shift
  answer=$(call "$@")
  status=${answer##*$'\n'}
  case $status in
    2??) [ "$step" = list-pods ] && report "$step" "\"count\":$(printf %s "$answer" | grep -c '"containers"')" || report "$step" ;;
    # What is quoted in the message is escaped there already.
    *) printf '{"step":"%s","ok":false,"status":%s,"message":"%s"}\n' "$step" "$status" "$(printf %s "$answer" | field message)" ;;
  esac
}

body() { printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s"},"data":{"value":"%s"}}' "$name" "$1"; }

watch() {
  local event
  exec 3< <(exec curl --silent --no-buffer --max-time 20 --cacert "$account/ca.crt" \
    --header "Authorization: Bearer $(cat "$account/token")" "$core/configmaps?watch=true&resourceVersion=$1")
  IFS= read -r event <&3
  kill "$!"
  case $event in
    '{"type":'*"\"name\":\"$name\""*'"value":"two"'*) report watch-configmaps '"event":"MODIFIED","name":"curl","value":"two"' ;;
    *) report_refusal watch-configmaps 0 "$event" ;;
  esac
}

run list-pods "$core/pods"
run create-configmap --data "$(body one)" "$core/configmaps"
since=$(printf %s "$answer" | field resourceVersion)
run update-configmap --request PUT --data "$(body two)" "$core/configmaps/$name"
if [ -n "$since" ]; then watch "$since"; else run watch-configmaps "$core/configmaps?watch=true"; fi
run delete-configmap --request DELETE "$core/configmaps/$name"
