/** The sources that Pods' volumes and PersistentVolumes have in common, most of them for storage of one vendor. */
import { type FieldError, type FieldPath, invalid, notSupported, required, tooLong } from '../../../apimachinery/field-error.ts'
import {
  byteLength,
  check,
  type Fields,
  isDNS1123Subdomain,
  rangeError,
  validateDNS1123Label,
  validateOneOf,
  validatePresent,
} from '../../../apimachinery/validation/index.ts'
import { validateNoBacksteps } from './paths.ts'

export type SourceValidator = (source: Fields, path: FieldPath) => FieldError[]

/** Fields that must have a value, in order. */
export const requireFields =
  (...names: string[]): SourceValidator =>
  (source, path) =>
    names.flatMap((name) => validatePresent(source[name], path.child(name)))

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']

const partition = (value = 0, path: FieldPath) =>
  value >= 0 && value <= 255 ? [] : [invalid(path.child('partition'), value, rangeError(1, 255))]
const secretName = (source: Fields, path: FieldPath) =>
  source.secretRef ? validatePresent(source.secretRef.name, path.child('secretRef', 'name')) : []

function validateHostPath({ path: hostPath = '', type }: Fields, path: FieldPath): FieldError[] {
  if (hostPath === '') return [required(path.child('path'))]
  return [
    ...validateNoBacksteps(hostPath, path.child('path')),
    ...(type === undefined ? [] : validateOneOf(type, hostPathTypes, path.child('type'))),
  ]
}

function validateNFS({ server, path: exported = '' }: Fields, path: FieldPath): FieldError[] {
  const errors = [...validatePresent(server, path.child('server')), ...validatePresent(exported, path.child('path'))]
  return exported.startsWith('/') ? errors : [...errors, invalid(path.child('path'), exported, 'must be an absolute path')]
}

