import type { OptionSpec } from '../command.ts'

export const matrixOptions: OptionSpec[] = [
  {
    name: 'jobs',
    short: 'j',
    value: 'N',
    help: 'so many scenarios at a time (default: as many as there are processors)',
    example: 'inpod matrix -j 4 scenarios/ -- ./app',
  },
  {
    name: 'timeout',
    value: 'TIME',
    help: 'ends scenarios that take longer, unless they say so themselves (default: 60s)',
    example: 'inpod matrix --timeout 5s scenarios/ -- ./app',
  },
  {
    name: 'reporter',
    value: 'table|junit|tap|json|github[=FILE]',
    multiple: true,
    help: 'how results are told, on standard output or in a file; may be repeated (default: table)',
    example: 'inpod matrix --reporter github --reporter junit=results.xml scenarios/ -- ./app',
  },
  {
    name: 'output',
    value: 'FILE',
    help: 'the file of the only --reporter',
    example: 'inpod matrix --reporter tap --output results.tap scenarios/ -- ./app',
  },
  {
    name: 'only',
    value: 'NAME',
    multiple: true,
    help: 'scenarios of this name, in which * stands for anything; may be repeated',
    example: "inpod matrix --only 'lists *' scenarios/ -- ./app",
  },
  {
    name: 'shard',
    value: 'N/TOTAL',
    help: 'one part of the scenarios, for a CI job of several',
    example: 'inpod matrix --shard 2/5 scenarios/ -- ./app',
  },
  { name: 'list', help: 'print the names of the scenarios, and run none', example: 'inpod matrix --list scenarios/' },
  { name: 'json', help: "with --list: as GitHub Actions' strategy.matrix takes it", example: 'inpod matrix --list --json scenarios/' },
  {
    name: 'update',
    help: 'write what was observed into the scenario files, in place of what was expected; comments stay',
    example: 'inpod matrix --update scenarios/ -- ./app',
  },
]
