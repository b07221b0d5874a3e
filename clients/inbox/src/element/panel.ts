import type { InboxView } from '../inbox-client.ts'
import type { InboxItem } from '../resources.ts'
import { arrange, element, setText } from './dom.ts'
import { createItemElement, type ItemContext, type ItemElement } from './item-element.ts'

export interface PanelListeners {
  onOpenItem: (item: InboxItem, event: Event) => void
  onArchive: (item: InboxItem) => void
  onReadAll: () => void
  onMore: () => void
  onRetry: () => void
}

/** The list under the bell. */
export interface Panel {
  readonly root: HTMLElement
  readonly heading: HTMLElement
  update: (view: InboxView, context: ItemContext) => void
  /** Moves the focus off an item that is about to go: to the next one, the one before it, or the heading. */
  leave: (item: InboxItem) => void
}

export function createPanel(listeners: PanelListeners): Panel {
  const items = new Map<string, ItemElement>()
  const heading = element('h2', { id: 'heading', tabindex: '-1' })
  const readAll = action(listeners.onReadAll)
  const notLive = element('p', { class: 'note' })
  const status = element('p', { class: 'note', role: 'status' })
  const problem = element('p', { class: 'note', role: 'alert' })
  const retry = action(listeners.onRetry)
  const list = element('ul', { role: 'list', 'aria-labelledby': 'heading' })
  const more = action(listeners.onMore)
  more.classList.add('more')
  const failed = element('div', {}, problem, retry)
  const header = element('header', {}, heading, readAll)
  const root = element('div', { class: 'panel', id: 'panel', role: 'dialog', 'aria-labelledby': 'heading' })
  root.popover = 'manual'
  root.append(header, notLive, failed, status, list, more)
  /** The number of items when more were asked for: the first of those that come then gets the focus. */
  let awaited: number | undefined

  function updateItems(view: InboxView, context: ItemContext): void {
    const known = new Set(view.items.map(({ id }) => id))
    for (const id of [...items.keys()]) if (!known.has(id)) items.delete(id)
    const elements = view.items.map((item) => {
      const own = items.get(item.id) ?? createItemElement(item, listenersOfItems)
      items.set(item.id, own)
      own.update(item, context)
      return own
    })
    arrange(
      list,
      elements.map((each) => each.root),
    )
    if (awaited !== undefined && elements.length > awaited) {
      elements[awaited]?.title.focus()
      awaited = undefined
    }
  }

  const listenersOfItems = { onOpen: listeners.onOpenItem, onArchive: listeners.onArchive }
  more.addEventListener('click', () => {
    awaited = list.children.length
  })

  return {
    root,
    heading,
    update(view, context) {
      const { texts } = context
      const hasFailed = view.error !== undefined
      const isEmpty = view.items.length === 0 && !view.hasMore
      setText(heading, texts.title)
      setText(readAll, texts.markAllRead)
      setText(retry, texts.retry)
      setText(more, texts.more)
      readAll.hidden = view.unread === 0
      setText(notLive, texts.notLive)
      notLive.hidden = view.isLive || hasFailed || !view.isLoaded
      setText(problem, hasFailed ? texts.failed : '')
      failed.hidden = !hasFailed
      const isWaiting = !view.isLoaded && !hasFailed
      setText(status, isWaiting ? texts.loading : view.isLoaded && isEmpty ? texts.empty : '')
      status.hidden = status.textContent === ''
      list.hidden = view.items.length === 0
      more.hidden = !view.hasMore
      updateItems(view, context)
    },
    leave({ id }) {
      const own = items.get(id)
      if (!own?.root.contains((own.root.getRootNode() as ShadowRoot).activeElement)) return
      const sibling = own.root.nextElementSibling ?? own.root.previousElementSibling
      const next = [...items.values()].find(({ root: other }) => other === sibling)
      ;(next?.title ?? heading).focus()
    },
  }
}

function action(onClick: () => void): HTMLButtonElement {
  const button = element('button', { class: 'action', type: 'button' })
  button.addEventListener('click', onClick)
  return button
}
