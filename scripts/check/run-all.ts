// Runs all checks (format, lint, types, unused code, imports, docs, packages) and fails if any does. Names of checks as
// arguments run only those.
import { runChecks } from './checks.ts'

const results = await runChecks(process.argv.slice(2))
const failed = results.filter(({ ok }) => !ok)
process.stdout.write(
  failed.length === 0
    ? `${results.filter(({ skipped }) => !skipped).length} of ${results.length} checks passed\n`
    : `failed: ${failed.map(({ name }) => name).join(', ')}\n`,
)
process.exitCode = failed.length === 0 && results.length > 0 ? 0 : 1
