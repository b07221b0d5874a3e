import { StackyardInbox } from './inbox-element.ts'

/** The name of the element, as in `<stackyard-inbox>`. */
export const ELEMENT_NAME = 'stackyard-inbox'

// Absent where pages are rendered on a server.
const registry = globalThis.customElements as CustomElementRegistry | undefined
if (!registry?.get(ELEMENT_NAME)) registry?.define(ELEMENT_NAME, StackyardInbox)

declare global {
  interface HTMLElementTagNameMap {
    'stackyard-inbox': StackyardInbox
  }
}
