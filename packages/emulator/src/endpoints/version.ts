import type { Facts } from '../facts/types.ts'

/** `GET /version`. */
export function versionInfo({ version }: Pick<Facts, 'version'>) {
  const [major = '1', minor = ''] = version.split('.')
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `v${version}.0+inpod`,
    gitCommit: '',
    gitTreeState: '',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'go1.26',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}
