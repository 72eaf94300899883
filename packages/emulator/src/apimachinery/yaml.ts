export { formatYaml } from './yaml/format.ts'