function validateFibreChannel({ targetWWNs = [], wwids = [], lun }: Fields, path: FieldPath): FieldError[] {
  const at = path.child('targetWWNs')
  const errors: FieldError[] = []
  if (targetWWNs.length + wwids.length === 0) errors.push(required(at, 'must specify either targetWWNs or wwids, but not both'))
  if (targetWWNs.length > 0 && wwids.length > 0) {
    errors.push(invalid(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'))
  }
  if (targetWWNs.length === 0) return errors
  if (lun === undefined) return [...errors, required(path.child('lun'), 'lun is required if targetWWNs is specified')]
  return lun >= 0 && lun <= 255 ? errors : [...errors, invalid(path.child('lun'), lun, rangeError(0, 255))]
}

function validateFlocker({ datasetName = '', datasetUUID = '' }: Fields, path: FieldPath): FieldError[] {
  const errors: FieldError[] = []
  if (datasetName === '' && datasetUUID === '') errors.push(required(path, 'one of datasetName and datasetUUID is required'))
  if (datasetName !== '' && datasetUUID !== '') {
    errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'))
  }
  if (datasetName.includes('/')) errors.push(invalid(path.child('datasetName'), datasetName, "must not contain '/'"))
  return errors
}

function validateQuobyte({ registry = '', tenant = '', volume }: Fields, path: FieldPath): FieldError[] {
  const pairs = 'must be a host:port pair or multiple pairs separated by commas'
  const errors: FieldError[] = []
  if (registry === '') errors.push(required(path.child('registry'), pairs))
  else if (byteLength(tenant) >= 65)
    errors.push(required(path.child('tenant'), 'must be a UUID and may not exceed a length of 64 characters'))
  else {
    for (const pair of registry.split(',')) {
      if (!/^(\[[^\]]*\]|[^:]*):[^:]*$/.test(pair)) errors.push(invalid(path.child('registry'), registry, pairs))
    }
  }
  return [...errors, ...validatePresent(volume, path.child('volume'))]
}

function validateFlexVolume({ driver, options = {} }: Fields, path: FieldPath): FieldError[] {
  const reserved = Object.keys(options).filter((key) => /\.(kubernetes|k8s)\.io$/.test(`.${(key.split('/')[0] as string).toLowerCase()}`))
  return [
    ...validatePresent(driver, path.child('driver')),
    ...reserved.map((key) => invalid(path.child('options').key(key), key, 'kubernetes.io and k8s.io namespaces are reserved')),
  ]
}

function validateAzureDisk({ diskName, diskURI = '', cachingMode, kind }: Fields, path: FieldPath): FieldError[] {
  const managed = ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']
  const blob = ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']
  const errors = [...validatePresent(diskName, path.child('diskName')), ...validatePresent(diskURI, path.child('diskURI'))]
  if (cachingMode !== undefined) errors.push(...validateOneOf(cachingMode, ['None', 'ReadOnly', 'ReadWrite'], path.child('cachingMode')))
  if (kind === undefined) return errors
  errors.push(...validateOneOf(kind, ['Dedicated', 'Managed', 'Shared'], path.child('kind')))
  const [prefix, supported] = kind === 'Managed' ? ['/subscriptions/', managed] : ['https://', blob]
  return diskURI.startsWith(prefix as string) ? errors : [...errors, notSupported(path.child('diskURI'), diskURI, supported as string[])]
}

function validateStorageOS(source: Fields, path: FieldPath): FieldError[] {
  const { volumeName = '', volumeNamespace = '' } = source
  const at = path.child('volumeName')
  return [
    ...(volumeName === '' ? [required(at)] : validateDNS1123Label(volumeName, at)),
    ...(volumeNamespace === '' ? [] : validateDNS1123Label(volumeNamespace, path.child('volumeNamespace'))),
    ...secretName(source, path),
  ]
}

const iscsiPatterns: Record<string, RegExp> = {
  iqn: /iqn\.\d{4}-\d{2}\.([A-Za-z0-9\-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
}

/** `unknown`: the text for a name that begins with none of the known prefixes. */
function validateISCSIName(name: string, path: FieldPath, unknown: string): FieldError[] {
  const pattern = iscsiPatterns[name.slice(0, 3)]
  if (pattern === undefined) return [invalid(path, name, unknown)]
  return pattern.test(name) ? [] : [invalid(path, name, 'must be valid format')]
}

export const validateISCSI =
  (unknown: string): SourceValidator =>
  (source, path) => {
    const { targetPortal, iqn = '', lun = 0, initiatorName } = source
    const errors = validatePresent(targetPortal, path.child('targetPortal'))
    errors.push(...(iqn === '' ? [required(path.child('iqn'))] : validateISCSIName(iqn, path.child('iqn'), unknown)))
    if (lun < 0 || lun > 255) errors.push(invalid(path.child('lun'), lun, rangeError(0, 255)))
    if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef) errors.push(required(path.child('secretRef')))
    if (initiatorName !== undefined) errors.push(...validateISCSIName(initiatorName, path.child('initiatorname'), unknown))
    return errors
  }

export function validateCSIDriverName(name: string, path: FieldPath): FieldError[] {
  if (name === '') return [required(path)]
  return [
    ...(byteLength(name) > 63 ? [tooLong(path, 63)] : []),
    ...isDNS1123Subdomain(name.toLowerCase()).map((text) => invalid(path, name, text)),
  ]
}

function validateCSI({ driver = '', nodePublishSecretRef }: Fields, path: FieldPath): FieldError[] {
  const errors = validateCSIDriverName(driver, path.child('driver'))
  if (!nodePublishSecretRef) return errors
  const { name = '' } = nodePublishSecretRef
  if (name === '') return [...errors, required(path.child('nodePublishSecretRef', 'name'))]
  return [...errors, ...check(isDNS1123Subdomain, name, path.child('name'))]
}

/** By the name of the field. */
export const sharedSources: Record<string, SourceValidator> = {
  hostPath: validateHostPath,
  gcePersistentDisk: (source, path) => [...requireFields('pdName')(source, path), ...partition(source.partition, path)],
  awsElasticBlockStore: (source, path) => [...requireFields('volumeID')(source, path), ...partition(source.partition, path)],
  nfs: validateNFS,
  iscsi: validateISCSI('must be valid format starting with iqn, eui, or naa'),
  glusterfs: requireFields('endpoints', 'path'),
  flocker: validateFlocker,
  rbd: requireFields('monitors', 'image'),
  cinder: (source, path) => [...requireFields('volumeID')(source, path), ...secretName(source, path)],
  cephfs: requireFields('monitors'),
  quobyte: validateQuobyte,
  fc: validateFibreChannel,
  flexVolume: validateFlexVolume,
  azureFile: requireFields('secretName', 'shareName'),
  vsphereVolume: requireFields('volumePath'),
  photonPersistentDisk: requireFields('pdID'),
  portworxVolume: requireFields('volumeID'),
  azureDisk: validateAzureDisk,
  storageos: validateStorageOS,
  scaleIO: requireFields('gateway', 'system', 'volumeName'),
  csi: validateCSI,
}
