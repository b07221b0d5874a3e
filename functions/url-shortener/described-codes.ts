import type { ApiRefusal } from '../shared/http/api-description.ts'
import { CODE_PATTERN } from './domain/code.ts'

const code = {
  description: 'The code of a link, with which its short URL ends.',
  example: 'spring-sale',
}

/** The parameter in the paths of links. */
export const CODE = { code: { ...code, name: 'Code', pattern: `^${CODE_PATTERN}$` } }

/** The parameter in the path of a visit. */
export const CODE_OR_PREVIEW = {
  code: {
    ...code,
    name: 'CodeOrPreview',
    pattern: `^${CODE_PATTERN}\\+?$`,
    description: 'The code of a link, or, with a `+` after it, its preview.',
  },
}

export const linkNotFound: ApiRefusal = {
  name: 'LinkNotFound',
  description: 'There is no such link of this tenant.',
  codes: ['not-found'],
}
