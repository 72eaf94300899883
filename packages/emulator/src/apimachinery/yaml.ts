export { formatYaml } from './yaml/format.ts'
export { parseYamlBody, parseYamlDocuments, type YamlPath } from './yaml/parse.ts'
export { YamlError } from './yaml/parser.ts'
