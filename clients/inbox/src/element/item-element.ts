import type { InboxItem } from '../resources.ts'
import { safeUrl } from '../safe-url.ts'
import { formatFullTime, formatTime } from '../times.ts'
import { element, icon, setAttribute, setText } from './dom.ts'
import type { InboxTexts } from './texts.ts'

const ARCHIVE = 'M4 5h16v4H4zM6 9v10h12V9M10 13h4'

export interface ItemContext {
  readonly texts: InboxTexts
  readonly locale: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface ItemListeners {
  onOpen: (item: InboxItem, event: Event) => void
  onArchive: (item: InboxItem) => void
}

/** The element of an item in the list. */
export interface ItemElement {
  readonly root: HTMLElement
  /** The link or button that the keyboard reaches first. */
  readonly title: HTMLElement
  update: (item: InboxItem, context: ItemContext) => void
}

/**
 * Creates the element of an item. Its title is a link if the item leads somewhere, and a button if it doesn't: both can
 * be reached and pressed by the keyboard.
 */
export function createItemElement(first: InboxItem, { onOpen, onArchive }: ItemListeners): ItemElement {
  let item = first
  const url = safeUrl(first.url)
  const name = element('span')
  const unread = element('span', { class: 'for-readers' })
  const title =
    url === undefined
      ? element('button', { class: 'title', type: 'button' }, unread, name)
      : element('a', { class: 'title', href: url }, unread, name)
  const dot = element('span', { class: 'dot', 'aria-hidden': 'true' })
  const body = element('p', { class: 'body' })
  const time = element('time')
  const archive = element('button', { class: 'archive', type: 'button' }, icon(ARCHIVE))
  const root = element('li', {}, dot, title, archive, body, time)
  title.addEventListener('click', (event) => onOpen(item, event))
  archive.addEventListener('click', () => onArchive(item))

  return {
    root,
    title,
    update(next, { texts, locale, now }) {
      item = next
      const isUnread = item.readAt === null
      const createdAt = Date.parse(item.createdAt)
      const label = item.title || item.body
      root.classList.toggle('is-unread', isUnread)
      dot.hidden = !isUnread
      setText(unread, isUnread ? `${texts.unread}: ` : '')
      setText(name, label)
      setText(body, item.title ? item.body : '')
      body.hidden = body.textContent === ''
      setAttribute(time, 'datetime', item.createdAt)
      if (!Number.isNaN(createdAt)) {
        setText(time, formatTime(createdAt, { now, locale }))
        setAttribute(time, 'title', formatFullTime(createdAt, locale))
      }
      setAttribute(archive, 'aria-label', texts.archive(label))
      setAttribute(archive, 'title', texts.archiveShort)
    },
  }
}
