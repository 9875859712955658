/** `s3.us-east-1.amazonaws.com`: how AWS services call themselves where they act in a Region. */
const regionalName = /^([a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d{1,2})\.amazonaws\.com$/

/**
 * The service principal of a service that a call came through: `s3.amazonaws.com`, as `aws:CalledVia` and records have
 * it. A service that is none of AWS's has one name for both.
 */
export function servicePrincipalOf(via: string): string {
  const [, service] = regionalName.exec(via) ?? []
  return service === undefined ? via : `${service}.amazonaws.com`
}

/** `s3` and a Region: the name that `kms:ViaService` has for the service there. */
export function viaServiceOf(service: string, region: string): string {
  return `${service}.${region}.amazonaws.com`
}
