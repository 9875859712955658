/** On whose behalf a proxy is asked, and why: what it may log and decide by, and cannot check. */
export interface Occasion {
  /** The KMS operation that this comes of. */
  readonly operation: string
  /** As the caller and the audit record know it, so that the proxy's log can be held against ours. */
  readonly requestId: string
  /** Absent where only the proxy's health is asked about. */
  readonly principalArn?: string
  /** Absent while the key is only being made. */
  readonly keyArn?: string
  readonly viaService?: string
  readonly sourceVpc?: string
  readonly sourceVpce?: string
}

/** `requestMetadata` as the specification has it. Members that are absent stay absent. */
export function requestMetadata(occasion: Occasion): Readonly<Record<string, string | undefined>> {
  return {
    awsPrincipalArn: occasion.principalArn,
    awsSourceVpc: occasion.sourceVpc,
    awsSourceVpce: occasion.sourceVpce,
    kmsKeyArn: occasion.keyArn,
    kmsOperation: occasion.operation,
    kmsRequestId: occasion.requestId,
    kmsViaService: occasion.viaService,
  }
}
