import type { Form } from '@claviger/policy'

/** A way in from a private network, as whoever runs this installation has named it. */
export interface VpcEndpoint {
  /** `vpce-…`. */
  readonly id: string
  readonly vpcId: string
  readonly account: string
  readonly region: string
  /** What may be done through it at all. */
  readonly policy: Form
}

/** The ARN of the network that an endpoint belongs to. */
export function vpcArn({ region, account, vpcId }: VpcEndpoint): string {
  return `arn:aws:ec2:${region}:${account}:vpc/${vpcId}`
}
