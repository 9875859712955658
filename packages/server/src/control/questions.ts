import type { KeptDenials } from '../access/kept-denials.ts'
import type { Journal } from '../audit/journal.ts'
import { addService, listServices, type Registry, removeService } from './services.ts'
import type { Whereabouts } from './whereabouts.ts'
import { why } from './why.ts'

/** What answers follow from. */
export interface Known {
  readonly denials: Pick<KeptDenials, 'find'>
  readonly journal: Journal
  readonly registry: Registry
  readonly whereabouts: Whereabouts
}

type Question = Readonly<Record<string, unknown>>

/** What can be asked or wished, by the member `ask`. To add a question, add a line. */
const questions: Readonly<Record<string, (question: Question, known: Known) => Promise<object>>> = {
  why: ({ requestId }, known) => why(String(requestId), known),
  where: async (_question, { whereabouts }) => whereabouts,
  addService: ({ service }, { registry }) => addService(String(service), registry),
  listServices: (_question, { registry }) => listServices(registry),
  removeService: ({ service, accessKeyId }, { registry }) =>
    removeService({ service: String(service), accessKeyId: textIn(accessKeyId) }, registry),
}

const textIn = (value: unknown) => (value === undefined ? undefined : String(value))

/** Answers one question of whoever runs the service. */
export async function answerQuestion(question: Question, known: Known): Promise<object> {
  const { ask } = question
  const asked = typeof ask === 'string' && Object.hasOwn(questions, ask) ? questions[ask] : undefined
  if (asked === undefined) return { error: `there is no question \`${String(ask)}\`` }
  return { answer: await asked(question, known) }
}
