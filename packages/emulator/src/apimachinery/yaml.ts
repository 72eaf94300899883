export { formatYaml } from './yaml/format.ts'
export { parseYamlBody, parseYamlDocuments } from './yaml/parse.ts'
export { YamlError } from './yaml/parser.ts'
