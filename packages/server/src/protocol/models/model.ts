/** What a published AWS service model says, as far as the wire needs it. The tables beside this file are
 * generated from the models; this file, which gives them their types, is written by hand. */

export interface TextShape {
  readonly type: 'string'
  readonly min?: number
  readonly max?: number
  /** A Java pattern that must match the whole value. */
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly sensitive?: true
}

export interface BlobShape {
  readonly type: 'blob'
  readonly min?: number
  readonly max?: number
  readonly sensitive?: true
}

export interface NumberShape {
  readonly type: 'integer'
  readonly min?: number
  readonly max?: number
}

export interface PlainShape {
  readonly type: 'boolean' | 'timestamp'
}

/** Other shapes are named, not nested: a model's structures share them. */
export interface ListShape {
  readonly type: 'list'
  readonly member: string
  readonly min?: number
  readonly max?: number
}

export interface MapShape {
  readonly type: 'map'
  readonly key: string
  readonly value: string
  readonly min?: number
  readonly max?: number
}

export interface StructureShape {
  readonly type: 'structure'
  readonly members: Readonly<Record<string, string>>
  readonly required?: readonly string[]
}

export type Shape = TextShape | BlobShape | NumberShape | PlainShape | ListShape | MapShape | StructureShape

/** The names of an operation's input and output structures; an operation without one reads or says nothing. */
export interface OperationModel {
  readonly input?: string
  readonly output?: string
}

/** `status` and `query` belong to the query protocol; JSON says 400 or 500 whatever the model claims. */
export interface ErrorModel {
  readonly query: string
  readonly status: number
  readonly fault: 'sender' | 'receiver'
}

/** The input or output of an operation that has none. */
export type Nothing = Readonly<Record<string, never>>

/** Operation names with the types of what goes in and comes out, as each generated file declares them. */
export type OperationTypes<Operations> = {
  readonly [Name in keyof Operations]: { readonly input: unknown; readonly output: unknown }
}

export interface ServiceModel<Operations> {
  /** The service as a credential scope names it. */
  readonly service: string
  readonly apiVersion: string
  /** What comes before the dot in `X-Amz-Target`, for services that speak JSON. */
  readonly targetPrefix?: string
  /** The namespace of answers, for services that speak XML. */
  readonly xmlNamespace?: string
  readonly operations: { readonly [Name in keyof Operations]: OperationModel }
  readonly shapes: Readonly<Record<string, Shape>>
  /** Never there at run time; it lets whoever holds the model name the types of its operations. */
  readonly types?: Operations
}
