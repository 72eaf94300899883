#!/bin/bash
# What OpenSSL says of the serving certificate: the handshake, then the certificate on its own for each name of the service.
. "$(dirname "$0")/../steps.sh"
ca=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

# run STEP COMMAND…
run() {
  local step=$1 output
  shift
  if output=$("$@" 2>&1 < /dev/null); then report "$step"; else report_refusal "$step" 0 "$output"; fi
}

address=$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT
for version in tls1_2 tls1_3; do
  run "handshake $version" openssl s_client -connect "$address" "-$version" -CAfile "$ca" -verify_ip "$KUBERNETES_SERVICE_HOST" -x509_strict -verify_return_error
done
openssl s_client -connect "$address" < /dev/null 2> /dev/null | openssl x509 > "$folder/leaf.crt"
for ip in 127.0.0.1 ::1; do
  run "verify $ip" openssl verify -x509_strict -purpose sslserver -CAfile "$ca" -verify_ip "$ip" "$folder/leaf.crt"
done
for name in localhost kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local; do
  run "verify $name" openssl verify -x509_strict -purpose sslserver -CAfile "$ca" -verify_hostname "$name" "$folder/leaf.crt"
done
run 'verify the CA' openssl verify -x509_strict -CAfile "$ca" "$ca"
