// Records what a real API server answers to the requests of test/fuzz/corpus/http1.json, and writes it beside them:
//   node --conditions=source scripts/oracle/record-hostile.ts --server URL --token TOKEN --ca FILE
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { corpusFile, type HostileCase, playCase } from '../fuzz/corpus.ts'
import { createKubeClient } from './kube-client.ts'

const { values: flags } = parseArgs({
  options: {
    server: { type: 'string', default: 'https://127.0.0.1:7443' },
    token: { type: 'string', default: '' },
    ca: { type: 'string', default: '' },
  },
})
const client = createKubeClient(flags.server, flags.token, flags.ca)
const account = '/api/v1/namespaces/fuzzhttp/serviceaccounts/default'
await client.send('POST', '/api/v1/namespaces', { metadata: { name: 'fuzzhttp' } })
for (let tries = 0; (await client.send('GET', account)).status !== 200 && tries < 50; tries++) {
  await client.send('POST', account.replace(/\/default$/, ''), { metadata: { name: 'default' } })
}
const { body } = await client.send('POST', `${account}/token`, { spec: {} })
const { hostname: host, port } = new URL(flags.server)
const server = { host, port: Number(port), ca: readFileSync(flags.ca, 'utf8'), admin: flags.token, pod: body.status.token as string }
const cases: HostileCase[] = JSON.parse(readFileSync(corpusFile, 'utf8'))
const waiting = [...cases]
const play = async () => {
  for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) each.answer = await playCase(server, each, 6000)
}
await Promise.all(Array.from({ length: 48 }, play))
await client.send('DELETE', '/api/v1/namespaces/fuzzhttp')
writeFileSync(corpusFile, `[\n${cases.map((each) => `  ${JSON.stringify(each)}`).join(',\n')}\n]\n`)
