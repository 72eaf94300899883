// What the program writes passes through us where it is no terminal: every byte, in its order, and until nobody reads any more.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { asOrdinaryUser, hasUserNamespaces, inpod } from './inpod.ts'

const run = promisify(execFile)
const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`
const ways = [
  { way: 'with user namespaces', possible: hasUserNamespaces, through: asOrdinaryUser, sandbox: 'namespaces' },
  { way: 'without namespaces', possible: true, through: [] as string[], sandbox: 'pod-root' },
]

describe.for(ways)('output $way', ({ possible, through, sandbox }) => {
  const it = possible ? test : test.skip
  /** A line of a shell in which `$1` is the command that runs a program. */
  const shell = async (line: string) => {
    const command = [...through, ...inpod, 'exec', '--sandbox', sandbox, '--', 'sh', '-c'].map(quote).join(' ')
    const { stdout } = await run('sh', ['-c', line.replaceAll('$1', () => command)], { maxBuffer: 2 ** 26 })
    return stdout
  }

  it('is the same, byte for byte', async () => {
    const program = 'i=0; while [ $i -lt 40 ]; do head -c 100000 /dev/zero | tr "\\0" "$i"; i=$((i + 1)); done; printf end'
    const expected = (await run('sh', ['-c', program], { maxBuffer: 2 ** 26 })).stdout
    const hash = (text: string) => createHash('sha256').update(text).digest('hex')
    expect(hash(await shell(`$1 ${quote(program)} 2>/dev/null`))).toBe(hash(expected))
  })

  it('keeps its order where standard output and error are one', async () => {
    const program = 'for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo error $i >&2; done'
    const lines = (await shell(`$1 ${quote(program)} 2>&1`)).split('\n').filter((line) => /^(out|error) /.test(line))
    expect(lines).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((i) => [`out ${i}`, `error ${i}`]))
  })

  it('can be opened by its name, as programs in containers do', async () => {
    expect(await shell(`$1 'echo out >/dev/stdout; echo error >/dev/stderr' 2>/dev/null`)).toBe('out\n')
    expect(await shell(`$1 'echo error >/dev/stderr' 2>&1 >/dev/null | grep -v warning | grep -v Clients | grep -v fabric8`)).toBe(
      'error\n',
    )
  })

  it('ends the program once nobody reads it any more', async () => {
    const out = await shell(`{ $1 'yes; echo "yes ended with $?" >&2' 2>&3 | head -n 1; } 3>&1`)
    expect(out).toMatch(/^y$/m)
    expect(out).toMatch(/^yes ended with 141$/m)
  })
})
