import type { GetToken } from '../http.ts'
import type { InboxView } from '../inbox-client.ts'
import type { InboxCounts, InboxItem } from '../resources.ts'
import { holdClient, type Network, type SharedClient } from '../shared-clients.ts'
import { knownLocale } from '../times.ts'
import { createBell } from './bell.ts'
import { listenToPage } from './listen-to-page.ts'
import { createPanel } from './panel.ts'
import { placeBelow } from './place.ts'
import { STYLES } from './styles.ts'
import { ENGLISH, type InboxTexts } from './texts.ts'

const ATTRIBUTES = ['url', 'websocket-url', 'user'] as const

// Absent where pages are rendered on a server.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

/**
 * `<stackyard-inbox url="…" websocket-url="…" user="…">`: a bell with the number of new notifications, and their list.
 * It starts when it has these attributes and the property `getToken`, and is in the page.
 *
 * Events, both bubbling: `inbox-open` before an item is opened, whose `detail` is the item, and which a page cancels to
 * go there by itself; `inbox-count` with `{ unseen, unread }` when these change.
 */
export class StackyardInbox extends Base {
  static readonly observedAttributes = ATTRIBUTES

  #getToken: GetToken | undefined
  #network: Network | undefined
  #texts = ENGLISH
  #shared: SharedClient | undefined
  #counts: InboxCounts | undefined
  #isOpen = false
  #stopListening = () => {}
  readonly #bell = createBell(() => (this.#isOpen ? this.close() : this.open()))
  readonly #panel = createPanel({
    onOpenItem: (item, event) => this.#openItem(item, event),
    onArchive: (item) => this.#archive(item),
    onReadAll: () => this.#shared?.client.mark('all', 'read'),
    onMore: () => this.#shared?.client.more(),
    onRetry: () => this.#shared?.client.refresh(),
  })

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLES)
    root.adoptedStyleSheets = [sheet]
    root.append(this.#bell.button, this.#bell.news, this.#panel.root)
    root.addEventListener('keydown', (event) => this.#onKey(event as KeyboardEvent))
    this.addEventListener('focusout', ({ relatedTarget }) => this.#onFocusOut(relatedTarget))
  }

  /** Returns an access token with the scope `notify:self`, or a promise of one; called for every request. */
  get getToken(): GetToken | undefined {
    return this.#getToken
  }

  set getToken(getToken: GetToken | undefined) {
    this.#getToken = getToken
    this.#connect()
  }

  /** Ways to the service other than the browser's own `fetch` and `WebSocket`, for applications that wrap these. */
  get network(): Network | undefined {
    return this.#network
  }

  set network(network: Network | undefined) {
    this.#network = network
    this.#connect()
  }

  /** The texts, in the page's language; those that are left out are English. */
  get texts(): InboxTexts {
    return this.#texts
  }

  set texts(texts: Partial<InboxTexts>) {
    this.#texts = { ...ENGLISH, ...texts }
    this.#update()
  }

  connectedCallback(): void {
    this.#upgrade()
    this.#stopListening = listenToPage({
      onWake: () => this.#shared?.client.wake(),
      onPress: (path) => !path.includes(this) && this.#hide(),
      onMove: () => this.#place(),
      onMinute: () => this.#isOpen && this.#update(),
    })
    this.#connect()
  }

  disconnectedCallback(): void {
    this.#stopListening()
    this.#hide()
    this.#release()
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before !== after) this.#connect()
  }

  /** Opens the list, and moves the focus there. */
  open(): void {
    if (this.#isOpen || !this.isConnected) return
    this.#isOpen = true
    this.#panel.root.showPopover()
    this.#bell.setExpanded(true)
    this.#shared?.client.refresh()
    this.#update()
    this.#place()
    this.#panel.heading.focus({ preventScroll: true })
  }

  /** Closes the list, and moves the focus back to the bell. */
  close(): void {
    if (!this.#isOpen) return
    this.#bell.button.focus({ preventScroll: true })
    this.#hide()
  }

  #hide(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#bell.setExpanded(false)
    if (this.#panel.root.isConnected) this.#panel.root.hidePopover()
  }

  /** Takes over a property that was set before the element was defined. */
  #upgrade(): void {
    for (const name of ['network', 'getToken', 'texts'] as const) {
      if (!Object.hasOwn(this, name)) continue
      const { value } = Object.getOwnPropertyDescriptor(this, name) ?? {}
      Reflect.deleteProperty(this, name)
      Reflect.set(this, name, value)
    }
  }

  #connect(): void {
    this.#release()
    const [url, webSocketUrl, user] = ATTRIBUTES.map((name) => this.getAttribute(name))
    if (this.isConnected && url && webSocketUrl && user && this.#getToken) {
      const shared = holdClient({ url, webSocketUrl, user }, { getToken: this.#getToken, network: this.#network })
      const unsubscribe = shared.client.onChange(() => this.#update())
      this.#shared = {
        client: shared.client,
        release() {
          unsubscribe()
          shared.release()
        },
      }
    }
    this.#update()
  }

  #release(): void {
    this.#shared?.release()
    this.#shared = undefined
  }

  #update(): void {
    const view = this.#shared?.client.view() ?? NOTHING
    const context = { texts: this.#texts, locale: this.#locale(), now: Date.now() }
    this.#bell.update(view.unseen, this.#texts)
    this.#announce(view)
    if (!this.#isOpen) return
    this.#panel.update(view, context)
    this.#see(view)
  }

  /** Announces new counts to the page and to screen readers. */
  #announce({ unseen, unread, isLoaded }: InboxView): void {
    const before = this.#counts
    if (!isLoaded || (before?.unseen === unseen && before.unread === unread)) return
    this.#counts = { unseen, unread }
    // A lower count is not news: the user has seen the items. Neither are items from before the page was opened.
    if (before && unseen > before.unseen) this.#bell.announce(this.#texts.unseen(unseen))
    this.dispatchEvent(new CustomEvent('inbox-count', { detail: this.#counts, bubbles: true, composed: true }))
  }

  /** Marks what is shown as seen. */
  #see({ items }: InboxView): void {
    if (document.visibilityState !== 'visible') return
    const unseen = items.filter(({ seenAt }) => seenAt === null).map(({ id }) => id)
    if (unseen.length > 0) this.#shared?.client.mark(unseen, 'seen')
  }

  #openItem(item: InboxItem, event: Event): void {
    this.#shared?.client.mark([item.id], 'read')
    const init = { detail: item, bubbles: true, composed: true, cancelable: true }
    if (!this.dispatchEvent(new CustomEvent('inbox-open', init))) event.preventDefault()
  }

  #archive(item: InboxItem): void {
    this.#panel.leave(item)
    this.#shared?.client.mark([item.id], 'archived')
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.#isOpen) return
    event.stopPropagation()
    this.close()
  }

  #onFocusOut(next: EventTarget | null): void {
    if (next instanceof Node && next !== this && !this.contains(next)) this.#hide()
  }

  #place(): void {
    if (this.#isOpen) placeBelow(this.#panel.root, this.#bell.button)
  }

  #locale(): string | undefined {
    return knownLocale(this.closest('[lang]')?.getAttribute('lang'))
  }
}

const NOTHING: InboxView = {
  ...{ items: [], unseen: 0, unread: 0, hasMore: false },
  ...{ isLoaded: false, isLive: false, error: undefined },
}
