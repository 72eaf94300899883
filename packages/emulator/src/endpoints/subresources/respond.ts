import type { KubeObject } from '../../apimachinery/object.ts'
import type { ApiResponse } from '../http.ts'
import { negotiateOutput } from '../negotiation/output.ts'
import { respond } from '../responses.ts'
import type { RequestScope } from '../scope.ts'

/** What subresources answer that do something rather than show something. */
export const successStatus = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

export const respondValue = (scope: RequestScope, status: number, value: KubeObject | typeof successStatus): ApiResponse =>
  respond(status, value, negotiateOutput(scope.request, { transforms: true, tables: false }))
