// Load for minutes: npm run soak -- [--minutes 30] [--rate 120] [--seed N]
//   --clients [CLIENT…]  instead, one informer after the other while watches end, connections drop and history is forgotten
import { parseArgs } from 'node:util'
import { soakClients } from './clients.ts'
import { soak } from './soak.ts'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    clients: { type: 'boolean', default: false },
  },
})
const [seconds, rate, seed] = [Number(flags.minutes) * 60, Number(flags.rate), Number(flags.seed)]
if (!(seconds > 0) || !(rate > 0) || !Number.isInteger(seed)) throw new Error('--minutes, --rate and --seed are numbers above 0')

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))

if (flags.clients) process.exitCode = (await soakClients(seconds, positionals)) ? 0 : 1
else {
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  const { problems, ...figures } = await soak({ seconds, rate, seed, onProgress: say })
  say(JSON.stringify({ ...figures, seed }, null, 2))
  for (const problem of problems) say(problem)
  say(`${problems.length} problems`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
