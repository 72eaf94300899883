import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually, hasMountNamespaces, hasTool, hasUserNamespaces, isRunning, runInpod, scratchFolder, startInpod } from './inpod.ts'

const scratch = scratchFolder()
afterAll(() => scratch.remove())

/** A folder with these files. */
function folderOf(files: Record<string, string>): string {
  const folder = join(scratch.path, String(numbered++))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}
let numbered = 0

const list = `cd /var/run/secrets/kubernetes.io/serviceaccount
exec curl -sS --fail-with-body --cacert ca.crt -H "Authorization: Bearer $(cat token)" "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT\${1-/api/v1/namespaces/$(cat namespace)/pods}"
`
const rights = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: viewer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: default}]
`
const matrix = (cwd: string, ...args: string[]) => runInpod(['matrix', ...args], { cwd })
const isPossible = (hasUserNamespaces || hasMountNamespaces) && hasTool('curl')

describe('scenario files', () => {
  const problem = async (text: string, ...args: string[]) => {
    const { code, err } = await matrix(folderOf({ 's.yaml': text }), 's.yaml', ...args)
    return [code, err]
  }

  test.each([
    ['name: a\nexpect:\n  exitCod: 1\n', 's.yaml:3: expect.exitCod unknown field "exitCod"; fields are exitCode, signal,'],
    ['name: a\n---\nname: a\n', 's.yaml:3: the name "a" is that of s.yaml:1'],
    ['name: a\nexpect: {exitCode: 0, signal: SIGTERM}\n', 's.yaml:2: expect.signal stands beside exitCode'],
    ['name: a\nexpect: {signal: SIGFOO}\n', 'expect.signal is SIGFOO, which is no signal'],
    ['name: a\nexpect: {stdout: {matches: "("}}\n', 's.yaml:2: expect.stdout has no regular expression'],
    ['name: a\nfaults:\n- {status: 500}\n- {match: {}}\n', 's.yaml:4: faults[1] has no effect'],
    [`name: a\nmatrix: {x: [1]}\ncommand: echo \${{ matrix.y }}\n`, 's.yaml:3: command names matrix.y, which there is not'],
    ['name: a\nmatrix: {x: 1}\n', 's.yaml:2: matrix.x is 1, not a list'],
    ['name: a\ntimeout: 5\n', 's.yaml:2: timeout is 5, not a string'],
    ['name: a\nname: b\n', 's.yaml:2:1: Map keys must be unique'],
    ['name: a\nserviceAccount: x\npod: y\n', 's.yaml:2: serviceAccount is what the Pod says'],
    ['name: a\nfaults:\n- none.yaml\n', /^inpod: s\.yaml:3: faults\[0\] cannot be used: none\.yaml: no such file\n {2}Check the path/],
    [`name: a\nfaults: [${'n'.repeat(300)}]\n`, 's.yaml:2: faults[0] cannot be used: nnn'],
    ['name: a\n', 's.yaml:1: "a" has no command'],
    ['', 's.yaml: no scenarios in there'],
  ])('%j', async (text, message) => {
    const [code, said] = await problem(text)
    expect(code).toBe(2)
    if (typeof message === 'string') expect(said).toContain(message)
    else expect(said).toMatch(message)
  })

  test.each([
    ['pod: "x\\0"', 's.yaml:1: x\0: '],
    [`pod: ${'p'.repeat(300)}`, 's.yaml:1: ppp'],
    ['command: [sh, -c, "echo \\0"]', 's.yaml:1: argument 2 of the program has a NUL in it'],
    ['env: {A: "b\\0"}', 's.yaml:1: the variable A has a NUL in it'],
    ['env: {A=B: c}', `s.yaml:1: the variable's name "A=B" has an = in it`],
  ])('what no file and no process can be called: %j', async (fields, message) => {
    const { code, out, err } = await matrix(folderOf({ 's.yaml': `name: a\n${fields}\n` }), 's.yaml', '--', 'true')
    expect([code, out]).toEqual([1, expect.stringContaining(message)])
    expect(err).not.toContain('internal error')
  })

  test('wrong use', async () => {
    const cwd = folderOf({ 's.yaml': 'name: a\n' })
    const said = async (...args: string[]) => {
      const { code, err } = await matrix(cwd, ...args)
      return `${code} ${err}`
    }
    expect(await said()).toMatch(/^2 inpod: no scenarios/)
    expect(await said('--', 'true')).toMatch(/^2 inpod: no scenarios/)
    expect(await said('none.yaml', '--', 'true')).toMatch(/^2 inpod: none.yaml: no such file/)
    expect(await said('s.yaml', '--shard', '3/2', '--', 'true')).toMatch(/^2 .*of --shard/)
    expect(await said('s.yaml', '--jobs', '0', '--', 'true')).toMatch(/^2 .*of --jobs/)
    expect(await said('s.yaml', '--timeout', '5', '--', 'true')).toMatch(/^2 .*of --timeout/)
    expect(await said('s.yaml', '--only', 'x', '--', 'true')).toMatch(/^2 .*no scenario is called x/)
    expect(await said('s.yaml', '--reporter', 'xml', '--', 'true')).toMatch(/^2 .*of --reporter/)
    expect(await said('s.yaml', '--sandbox', 'real-path', '-j', '2', '--', 'true')).toMatch(/^2 .*--sandbox real-path/)
  })

  test('lists, shards and combinations', async () => {
    const cwd = folderOf({
      's/b.yaml': `matrix: {n: [1, 2], w: [x, y], exclude: [{n: 2, w: x}], include: [{n: 3, w: z}, {w: y, more: m}]}\ncommand: echo \${{ matrix.n }}\n`,
      's/a.yaml': 'name: first\n---\n{}\n',
      's/rbac.yaml': rights,
    })
    const names = async (...args: string[]) => (await matrix(cwd, 's', '--list', ...args)).out.split('\n').slice(0, -1)
    expect(await names()).toEqual(['first', 'a 2', 'b (1, x)', 'b (1, y, m)', 'b (2, y, m)', 'b (3, z)'])
    expect([...(await names('--shard', '1/2')), ...(await names('--shard', '2/2'))].sort()).toEqual((await names()).sort())
    expect(await names('--only', 'b (1*', '--only', 'first')).toEqual(['first', 'b (1, x)', 'b (1, y, m)'])
    const { out } = await matrix(cwd, 's/a.yaml', '--list', '--json')
    expect(JSON.parse(out)).toEqual({
      include: [
        { name: 'first', file: 's/a.yaml', line: 1 },
        { name: 'a 2', file: 's/a.yaml', line: 3 },
      ],
    })
  })
})

