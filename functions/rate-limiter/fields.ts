import * as z from 'zod/mini'
import type { ApiRefusal } from '../shared/http/api-description.ts'
import { text } from '../shared/http/validate.ts'
import { MAX_SUBJECT_BYTES, POLICY_NAME } from './domain/policy.ts'

// Fields that several ways have. The check function takes no schema library: it reads them by hand.

export const policyName = z.string().check(z.regex(POLICY_NAME, 'must be 1 to 128 letters, digits or ._~:@-'))

/** A subject is stored in NFC: however a text is composed, it is one subject. */
export const subject = text(
  z.normalize('NFC'),
  z.minLength(1),
  z.refine((value) => Buffer.byteLength(value) <= MAX_SUBJECT_BYTES, `must have at most ${MAX_SUBJECT_BYTES} bytes`),
)

/** Describes the name of a policy in a path. */
export const policyNameParameter = {
  name: {
    name: 'PolicyName',
    pattern: POLICY_NAME.source,
    description: 'The name of a policy.',
    example: 'writes',
  },
}

/** Describes the answer to a name in a path that no policy has. */
export const policyNotFound: ApiRefusal = {
  name: 'PolicyNotFound',
  description: 'There is no policy with this name.',
  codes: ['not-found'],
}
