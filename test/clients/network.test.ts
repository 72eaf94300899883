// In a network of the program's own: at the name and port that some clients insist on, or fall back to without variables.
import { expect, test } from 'vitest'
import { asOrdinaryUser, hasNetworkNamespaces, hasUserNamespaces, runInpod } from '../cli/inpod.ts'
import { manifestsOf, type Outcome, runInPod } from './pod.ts'
import { describeClient } from './suite.ts'

const isolated = ['--network', 'isolated']
const byName = ['env', 'KUBERNETES_SERVICE_HOST=kubernetes.default.svc', 'KUBERNETES_SERVICE_PORT=443'] as const
const withoutVariables = ['env', '-u', 'KUBERNETES_SERVICE_HOST', '-u', 'KUBERNETES_SERVICE_PORT'] as const
const it = hasNetworkNamespaces ? test : test.skip

const names = ['list-pods', 'create-configmap', 'update-configmap', 'watch-configmaps', 'delete-configmap']
function expectSuccess({ steps, exitCode, stderr }: Outcome): void {
  expect(
    {
      done: steps
        .filter(({ ok }) => ok)
        .map(({ step }) => step)
        .sort(),
      exitCode,
    },
    stderr,
  ).toEqual({ done: names.toSorted(), exitCode: 0 })
}

const clients = ['client-go', 'kubernetes-python', 'kr8s', 'lightkube', 'client-node', 'client-java', 'fabric8', 'kube-rs', 'curl']

for (const client of clients) {
  describeClient(client, (command) => {
    it('works at kubernetes.default.svc:443 (needs network namespaces)', { timeout: 120_000 }, async () => {
      const { argv, environment } = command()
      expectSuccess(await runInPod({ argv: [...byName, ...argv], ...(environment ? { environment } : {}) }, 'allowed', isolated))
    })
  })
}

describeClient('fabric8', (command) => {
  it('falls back to kubernetes.default.svc where no variable leads it (needs network namespaces)', { timeout: 120_000 }, async () => {
    expectSuccess(await runInPod({ argv: [...withoutVariables, ...command().argv] }, 'allowed', isolated))
  })
})

describeClient('client-go', (command) => {
  const asUser = hasNetworkNamespaces && hasUserNamespaces ? test : test.skip
  asUser('works for an ordinary user (needs user and network namespaces)', { timeout: 120_000 }, async () => {
    const options = ['-n', 'team-a', '--service-account', 'demo-sa', ...manifestsOf('allowed').flatMap((file) => ['-f', file])]
    const { code, out, err } = await runInpod(['exec', ...isolated, ...options, '--', ...byName, ...command().argv], {
      through: asOrdinaryUser,
    })
    expect({ code, steps: out.split('\n').filter((line) => line.includes('"ok":true')).length }, err).toEqual({
      code: 0,
      steps: names.length,
    })
  })
})

/** What clients do that read the files themselves and know the name: kopf's own login, kubeclient's README, php-k8s. */
const handWritten = `
import json, ssl, urllib.request
root = '/var/run/secrets/kubernetes.io/serviceaccount/'
context = ssl.create_default_context(cafile=root + 'ca.crt')
headers = {'Authorization': 'Bearer ' + open(root + 'token').read()}
for path in ['/apis', '/api', '/api/v1/namespaces/' + open(root + 'namespace').read() + '/pods']:
    answer = urllib.request.urlopen(urllib.request.Request('https://kubernetes.default.svc' + path, headers=headers), context=context)
    print(json.load(answer)['kind'])
`
describeClient('python-strict', () => {
  it("Python's own HTTPS client finds the name with the CA file alone (needs network namespaces)", { timeout: 60_000 }, async () => {
    const { stdout, stderr } = await runInPod({ argv: [...withoutVariables, 'python3', '-c', handWritten] }, 'allowed', isolated)
    expect(stdout, stderr).toBe('APIGroupList\nAPIVersions\nPodList\n')
  })
})
