/** What this installation is: written once at its first start, before anything else is stored. */
export interface Installation {
  readonly id: string
  readonly createdAt: number
  readonly managementAccount: string
  /** Base64 of a constant sealed under the root key: the wrong root key is noticed before it does harm. */
  readonly rootKeyCheck: string
  /** The form stored values had when this installation was made. */
  readonly formatVersion: number
  /** What signs the audit journal, wrapped. Absent in an installation whose journal was never signed. */
  readonly journalKey?: string
  /** What signs digest files for CloudTrail's validation, wrapped. Made when the first of them is wanted. */
  readonly digestKey?: string
}

/** The key of the only installation a store holds. */
export const theInstallation = ['installation'] as const