describe.skipIf(!isPossible)('a run (needs namespaces and curl)', { timeout: 120_000 }, () => {
  const results = async (cwd: string, ...args: string[]) => {
    const { out, code, err } = await matrix(cwd, '--reporter', 'json', ...args)
    const { scenarios } = JSON.parse(out) as {
      scenarios: { name: string; status: string; mismatches: { line: number; message: string }[] }[]
    }
    const said = (name: string) =>
      scenarios.find((each) => each.name === name)!.mismatches.map(({ line, message }) => `${line}: ${message}`)
    return { code, err, said, statuses: Object.fromEntries(scenarios.map(({ name, status }) => [name, status])) }
  }

  test('what is expected is compared with what came', async () => {
    const cwd = folderOf({
      'list.sh': list,
      's/rights.yaml': rights,
      's/pod.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app, image: app, env: [{name: FOO, value: foo}]}]}\n',
      's/s.yaml': `name: reads
manifests: [rights.yaml]
expect:
  stdout: [PodList, {matches: '"kind": "PodList",$'}, {not: Forbidden}]
  requests: [{verb: list, resource: pods, user: 'system:serviceaccount:default:*', status: 200, count: 1}]
  noRequests: [{verb: [create, update]}]
  denials: []
  objects: [{apiVersion: v1, kind: Namespace, metadata: {name: default, deletionTimestamp: null}, status: {phase: Active}}]
  noObjects: [{apiVersion: v1, kind: Secret, metadata: {name: x}}]
---
name: all wrong
expect:
  exitCode: 0
  stdout: PodList
  requests:
    - {verb: get, resource: pods}
  noRequests:
    - {resource: pods}
  denials: []
  objects:
    - {apiVersion: v1, kind: Namespace, metadata: {name: default, labels: {kubernetes.io/metadata.name: other}}}
    - {apiVersion: v1, kind: Secret, metadata: {name: x}}
---
name: ended by a signal
command: kill -TERM $$
expect: {signal: SIGTERM}
---
name: faults
manifests: [rights.yaml]
faults: [{match: {resource: pods}, status: 503}]
expect: {exitCode: 22, stdout: ServiceUnavailable, denials: [], requests: [{status: 503}]}
---
name: a workload
pod: pod.yaml
env: {BAR: bar}
command: echo $FOO $BAR; hostname; echo err >/dev/stderr
expect: {stdout: {equals: "foo bar\\nweb"}, stderr: err}
---
name: other account
namespace: team-a
serviceAccount: demo
manifests:
  - {apiVersion: v1, kind: Namespace, metadata: {name: team-a}}
  - {apiVersion: v1, kind: ServiceAccount, metadata: {name: demo, namespace: team-a}}
expect: {exitCode: 22, denials: [{verb: list, namespace: team-a, user: 'system:serviceaccount:team-a:demo'}]}
---
name: no program
command: [nonesuch]
---
name: no manifest
manifests: [none.yaml]
`,
    })
    const { code, statuses, said } = await results(cwd, 's', '--', 'sh', 'list.sh')
    expect(statuses).toEqual({
      reads: 'passed',
      'all wrong': 'failed',
      'ended by a signal': 'passed',
      faults: 'passed',
      'a workload': 'passed',
      'other account': 'passed',
      'no program': 'error',
      'no manifest': 'error',
    })
    expect([code, said('no program'), said('no manifest')]).toEqual([
      1,
      [expect.stringContaining('no such program: nonesuch')],
      [expect.stringContaining('s/none.yaml: no such file')],
    ])
    const denied = 'list pods in default: 403'
    expect(said('all wrong')).toEqual([
      expect.stringMatching(/^13: exit code 22, not 0; it said:\ncurl: \(22\)/),
      expect.stringMatching(/^14: stdout does not contain "PodList"; it is:\n\{/),
      `16: no request verb=get resource=pods was made; made were:\n${denied}`,
      `18: a request resource=pods was made: ${denied}`,
      `19: other requests were denied:\n${denied}`,
      '21: Namespace default: metadata.labels.kubernetes.io/metadata.name is "default", not "other"',
      '22: there is no Secret x',
    ])
  })

  test('what takes too long is killed with all that it started', async () => {
    const cwd = folderOf({ 's.yaml': 'name: slow\ntimeout: 1s\ncommand: echo begun; sleep 4321 & setsid sleep 4321\n' })
    const { code, said } = await results(cwd, 's.yaml')
    expect([code, said('slow')]).toEqual([1, ['2: took too long, and was ended; it said:\nbegun']])
    await eventually(() => !isRunning('sleep 4321'), 'nothing is left')
  })

  test('what writes without end is killed before the disk is full', async () => {
    const { said } = await results(folderOf({ 's.yaml': 'name: yes\ncommand: [yes]\n' }), 's.yaml')
    expect(said('yes')).toEqual([expect.stringMatching(/wrote more than 64 MiB, and was ended; it said:\n(y\n)+y$/)])
  })

  // Without namespaces, root's programs see the files at their real path, which one at a time can.
  const withoutNamespaces = 'mount -t tmpfs none "$(readlink -f /var/run)" && mount --bind /bin/false "$(command -v unshare)" && exec "$@"'
  test.skipIf(!hasMountNamespaces)(
    'without namespaces, scenarios take turns (needs root and, for the test, mount namespaces)',
    async () => {
      const cwd = folderOf({
        'list.sh': list,
        's.yaml': 'matrix: {n: [1, 2, 3, 4]}\nexpect: {exitCode: 22, denials: [{resource: pods}]}\n',
      })
      const through = ['unshare', '--mount', 'sh', '-c', withoutNamespaces, 'sh']
      const { code, out } = await runInpod(['matrix', '-j', '4', 's.yaml', '--', 'sh', 'list.sh'], { cwd, through })
      expect([code, out]).toEqual([0, expect.stringMatching(/\n4 passed, 0 failed in/)])
    },
  )

  test('a signal ends the run, and what ran so far is told', async () => {
    const cwd = folderOf({
      's.yaml':
        'name: quick\ncommand: "true"\n---\nname: slow\ncommand: touch $MARK; exec sleep 5432\nenv: {MARK: running}\n---\nname: never\ncommand: "true"\n',
    })
    const temporary = folderOf({ '.keep': '' })
    const running = startInpod(['matrix', '-j', '1', '--reporter', 'json', 's.yaml'], { cwd, env: { TMPDIR: temporary } })
    await eventually(() => isRunning('sleep 5432'), 'the second runs')
    running.child.kill('SIGINT')
    const { code, out } = await running.finished
    expect(JSON.parse(out)).toMatchObject({ passed: 1, total: 3, notRun: ['slow', 'never'] })
    expect([code, isRunning('sleep 5432')]).toEqual([130, false])
    await eventually(() => readdirSync(temporary).length === 1, 'no folder is left')
  })

  test('--update writes what was observed, and keeps comments', async () => {
    const text = `# of the file
name: one # of the name
command: [sh, list.sh]
expect:
  # of the code
  exitCode: 3
  stderr: nothing
  denials: []
---
name: new
command: [sh, list.sh, /version]
---
name: fine
command: "true"
expect: {exitCode: 0}
`
    const cwd = folderOf({ 'list.sh': list, 's.yaml': text })
    expect(await matrix(cwd, '--update', 's.yaml')).toMatchObject({ code: 1, out: expect.stringMatching(/updated s.yaml\n$/) })
    expect(readFileSync(join(cwd, 's.yaml'), 'utf8')).toBe(`# of the file
name: one # of the name
command: [sh, list.sh]
expect:
  # of the code
  exitCode: 22
  stderr:
    equals: |
      curl: (22) The requested URL returned error: 403
  denials:
    - verb: list
      resource: pods
      namespace: default
---
name: new
command: [sh, list.sh, /version]
expect:
  exitCode: 0
  requests:
    - verb: get
      path: /version
  denials: []
---
name: fine
command: "true"
expect: {exitCode: 0}
`)
    expect(await matrix(cwd, 's.yaml')).toMatchObject({ code: 0 })
  })

  test.skipIf(!hasTool('bash'))(
    '200 scenarios of curl take at most 60 s of two processors (needs bash)',
    { timeout: 300_000 },
    async () => {
      const numbers = Array.from({ length: 200 }, (_, index) => index).join(', ')
      const text = `matrix: {n: [${numbers}]}\nmanifests: [rights.yaml]\nexpect: {stdout: PodList, denials: [], requests: [{verb: list, resource: pods}]}\n`
      const cwd = folderOf({ 'rights.yaml': rights, 'list.sh': list, 's.yaml': text })
      const timed = ['bash', '-c', 'TIMEFORMAT="processor %U %S"; time "$@"', 'bash']
      const { code, out, err } = await runInpod(['matrix', '-j', '2', 's.yaml', '--', 'sh', 'list.sh'], { cwd, through: timed })
      expect([code, out]).toEqual([0, expect.stringMatching(/\n200 passed, 0 failed in [\d.]+ s\n$/)])
      // How long that takes while others use the processors too is not for us to say.
      const [, user, system] = /^processor ([\d.]+) ([\d.]+)$/m.exec(err)!
      expect(Number(user) + Number(system)).toBeLessThan(2 * 60)
    },
  )

  test('a signal to the whole process group, as from a terminal, is no result of a scenario', async () => {
    const cwd = folderOf({ 's.yaml': 'matrix: {n: [1, 2, 3]}\ncommand: exec sleep 6543\n' })
    const running = startInpod(['matrix', '-j', '2', '--reporter', 'json', 's.yaml'], { cwd, detached: true })
    await eventually(() => isRunning('sleep 6543'), 'the first runs')
    process.kill(-running.child.pid!, 'SIGINT')
    const { code, out } = await running.finished
    expect([code, JSON.parse(out).notRun]).toEqual([130, ['s (1)', 's (2)', 's (3)']])
    await eventually(() => !isRunning('sleep 6543'), 'nothing is left')
  })

  describe('reporters', () => {
    const odd = 'name: "odd & <name> # \\u0007"\ncommand: printf "<&]]>\\001\\n" >&2; exit 3\n---\nname: fine\ncommand: "true"\n'

    test('the table and progress', async () => {
      const { out, err, code } = await matrix(folderOf({ 's.yaml': odd }), 's.yaml')
      expect(out).toMatch(/^SCENARIO +RESULT +TIME +EXIT +REQUESTS\n/)
      expect(out).toMatch(/\n {2}s\.yaml:1: exit code 3, not 0; it said:\n[\s\S]*\n1 passed, 1 failed in [\d.]+ s\n$/)
      expect([code, err]).toEqual([1, expect.stringMatching(/^passed \d\/2 fine \([\d.]+ s\)$/m)])
    })

    test('several, in files', async () => {
      const cwd = folderOf({ 's.yaml': odd })
      expect(await matrix(cwd, '--reporter', 'github', '--reporter', 'junit=j.xml', '--reporter=tap=t.tap', 's.yaml')).toMatchObject({
        out: expect.stringMatching(
          /^::error file=s\.yaml,line=1,title=odd & <name> # .::exit code 3, not 0; it said:%0A.*\n::notice title/,
        ),
      })
      expect(readdirSync(cwd).sort()).toEqual(['j.xml', 's.yaml', 't.tap'])
      expect((await matrix(cwd, '--reporter', 'json', '--output', 'none/x', 's.yaml')).err).toContain('cannot write none/x')
    })

    test.skipIf(!hasTool('python3'))("JUnit is XML to Python's parser (needs python3)", async () => {
      const cwd = folderOf({ 's.yaml': odd })
      await matrix(cwd, '--reporter', 'junit', '--output', 'j.xml', 's.yaml')
      const read = `import json, xml.etree.ElementTree as x; r = x.parse("j.xml").getroot()
print(json.dumps([r.attrib["tests"], r.attrib["failures"], [[c.attrib["name"], c.attrib["line"], [e.tag for e in c]] for c in r.iter("testcase")], r.find(".//system-err").text]))`
      const { stdout } = spawnSync('python3', ['-c', read], { cwd, encoding: 'utf8' })
      expect(JSON.parse(stdout)).toEqual([
        '2',
        '1',
        [
          ['odd & <name> # \ufffd', '1', ['failure', 'system-err']],
          ['fine', '4', []],
        ],
        '<&]]>\ufffd\n',
      ])
    })

    const hasTap = spawnSync('perl', ['-MTAP::Parser', '-e', '1']).status === 0
    test.skipIf(!hasTap)("TAP is read by Perl's parser (needs perl and TAP::Parser)", async () => {
      const cwd = folderOf({ 's.yaml': odd })
      await matrix(cwd, '--reporter', 'tap', '--output', 't.tap', 's.yaml')
      const read = `use TAP::Parser; my $p = TAP::Parser->new({source => "t.tap"}); $p->run;
print join(",", $p->tests_planned, scalar $p->passed, scalar $p->failed, scalar $p->skipped, scalar $p->parse_errors)`
      expect(spawnSync('perl', ['-e', read], { cwd, encoding: 'utf8' }).stdout).toBe('2,1,1,0,0')
    })
  })
})
