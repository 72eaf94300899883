import type { OptionSpec, OptionValues } from './command.ts'

/** What may be written down of a program's requests. */
export const recordingOptions: OptionSpec[] = [
  {
    name: 'audit',
    value: 'FILE',
    help: "write each request as an event of audit.k8s.io/v1, a line of JSON each, as the API server's audit log has it",
    example: 'inpod exec --audit audit.jsonl -f rbac.yaml -- ./app',
  },
  {
    name: 'record',
    value: 'FILE',
    help:
      "write the smallest Roles, ClusterRoles and bindings that allow what the Pod's account asked for, with comments that say why. " +
      'Denied requests are let through, unless --rbac-mode says otherwise',
    example: 'inpod exec --record rbac.yaml -- ./app',
  },
  {
    name: 'record-names',
    help: 'with --record: name the objects (resourceNames) where requests name them',
    example: 'inpod exec --record rbac.yaml --record-names -- ./app',
  },
  {
    name: 'rule-coverage',
    help: 'say at the end which rules of the manifests no request needed',
    example: 'inpod exec --rule-coverage -f rbac.yaml -- ./app',
  },
]

export const failOnUnusedOption: OptionSpec = {
  name: 'fail-on-unused',
  help: "exit code 1 if CMD ends well but a rule that the manifests give to the Pod's account was not needed",
  example: 'inpod exec --fail-on-unused -f rbac.yaml -- ./app',
}

/** Whether there is anything to record. */
export function isRecorded(values: OptionValues): boolean {
  return [...recordingOptions, failOnUnusedOption].some(({ name }) => values[name] !== undefined)
}
