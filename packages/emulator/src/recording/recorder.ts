import type { Clock } from '../apimachinery/clock.ts'
import { serviceAccountUserName } from '../authentication/user-info.ts'
import { offlineSource } from '../authorization/can-i/offline-source.ts'
import type { DenialExplanation } from '../authorization/explain/explain-denial.ts'
import { rbacGroup } from '../authorization/rbac/policy-rule.ts'
import type { Facts } from '../facts/types.ts'
import type { Registry } from '../registry/registry.ts'
import type { ObservedRequest } from '../server/handler.ts'
import { type GivenObject, type RuleCoverage, ruleCoverage } from './access/coverage.ts'
import { type Account, type LeastPrivilege, type LeastPrivilegeOptions, leastPrivilege, userOf } from './access/least-privilege.ts'
import { type AccessRecorder, createAccessRecorder, type RbacMode } from './access/recorder.ts'
import type { AuditEvent } from './audit-event.ts'
import { type AuditLog, createAuditLog } from './audit-log.ts'
import { observeDenials } from './denials.ts'

/** What was asked of an emulator. */
export interface Audit extends AuditLog {
  /** The smallest roles that allow what the Pod's service account asked for, denied requests included. */
  leastPrivilege(options?: LeastPrivilegeOptions): LeastPrivilege
  /** Each rule of the Roles and ClusterRoles among the manifests, and whether a request of the Pod's service account needed it. */
  ruleCoverage(): RuleCoverage[]
}

export interface RecorderOptions {
  rbacMode?: RbacMode
  onWarning?(text: string): void
  onDenial?(explanation: DenialExplanation): void
  auditLimit?: number
  onAudit?(event: AuditEvent): void
}

/** All that watches over an API server's requests. */
export interface Recorder {
  readonly access: AccessRecorder
  observe(seen: ObservedRequest): void
  /** These were applied. */
  give(objects: readonly GivenObject[]): void
  /** The Pod is there, and from now on requests are its. */
  begin(account: { namespace: string; serviceAccountName: string }): void
  /** The server is closed. */
  end(): void
  readonly audit: Audit
}

export function createRecorder(
  clock: Clock,
  { rbacMode = 'enforce', onWarning = () => {}, onDenial, auditLimit, onAudit }: RecorderOptions,
  server: () => { registry: Registry; facts: Facts },
): Recorder {
  const log = createAuditLog(clock, { auditLimit, onAudit })
  const access = createAccessRecorder(rbacMode, onWarning)
  const tellDenial = onDenial === undefined ? undefined : observeDenials(server, onDenial)
  const given: GivenObject[] = []
  let account: Account = { namespace: 'default', name: 'default' }
  return {
    access,
    observe(seen) {
      access.observe(seen)
      log.observe(seen)
      tellDenial?.(seen)
    },
    give(objects) {
      given.push(...objects.filter(({ object }) => object.apiVersion.startsWith(`${rbacGroup}/`)))
    },
    begin({ namespace, serviceAccountName }) {
      account = { namespace, name: serviceAccountName }
      const namespaces = server().registry.lookupAll({ group: '', resource: 'namespaces' }, '')
      access.begin({
        user: serviceAccountUserName(namespace, serviceAccountName),
        namespaces: namespaces.map(({ metadata }) => metadata.name!),
      })
    },
    end: log.end,
    audit: {
      events: log.events,
      leastPrivilege: (options) => leastPrivilege(access.needs, account, server().facts, options),
      ruleCoverage() {
        const { namespace } = account
        const objects = given.map(({ object }) => object)
        return ruleCoverage(given, offlineSource(objects, server().facts.bootstrap, namespace), userOf(account), access.needs)
      },
      clear() {
        log.clear()
        access.needs.clear()
      },
    },
  }
}
