"""The official client's streams: the log, exec and port-forward of the Pod that this program runs in."""

import os
import socket
import sys
import threading

from kubernetes import client, config
from kubernetes.stream import portforward, stream

from steps import namespace, report


def run(core, command, **options):
    opened = stream(
        core.connect_get_namespaced_pod_exec,
        os.environ['HOSTNAME'],
        namespace(),
        command=command,
        stdin=True,
        stdout=True,
        stderr=True,
        tty=False,
        _preload_content=False,
        **options,
    )
    opened.write_stdin('typed\n')
    opened.run_forever(timeout=30)
    return {'out': opened.read_stdout(), 'err': opened.read_stderr(), 'code': opened.returncode}


def serve():
    listener = socket.create_server(('127.0.0.1', 0))

    def answer():
        connection, _ = listener.accept()
        connection.sendall(b'served ' + connection.recv(100))
        connection.close()

    threading.Thread(target=answer, daemon=True).start()
    return listener.getsockname()[1]


def main():
    config.load_incluster_config()
    core = client.CoreV1Api()
    sys.stderr.write('to the log\n')
    report('exec', **run(core, ['sh', '-c', 'read line; echo "got $line"; echo wrong >&2; exit 3']))
    report('log', text=core.read_namespaced_pod_log(os.environ['HOSTNAME'], namespace(), tail_lines=100))
    port = serve()
    forwarded = portforward(core.connect_get_namespaced_pod_portforward, os.environ['HOSTNAME'], namespace(), ports=str(port))
    connection = forwarded.socket(port)
    connection.setblocking(True)
    connection.sendall(b'request')
    report('port-forward', answer=connection.recv(100).decode(), error=forwarded.error(port))


main()
