import { isTextForm } from '../../../apimachinery/text-forms.ts'

const numericFormats: Readonly<Record<string, readonly string[]>> = { integer: ['int32', 'int64'], number: ['float', 'double'] }

/** The format that a value of a type is checked for; '' for one that is not known. */
export function effectiveFormat(type: string | undefined, format: string | undefined): string {
  if (format === undefined || format === '') return ''
  if (type === undefined || type === '' || type === 'string') return isTextForm(format) ? format : ''
  return numericFormats[type]?.includes(format) ? format : ''
}
