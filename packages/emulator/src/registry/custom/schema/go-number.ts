/** A float64 as Go prints it with %v: whole numbers without a point, large and small ones with an exponent of two digits. */
export function formatGoFloat(value: number): string {
  if (value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e21)) return String(value)
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}
