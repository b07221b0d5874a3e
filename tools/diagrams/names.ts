import { isKindWord } from './kinds.ts'
import type { Resource } from './stack-view.ts'

/**
 * Names a resource for people: `Api` for `Orders/Api/Function/Resource`. Without a path it is the logical id without
 * the hash at its end.
 */
export function nameOf({ id, path = '' }: Resource): string {
  const [first, ...rest] = path
    .split('/')
    .slice(1)
    .filter((part) => part !== 'Resource' && part !== 'Default')
  if (first === undefined) return id.replace(/[0-9A-F]{8}$/, '')
  return [first, ...rest.filter((part) => !isKindWord(part))].join(' ')
}

/** Builds a label from name and caption, or from one of them if it implies the other. */
export function linesOf(name: string, caption: string): string[] {
  const [lowerName, lowerCaption] = [name.toLowerCase(), caption.toLowerCase()]
  if (caption === '' || lowerName.endsWith(lowerCaption)) return [name]
  return lowerCaption.startsWith(lowerName) ? [caption] : [name, caption]
}

/**
 * Reduces a name to letters and digits. It starts with a capital: Mermaid's keywords, such as `end` and `style`, are
 * lower case.
 */
export function wordOf(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean)
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Node'
}
