import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandWords } from './beside.ts'
import { type CarriedVariables, carryVariables, exportValues } from './carried-variables.ts'
import { quoteAll } from './shell.ts'

const onLinux = process.platform === 'linux' ? test : test.skip
const print = ['/usr/bin/env', '-0']
const tricky = {
  PATH: '/usr/bin:/bin',
  EMPTY: '',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that of env -S
  LINES: 'a\n b\n\n"c" \'d\' \\ $PATH `id` ${HOME} #e\n',
  'a.b-c d': '=1=2=',
  'q\'"\\$x#': 'quotes',
  '-dash': 'dash',
  UNICODE: 'ä€😀',
  'BASH_FUNC_f%%': '() { :; }',
  INPOD_0: 'not ours',
  _: '/usr/bin/it',
  SHLVL: '7',
  IFS: 'x',
}
const many = Object.fromEntries(
  Array.from({ length: 9_000 }, (_, index) => [`SOME_SERVICE_${index}_PORT_${index}_TCP_ADDR`, String(index)]),
)

function variables({ stdout, stderr }: { stdout: string; stderr: string }): Record<string, string> {
  expect(stderr).toBe('')
  const lines = stdout.split('\0').slice(0, -1)
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

function started(carried: CarriedVariables): Record<string, string> {
  const [file, ...args] = commandWords(carried, print)
  return variables(spawnSync(file!, args, { env: { PATH: '/bin', LC_ALL: 'C', ...carried.values }, encoding: 'utf8' }))
}

function fromShell(carried: CarriedVariables): Record<string, string> {
  const script = [...exportValues(carried), `set -- ${quoteAll(commandWords(carried, print))}`, '(exec "$@")'].join('\n')
  return variables(spawnSync('/bin/sh', { input: script, env: { PATH: '/bin', LC_ALL: 'C' }, encoding: 'utf8' }))
}

onLinux('a program gets exactly its variables, whatever their names and values are (Linux)', () => {
  expect(started(carryVariables(tricky))).toEqual(tricky)
  expect(fromShell(carryVariables(tricky))).toEqual(tricky)
  expect(started(carryVariables({}))).toEqual({})
})

onLinux('thousands too (Linux)', () => {
  expect(started(carryVariables({ ...many, ...tricky }))).toEqual({ ...many, ...tricky })
  expect(fromShell(carryVariables({ ...many, PATH: '/bin' }))).toEqual({ ...many, PATH: '/bin' })
})

onLinux('no value is a word of the command line (Linux)', () => {
  const { words } = carryVariables({ SECRET: 'hunter-2', 'a.b': 'hunter-3' })
  expect(words.join(' ')).not.toContain('hunter')
})

onLinux('where env is of BusyBox, a shell gives them, but for names that it cannot hold (Linux)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'test-carried-'))
  writeFileSync(join(folder, 'busybox'), '')
  symlinkSync('busybox', join(folder, 'env'))
  const { IFS: _, ...plain } = tricky
  const carried = carryVariables(plain, join(folder, 'env'))
  rmSync(folder, { recursive: true })
  const odd = ['a.b-c d', 'q\'"\\$x#', '-dash', 'BASH_FUNC_f%%']
  expect(carried.lost).toEqual(odd)
  const held = Object.fromEntries(Object.entries(plain).filter(([name]) => !odd.includes(name)))
  // Which shells set for themselves.
  for (const got of [started(carried), fromShell(carried)]) expect({ ...got, _: held['_'], SHLVL: held['SHLVL'] }).toEqual(held)
})

onLinux('they act on the program alone (Linux)', () => {
  const carried = carryVariables({ LD_PRELOAD: '/nowhere.so', NODE_OPTIONS: '--nowhere', PATH: '/nowhere' })
  const [file, ...args] = commandWords(carried, ['/bin/true'])
  const { status, stderr } = spawnSync(file!, args, { env: carried.values, encoding: 'utf8' })
  expect(status).toBe(0)
  // From glibc's loader, of that one program.
  expect(stderr.split('/nowhere.so').length - 1).toBeLessThanOrEqual(1)
})
