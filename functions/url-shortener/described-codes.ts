import type { ApiRefusal } from '../shared/http/api-description.ts'
import { CODE_PATTERN } from './domain/code.ts'

const code = {
  description: 'The code of a link: what its short URL ends with.',
  example: 'spring-sale',
}

/** The name in the paths of links. */
export const CODE = { code: { ...code, name: 'Code', pattern: `^${CODE_PATTERN}$` } }

/** The name in the path of a visit. */
export const CODE_OR_PREVIEW = {
  code: {
    ...code,
    name: 'CodeOrPreview',
    pattern: `^${CODE_PATTERN}\\+?$`,
    description: 'The code of a link; with a `+` behind it, its preview is meant.',
  },
}

export const linkNotFound: ApiRefusal = {
  name: 'LinkNotFound',
  description: 'There is no such link of this tenant.',
  codes: ['not-found'],
}
