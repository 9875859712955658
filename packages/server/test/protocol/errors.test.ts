import { expect, test } from 'vitest'
import { asRefusal, errorRows, Refusal, type RefusalCode } from '../../src/protocol/errors.ts'

const rowOf = (code: RefusalCode) => new Refusal(code).row

test('the caller is at fault with 400 in JSON, whatever the model says', () => {
  for (const code of [
    'NotFoundException',
    'DisabledException',
    'LimitExceededException',
    'AccessDeniedException',
  ] as const)
    expect([code, rowOf(code).json, rowOf(code).fault]).toEqual([code, 400, 'sender'])
})

test('we are at fault with 500', () => {
  for (const code of [
    'KMSInternalException',
    'DependencyTimeoutException',
    'KeyUnavailableException',
  ] as const)
    expect([code, rowOf(code).json, rowOf(code).fault]).toEqual([code, 500, 'receiver'])
})

test('the query protocol has names and statuses of its own', () => {
  const wanted: readonly (readonly [RefusalCode, string, number])[] = [
    ['AccessDeniedException', 'AccessDenied', 403],
    ['UnrecognizedClientException', 'InvalidClientTokenId', 403],
    ['InvalidSignatureException', 'SignatureDoesNotMatch', 403],
    ['IncompleteSignatureException', 'IncompleteSignature', 400],
    ['MissingAuthenticationTokenException', 'MissingAuthenticationToken', 403],
    ['ExpiredTokenException', 'ExpiredToken', 403],
    ['ValidationException', 'ValidationError', 400],
    ['ThrottlingException', 'Throttling', 400],
    ['NoSuchEntityException', 'NoSuchEntity', 404],
    ['EntityAlreadyExistsException', 'EntityAlreadyExists', 409],
    ['DeleteConflictException', 'DeleteConflict', 409],
    ['LimitExceededException', 'LimitExceeded', 409],
    ['MalformedPolicyDocumentException', 'MalformedPolicyDocument', 400],
    ['ServiceFailureException', 'ServiceFailure', 500],
    ['RequestEntityTooLargeException', 'RequestEntityTooLarge', 413],
  ]
  for (const [code, query, status] of wanted)
    expect([code, rowOf(code).query, rowOf(code).status]).toEqual([code, query, status])
})

test('every code is in the table once', () => {
  const codes = errorRows().map(([code]) => code)
  expect(new Set(codes).size).toBe(codes.length)
  expect(codes).toContain('XksKeyNotFoundException')
})

test('a refusal stays what it is, and everything else becomes a bug with its cause', () => {
  const refusal = new Refusal('TagException', 'Too many tags')
  expect(asRefusal(refusal)).toBe(refusal)
  const bug = asRefusal('thrown text', 'ServiceFailureException')
  expect([bug.code, bug.cause]).toEqual(['ServiceFailureException', 'thrown text'])
})
