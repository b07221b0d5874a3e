import { isKindWord } from './kinds.ts'
import type { Resource } from './stack-view.ts'

/**
 * What people call a resource: `Api` for `Orders/Api/Function/Resource`. Without a path it is the
 * logical id, without the hash at its end.
 */
export function nameOf({ id, path = '' }: Resource): string {
  const [first, ...rest] = path
    .split('/')
    .slice(1)
    .filter((part) => part !== 'Resource' && part !== 'Default')
  if (first === undefined) return id.replace(/[0-9A-F]{8}$/, '')
  return [first, ...rest.filter((part) => !isKindWord(part))].join(' ')
}

/** A label: name and caption, or one of them where it says what the other does. */
export function linesOf(name: string, caption: string): string[] {
  const [lowerName, lowerCaption] = [name.toLowerCase(), caption.toLowerCase()]
  if (caption === '' || lowerName.endsWith(lowerCaption)) return [name]
  return lowerCaption.startsWith(lowerName) ? [caption] : [name, caption]
}

/** A name of letters and digits. It starts with a capital: `end`, `style` and other words of Mermaid's are lower case. */
export function wordOf(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter(Boolean)
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Node'
}
