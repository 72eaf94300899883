export { formatYaml } from './yaml/format.ts'
export { parseYamlBody, parseYamlDocuments, type YamlBody, type YamlDocument } from './yaml/parse.ts'
export { YamlError } from './yaml/parser.ts'
