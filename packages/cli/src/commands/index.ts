import type { Command } from '../command.ts'
import { auditVerify } from './audit-verify.ts'
import { serve } from './serve.ts'

/** Every command. To add one, write its file and its line here. */
export const commands: readonly Command[] = [serve, auditVerify]
