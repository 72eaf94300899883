/** Why a container is not started, in the kubelet's words: `reason` as its waiting state has it, such as CreateContainerConfigError. */
export class ContainerError extends Error {
  readonly reason: string

  constructor(reason: string, message: string) {
    super(message)
    this.reason = reason
  }
}

export const configError = (message: string) => new ContainerError('CreateContainerConfigError', message)
