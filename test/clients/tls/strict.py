"""The default context of Python 3.13, asked for by hand so that older ones are as strict."""

import json
import os
import socket
import ssl

CA = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'
ADDRESS = (os.environ['KUBERNETES_SERVICE_HOST'], int(os.environ['KUBERNETES_SERVICE_PORT']))
NAMES = [
    ADDRESS[0],
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
]
PROTOCOLS = [['h2', 'http/1.1'], ['http/1.1'], []]


def shake_hands(name, protocols):
    context = ssl.create_default_context(cafile=CA)
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    if protocols:
        context.set_alpn_protocols(protocols)
    with socket.create_connection(ADDRESS, timeout=10) as plain, context.wrap_socket(plain, server_hostname=name) as secured:
        return {'ok': True, 'protocol': secured.selected_alpn_protocol()}


def attempt(name, protocols):
    try:
        return shake_hands(name, protocols)
    except ssl.SSLError as error:
        return {'ok': False, 'message': str(error)}


for name in NAMES:
    print(json.dumps({'step': name, **attempt(name, PROTOCOLS[0])}))
for protocols in PROTOCOLS:
    print(json.dumps({'step': ','.join(protocols) or 'no ALPN', **attempt(ADDRESS[0], protocols)}))
