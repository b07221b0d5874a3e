import * as z from 'zod/mini'
import { text } from '../shared/http/validate.ts'
import { MAX_SUBJECT_BYTES, POLICY_NAME } from './domain/policy.ts'

// Fields that several ways have. The check function takes no schema library: it reads them by hand.

export const policyName = z.string().check(z.regex(POLICY_NAME, 'must be 1 to 128 letters, digits or ._~:@-'))

/** A subject is stored in NFC: however a text is composed, it is one subject. */
export const subject = text(
  z.normalize('NFC'),
  z.minLength(1),
  z.refine((value) => Buffer.byteLength(value) <= MAX_SUBJECT_BYTES, `must have ${MAX_SUBJECT_BYTES} bytes at most`),
)
