"""A Pod's view of a cluster, by `inpod start --json`: one server, which each test finds as it was at first."""

import json
import ssl
import subprocess
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from kubernetes import client, config

MANIFESTS = Path(__file__).parent.parent / 'pod-reader.yaml'


@pytest.fixture(scope='session')
def started():
    command = ['inpod', 'start', '--json', '--filename', str(MANIFESTS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line, 'inpod did not start; it has said why'
            yield json.loads(line)
        finally:
            process.terminate()


@pytest.fixture
def cluster(started, monkeypatch):
    reset(started)
    be_in_pod(monkeypatch, started)
    admin = client.CoreV1Api(config.new_client_from_config(started['kubeconfig']))
    return SimpleNamespace(admin=admin, **started)


def reset(started):
    url, token = f'{started["server"]}/inpod/v1/reset', started['token']
    request = urllib.request.Request(url, method='POST', headers={'Authorization': f'Bearer {token}'})
    urllib.request.urlopen(request, context=ssl.create_default_context(cafile=started['caFile'])).close()


def be_in_pod(monkeypatch, started):
    """Lets `load_incluster_config()` find the server and the files, as in a Pod."""
    for name, value in started['env'].items():
        monkeypatch.setenv(name, value)
    account = Path(started['podRoot'], 'var/run/secrets/kubernetes.io/serviceaccount')
    loader = 'kubernetes.config.incluster_config'
    monkeypatch.setattr(f'{loader}.SERVICE_TOKEN_FILENAME', str(account / 'token'))
    monkeypatch.setattr(f'{loader}.SERVICE_CERT_FILENAME', str(account / 'ca.crt'))
