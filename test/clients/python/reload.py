"""Lists pods with lightkube and kr8s for some seconds, while the tokens they were started with expire."""

import sys
import time
import warnings

import kr8s
from lightkube import Client
from lightkube.resources.core_v1 import Pod

from steps import namespace, report

TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'


def main():
    warnings.simplefilter('ignore')
    lightkube = Client()
    api = kr8s.api()
    tokens = set()
    requests = 0
    end = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        with open(TOKEN) as file:
            tokens.add(file.read())
        list(lightkube.list(Pod))
        list(api.get('pods', namespace=namespace()))
        requests += 1
        time.sleep(0.25)
    report('reload', requests=requests, tokens=len(tokens))


main()
