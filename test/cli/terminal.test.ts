// In a terminal: the program is in the foreground, its keys reach it once, and the shell's job control works.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, describe, test } from 'vitest'
import { asOrdinaryUser, hasMountNamespaces, hasTool, hasUserNamespaces, inpod, scratchFolder } from './inpod.ts'

const scratch = scratchFolder()
afterAll(() => scratch.remove())
const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`
const hasTerminals = hasTool('script') && hasTool('bash')

/** A command with a terminal of its own (util-linux's script, which runs it by a shell). */
function openTerminal(command: string) {
  const env = { ...process.env, SHELL: '/bin/sh', HOME: scratch.path, TERM: 'dumb', PS1: 'prompt> ' }
  const child = spawn('script', ['-qefc', `exec ${command}`, '/dev/null'], { env })
  let seen = ''
  let searched = 0
  child.stdout.setEncoding('utf8').on('data', (text) => (seen += text))
  const closed = once(child, 'close')
  return {
    type: (keys: string) => void child.stdin.write(keys),
    /** Waits for text that comes after what was waited for before. */
    async sees(pattern: RegExp): Promise<void> {
      for (let tries = 0; ; tries++) {
        const found = pattern.exec(seen.slice(searched))
        if (found) {
          searched += found.index + found[0].length
          return
        }
        if (tries > 500) throw new Error(`no ${pattern} in ${JSON.stringify(seen.slice(searched))}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    text: () => seen,
    async ends(): Promise<number> {
      const [code] = await closed
      return code
    },
  }
}

const people = [
  { who: 'an ordinary user', possible: hasUserNamespaces && hasTerminals, through: asOrdinaryUser },
  { who: 'root', possible: hasMountNamespaces && hasTerminals, through: [] },
]

describe.for(people)('a terminal of $who (needs script and bash)', ({ possible, through }) => {
  const it = possible ? test.concurrent : test.skip
  const command = (...words: string[]) => [...through, ...inpod, 'exec', '--', ...words].map(quote).join(' ')

  it("is the program's too, and Ctrl-C reaches it once", async ({ expect }) => {
    const program =
      "trap 'echo got INT' INT; trap 'exit 5' QUIT; test -t 0 && test -t 1 && echo is a terminal; while :; do read -r -t 0.05 line; done"
    const terminal = openTerminal(command('bash', '-c', program))
    await terminal.sees(/is a terminal/)
    await new Promise((resolve) => setTimeout(resolve, 100))
    for (let times = 0; times < 2; times++) {
      terminal.type('\x03')
      await terminal.sees(/got INT/)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    terminal.type('\x1c')
    expect(await terminal.ends()).toBe(5)
    expect(terminal.text().match(/got INT/g)).toHaveLength(2)
  })

  it('with --no-tty its output goes through pipes, and Ctrl-C still reaches it once', async ({ expect }) => {
    const program = "trap 'echo got INT; exit 5' INT; test -t 0 && ! test -t 1 && ! test -t 2 && echo pi''ped; while :; do sleep 0.05; done"
    const words = [...through, ...inpod, 'exec', '--no-tty', '--', 'bash', '-c', program]
    const terminal = openTerminal(words.map(quote).join(' '))
    await terminal.sees(/piped/)
    await new Promise((resolve) => setTimeout(resolve, 100))
    terminal.type('\x03')
    expect(await terminal.ends()).toBe(5)
    expect(terminal.text().match(/got INT/g)).toHaveLength(1)
  })

  it('Ctrl-C ends a program that does not care', async ({ expect }) => {
    const terminal = openTerminal(command('sh', '-c', 'echo up; sleep 20'))
    await terminal.sees(/up/)
    terminal.type('\x03')
    expect(await terminal.ends()).toBe(130)
  })

  it('Ctrl-Z and fg stop and continue it, from the shell that started it', async ({ expect }) => {
    const terminal = openTerminal('bash --norc --noprofile -i')
    terminal.type(`${command('bash', '-c', 'echo u\'\'p; for i in 1 2 3 4; do read -r line; echo "line <$line>"; done; exit 6')}\n`)
    await terminal.sees(/up\r?\n/)
    terminal.type('one\n')
    await terminal.sees(/line <one>/)
    terminal.type('\x1a')
    await terminal.sees(/Stopped/)
    terminal.type('echo in the sh""ell\n')
    await terminal.sees(/in the shell/)
    terminal.type('fg\n')
    terminal.type('two\nthree\nfour\n')
    await terminal.sees(/line <four>/)
    terminal.type('echo co""de $?; exit\n')
    await terminal.sees(/code 6/)
    await terminal.ends()
    expect(terminal.text()).not.toMatch(/job control/)
  })

  it('a program that stops itself stops inpod too, and fg continues both', async () => {
    const terminal = openTerminal('bash --norc --noprofile -i')
    terminal.type(`${command('sh', '-c', "echo u''p; kill -STOP $$; echo ba''ck; exit 7")}\n`)
    await terminal.sees(/up\r?\n/)
    await terminal.sees(/Stopped/)
    terminal.type('fg\n')
    await terminal.sees(/back/)
    terminal.type('echo co""de $?; exit\n')
    await terminal.sees(/code 7/)
    await terminal.ends()
  })

  it('an interactive shell in there has job control of its own', async ({ expect }) => {
    const terminal = openTerminal(command('bash', '--norc', '--noprofile', '-i'))
    await terminal.sees(/prompt> /)
    terminal.type('sleep 20\n')
    await terminal.sees(/sleep 20\r?\n/)
    await new Promise((resolve) => setTimeout(resolve, 300))
    terminal.type('\x1a')
    await terminal.sees(/Stopped/)
    terminal.type('fg\n')
    await new Promise((resolve) => setTimeout(resolve, 200))
    terminal.type('\x03')
    terminal.type('echo co""de $?\n')
    await terminal.sees(/code 130/)
    terminal.type('exit 8\n')
    expect(await terminal.ends()).toBe(8)
    expect(terminal.text()).not.toMatch(/no job control|cannot set terminal process group/)
  })
})
