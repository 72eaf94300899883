/** Small JSON values as the YAML that people write: lists of strings in one line, the rest one entry a line. */
export function formatYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) return value.map((item) => `${indent}- ${formatYaml(item, `${indent}  `).trimStart()}`).join('\n')
  if (!isMap(value)) return `${indent}${formatScalar(value)}`
  return Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${indent}${key}:${formatEntry(item, indent)}`)
    .join('\n')
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function formatEntry(item: unknown, indent: string): string {
  if (Array.isArray(item)) {
    const flat = item.every((one) => typeof one !== 'object')
    return flat ? ` [${item.map((one) => JSON.stringify(one)).join(', ')}]` : `\n${formatYaml(item, indent)}`
  }
  return isMap(item) ? `\n${formatYaml(item, `${indent}  `)}` : ` ${formatScalar(item)}`
}

/** Words that YAML 1.1 reads as something else than text. */
const notText = /^(y|n|yes|no|on|off|true|false|null|~)$/i

function formatScalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return /^[A-Za-z][\w./-]*$/.test(value) && !notText.test(value) ? value : JSON.stringify(value)
}

export const formatDocuments = (objects: readonly object[]): string => objects.map((object) => formatYaml(object)).join('\n---\n')
