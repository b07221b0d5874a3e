/** A page of the console: `console/<folder>/page.ts` exports one by the name `page`. */
export interface Page {
  /** Its name in the address, as in `#/orders`. */
  id: string
  /** Its name in the navigation. */
  title: string
  /** The place in the navigation: pages of systems come after 10, those about all systems before. */
  order: number
  /** The stack that it is about; the page is shown while the stack is deployed. */
  stack?: string
  /** True if it needs the local cloud: queues, logs and faults can't be seen with the API of a deployment alone. */
  isLocalOnly?: boolean
  /** The name of its custom element, which the module defines. */
  tag: string
}
