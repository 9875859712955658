/** Where the service of a data directory answers AWS clients, and where the credentials to begin with are. */
export interface Whereabouts {
  readonly url: string
  /** Those that are served; clients that are told nothing else use the first. */
  readonly regions: readonly string[]
  /** Absent when the root user's credentials came from outside. */
  readonly credentialsFile?: string
}
