import * as z from 'zod/mini'
import { MAX_PASSWORD_LENGTH } from './password.ts'

export const unlockBody = z.strictObject({
  password: z.string().check(z.minLength(1), z.maxLength(MAX_PASSWORD_LENGTH)),
})
