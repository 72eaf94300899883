const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** A patch's text with other numbers in the place of those that are whole but not written so, such as `1.0`. */
export interface MarkedText {
  text: string
  /** Puts the numbers back as they were written. */
  restore(message: string): string
}

/** Go reads no integer out of `1.0`, which JavaScript cannot tell from `1`. Undefined where a patch has no such number, as a rule. */
export function markWrittenAsFloat(text: string): MarkedText | undefined {
  if (!/\d[.eE]/.test(text)) return undefined
  const marks: [mark: string, written: string][] = []
  const marked = text.replace(token, (each) => {
    if (each.startsWith('"') || /^-?\d+$/.test(each) || !Number.isInteger(Number(each))) return each
    const mark = `0.70710678${String(marks.length).padStart(4, '0')}1`
    marks.push([mark, each])
    return mark
  })
  if (marks.length === 0) return undefined
  return { text: marked, restore: (message) => marks.reduce((shown, [mark, written]) => shown.replaceAll(mark, written), message) }
}
