"""Prints what a client program did, one JSON line a step."""

import json


def report(step, **facts):
    print(json.dumps({'step': step, 'ok': True, **facts}), flush=True)


def report_refusal(step, status, message):
    print(json.dumps({'step': step, 'ok': False, 'status': status, 'message': message}), flush=True)


def namespace():
    with open('/var/run/secrets/kubernetes.io/serviceaccount/namespace') as file:
        return file.read()
