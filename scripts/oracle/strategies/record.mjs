// Records how a real API server defaults, checks and updates objects, for the tests of the registry's strategies.
// Usage: ORACLE_SERVER=https://… ORACLE_TOKEN=… ORACLE_CA=ca.crt node scripts/oracle/strategies/record.mjs [GROUP…]
// Reads the requests from cases/GROUP.mjs, writes the answers to packages/emulator/src/registry/GROUP/recorded.json.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { mergePatch } from './merge-patch.mjs'

const { ORACLE_SERVER, ORACLE_TOKEN, ORACLE_CA } = process.env
if (!ORACLE_SERVER || !ORACLE_TOKEN || !ORACLE_CA) throw new Error('set ORACLE_SERVER, ORACLE_TOKEN and ORACLE_CA')
const agent = new Agent({ keepAlive: true, ca: readFileSync(ORACLE_CA) })
const namespace = 'kinds-rest'

/** Sends one request and resolves to its status, body and warnings. */
function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${ORACLE_TOKEN}`, accept: 'application/json', 'content-type': 'application/json' }
    const req = request(`${ORACLE_SERVER}${path}`, { method, agent, headers }, (res) => {
      const chunks = []
      res.on('data', (chunk) => chunks.push(chunk))
      res.on('end', () => {
        const warnings = [res.headers.warning ?? []].flat().flatMap((text) => readWarnings(text))
        resolve({ code: res.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()), warnings })
      })
    })
    req.on('error', reject)
    req.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const readWarnings = (header) => [...header.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text.replaceAll(/\\(.)/g, '$1'))

/** Leaves out what differs from run to run or belongs to other parts of the server. */
function compact({ code, body, warnings }) {
  const kept = warnings.length > 0 ? { warnings } : {}
  if (code >= 400) {
    const { message, reason, details } = body
    return { code, ...kept, ...(details?.causes ? { causes: details.causes } : { message, reason }) }
  }
  const { managedFields, resourceVersion, creationTimestamp, selfLink, ...metadata } = body.metadata
  return { code, ...kept, object: { ...body, metadata } }
}

const collection = ({ group, version, resource, clusterScoped }) =>
  `${group === '' ? '/api' : `/apis/${group}`}/${version}/${clusterScoped ? '' : `namespaces/${namespace}/`}${resource}`

async function recordCase(kind, { name, object, update, subresource }) {
  const path = collection(kind)
  if (update === undefined) return { name, object, answer: compact(await call('POST', `${path}?dryRun=All`, object)) }
  const created = await call('POST', path, object)
  if (created.code >= 400) throw new Error(`${kind.resource}: ${name}: ${JSON.stringify(created.body)}`)
  const old = created.body
  const self = `${path}/${old.metadata.name}`
  try {
    const patches = Array.isArray(update) ? update : [update]
    let current = old
    for (const patch of patches.slice(0, -1)) {
      const { subresource: via, ...change } = patch
      const answer = await call('PUT', `${self}${via ? `/${via}` : ''}`, mergePatch(current, change))
      if (answer.code >= 400) throw new Error(`${kind.resource}: ${name}: ${JSON.stringify(answer.body)}`)
      current = answer.body
    }
    const patch = patches.at(-1)
    const via = subresource ? `/${subresource}` : ''
    const answer = await call('PUT', `${self}${via}?dryRun=All`, mergePatch(current, patch))
    const { managedFields, ...metadata } = current.metadata
    return { name, ...(subresource ? { subresource } : {}), old: { ...current, metadata }, update: patch, answer: compact(answer) }
  } finally {
    const gone = await call('DELETE', `${self}?propagationPolicy=Background`)
    if (gone.body.metadata?.finalizers) await call('PUT', self, mergePatch(gone.body, { metadata: { finalizers: null } }))
  }
}

async function recordGroup(file) {
  const { kinds } = await import(new URL(`cases/${file}`, import.meta.url))
  const recorded = []
  for (const { cases, ...kind } of kinds) {
    const answers = []
    for (const one of cases) answers.push(await recordCase(kind, one))
    recorded.push({ ...kind, cases: answers })
  }
  const folder = file.replace('.mjs', '')
  const text = recorded.map(
    ({ cases, ...kind }) => `${JSON.stringify(kind).slice(0, -1)},"cases":[\n${cases.map((c) => JSON.stringify(c)).join(',\n')}\n]}`,
  )
  const target = new URL(`../../../packages/emulator/src/registry/${folder}/recorded.json`, import.meta.url)
  writeFileSync(target, `[\n${text.join(',\n')}\n]\n`)
  console.log(`${folder}: ${recorded.reduce((sum, { cases }) => sum + cases.length, 0)} cases`)
}

const wanted = process.argv.slice(2)
const files = readdirSync(new URL('cases/', import.meta.url)).filter((file) => file.endsWith('.mjs'))
await call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
for (const file of files) if (wanted.length === 0 || wanted.includes(file.replace('.mjs', ''))) await recordGroup(file)
agent.destroy()
