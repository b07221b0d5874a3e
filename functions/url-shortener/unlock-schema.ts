import * as z from 'zod/mini'
import { text } from '../shared/http/text.ts'
import { MAX_PASSWORD_LENGTH } from './domain/password.ts'

export const unlockBody = z.strictObject({
  password: text(z.minLength(1), z.maxLength(MAX_PASSWORD_LENGTH)),
})
