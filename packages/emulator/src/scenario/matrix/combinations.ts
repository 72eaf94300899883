export type Combination = Record<string, unknown>

interface MatrixField {
  include?: Combination[]
  exclude?: Combination[]
  [dimension: string]: unknown[] | undefined
}

/** The combinations of a `matrix`, with `include` and `exclude` as in GitHub Actions. */
export function combinationsOf({ include = [], exclude = [], ...dimensions }: MatrixField): Combination[] {
  let product: Combination[] = [{}]
  for (const [name, values] of Object.entries(dimensions))
    product = product.flatMap((each) => values!.map((value) => ({ ...each, [name]: value })))
  if (Object.keys(dimensions).length === 0) product = []
  const kept = product.filter((each) => !exclude.some((given) => isWithin(given, each)))
  const originals = kept.map((each) => ({ ...each }))
  for (const given of include) {
    const shared = Object.fromEntries(Object.entries(given).filter(([name]) => name in dimensions))
    const fitting = originals.flatMap((each, index) => (isWithin(shared, each) ? [index] : []))
    if (fitting.length === 0) kept.push(given)
    for (const index of fitting) Object.assign(kept[index]!, given)
  }
  return kept
}

const isWithin = (given: Combination, whole: Combination): boolean =>
  Object.entries(given).every(([name, value]) => JSON.stringify(whole[name]) === JSON.stringify(value))

const reference = /\$\{\{\s*matrix\.([\w-]+)\s*\}\}/g

/** A value with its `${{ matrix.NAME }}` put in; a text that is nothing else becomes the value itself. Unknown names are told to `onUnknown`. */
export function substitute(
  value: unknown,
  combination: Combination,
  onUnknown: (name: string, path: (string | number)[]) => void,
): unknown {
  const visit = (each: unknown, path: (string | number)[]): unknown => {
    if (typeof each === 'string') return inText(each, combination, (name) => onUnknown(name, path))
    if (Array.isArray(each)) return each.map((item, index) => visit(item, [...path, index]))
    if (typeof each !== 'object' || each === null) return each
    return Object.fromEntries(Object.entries(each).map(([name, field]) => [name, visit(field, [...path, name])]))
  }
  return visit(value, [])
}

function inText(text: string, combination: Combination, onUnknown: (name: string) => void): unknown {
  const take = (name: string) => {
    if (!Object.hasOwn(combination, name)) onUnknown(name)
    return combination[name]
  }
  const [whole, name] = new RegExp(`^${reference.source}$`).exec(text) ?? []
  if (whole !== undefined) return take(name!)
  return text.replaceAll(reference, (_, each: string) => asText(take(each)))
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** As GitHub Actions shows it: the values, with a comma between. */
export const formatCombination = (combination: Combination): string => Object.values(combination).map(asText).join(', ')
