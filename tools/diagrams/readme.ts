import { UserError } from '../support/user-error.ts'

const BEGIN = '<!-- diagram -->'
const END = '<!-- /diagram -->'

/**
 * Replaces the picture in a README, and nothing else.
 *
 * @throws UserError when the README, of that name, has no place for the picture.
 */
export function withDiagram(name: string, text: string, diagram: string): string {
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) {
    throw new UserError(`${name} has no place for the stack's picture: a line ${BEGIN} and below it a line ${END}.`)
  }
  return `${text.slice(0, begin)}${BEGIN}\n\n\`\`\`mermaid\n${diagram}\n\`\`\`\n\n${text.slice(end)}`
}
