#!/bin/sh
# GETs a path of the Kubernetes API with curl, as the guide "Accessing the Kubernetes API from a Pod" does: sh get.sh /api
APISERVER=https://${KUBERNETES_SERVICE_HOST}:${KUBERNETES_SERVICE_PORT}
SERVICEACCOUNT=/var/run/secrets/kubernetes.io/serviceaccount
TOKEN=$(cat ${SERVICEACCOUNT}/token)
CACERT=${SERVICEACCOUNT}/ca.crt
curl --silent --show-error --cacert ${CACERT} --header "Authorization: Bearer ${TOKEN}" -X GET "${APISERVER}$1"
