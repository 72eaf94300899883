import { expect, test } from 'vitest'
import { readRequestInfo } from '../endpoints/request-info.ts'
import { createAuditLog } from './audit-log.ts'

test('as many of the last requests are kept as was asked for', () => {
  const log = createAuditLog({ now: () => 0 }, { auditLimit: 100 })
  for (let i = 0; i < 110; i++) {
    const request = {
      method: 'GET',
      url: `/${i}`,
      headers: {},
      headerLines: () => ({}),
      host: '',
      remoteAddress: '',
      body: async () => new Uint8Array(),
    }
    const unknown = { sender: undefined, user: undefined, attributes: undefined, decision: undefined, sent: undefined }
    const info = readRequestInfo('GET', request.url)
    log.observe({ auditId: '', request, received: 0, info, ...unknown, response: { status: 200, headers: {} } })
  }
  const events = log.events()
  expect(events).toHaveLength(100)
  expect([events[0]!.requestURI, events.at(-1)!.requestURI]).toEqual(['/10', '/109'])
})
