"""For each line on standard input, lists pods with clients that have been there from the beginning. The argument is the folder of the files."""

import sys
import warnings

import kr8s
from lightkube import ApiError, Client, KubeConfig
from lightkube.resources.core_v1 import Pod

from steps import report, report_refusal


def main():
    warnings.simplefilter('ignore')
    folder = sys.argv[1]
    lightkube = Client(config=KubeConfig.from_service_account(service_account=folder), namespace='team-a')
    api = kr8s.api(serviceaccount=folder, kubeconfig=False, namespace='team-a')
    for _ in sys.stdin:
        try:
            report('lightkube', count=len(list(lightkube.list(Pod))))
        except ApiError as error:
            report_refusal('lightkube', error.status.code, error.status.message)
        try:
            report('kr8s', count=len(list(api.get('pods', namespace='team-a'))))
        except kr8s.ServerError as error:
            report_refusal('kr8s', error.response.status_code, error.response.json()['message'])


main()
