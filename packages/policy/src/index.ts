/** The public face of the engine: parse, compile, authorize, explain. */

export {
  type AccessRequest,
  type ConditionKeys,
  type ConditionKeyValue,
  noConditionKeys,
} from './access-request.ts'
export type { Authority, Citation, NamedPolicy } from './authority.ts'
export { type Authorization, authorize, authorizeRetirement } from './authorize.ts'
export { type CompiledPolicy, compilePolicy } from './compile.ts'
export { type ConditionReason, isHolding, type ParsedOperator } from './conditions/modifiers.ts'
export { nullOperator, type Operator, operatorByName, type ValueType } from './conditions/operators.ts'
export type { Template, Variable } from './conditions/variables.ts'
export {
  type ConditionTrace,
  definition,
  type ElementTrace,
  type Evaluation,
  evaluate,
  type StatementTrace,
  type TextTrace,
} from './evaluate.ts'
export { type DenialView, decisionSentence, denialSentence } from './explain.ts'
export { type ExplainOptions, explain } from './explanations/explain.ts'
export type {
  ConditionShown,
  ElementShown,
  Exemption,
  Explanation,
  Gate,
  GrantLack,
  GrantShown,
  Hint,
  LayerShown,
  Naming,
  NearestStatement,
  Outcome,
  Owner,
  PolicyReference,
  PolicyShown,
  RequestShown,
  StatementReference,
  StatementShown,
  TextShown,
  Uncertainty,
  Way,
  WayKind,
} from './explanations/explanation.ts'
export { explanationHeadline, explanationLines, type LineOptions } from './explanations/lines.ts'
export type {
  Addition,
  AddStatement,
  ChangeRequest,
  ChangeStatement,
  CreateGrant,
  Denial,
  Fact,
  OneOrMore,
  PrincipalDocument,
  StatementDocument,
  Step,
  Suggestion,
} from './explanations/remedy.ts'
export { type Asked, applySuggestion } from './explanations/steps.ts'
export {
  type EncryptionContext,
  type Grant,
  type GrantConstraints,
  granteeStrength,
  isChild,
  type NewGrant,
  retirementStrength,
  retiringStrength,
} from './grants.ts'
export {
  malformedKeyPolicyMessage,
  malformedPolicyMessage,
  malformedTrustPolicyMessage,
} from './iam-grammar.ts'
export { type JsonMember, type JsonNode, type JsonReading, placeOf, placesIn, readJson } from './json.ts'
export { jsonValue } from './json-value.ts'
export { type Layer, type LayerWords, layers, layerWords } from './layers.ts'
export {
  namesOfService,
  type Principal,
  type PrincipalPattern,
  type PrincipalPatternKind,
  readAwsPrincipal,
  readServicePrincipal,
  type Strength,
  strength,
} from './matching/principal.ts'
export { matchesWildcard, type Wildcard, wildcard } from './matching/wildcard.ts'
export { type ParsedPolicy, type PrincipalBindings, parsePolicy } from './parse.ts'
export {
  type Condition,
  type Decision,
  type Effect,
  type Form,
  type Policy,
  type PolicyKind,
  type PolicyVersion,
  principalsIn,
  type Statement,
  showDeletedPrincipals,
  type Verdict,
} from './policy.ts'
export type { Problem, ProblemKind } from './problem.ts'
