import { element, icon, setAttribute, setText } from './dom.ts'
import type { InboxTexts } from './texts.ts'

const BELL = 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4'
const MAX_SHOWN = 99

/** The button that opens the list, and says how much is new. */
export interface Bell {
  readonly button: HTMLButtonElement
  /** Read out when it changes. */
  readonly news: HTMLElement
  update: (unseen: number, texts: InboxTexts) => void
  setExpanded: (isExpanded: boolean) => void
  announce: (text: string) => void
}

export function createBell(onPress: () => void): Bell {
  const badge = element('span', { class: 'badge', 'aria-hidden': 'true' })
  const button = element('button', { class: 'bell', type: 'button', 'aria-controls': 'panel' }, icon(BELL), badge)
  const news = element('p', { class: 'for-readers', role: 'status', 'aria-live': 'polite' })
  setAttribute(button, 'aria-haspopup', 'dialog')
  setAttribute(button, 'aria-expanded', 'false')
  button.addEventListener('click', onPress)
  return {
    button,
    news,
    update(unseen, texts) {
      setText(badge, unseen > MAX_SHOWN ? `${MAX_SHOWN}+` : String(unseen))
      badge.hidden = unseen === 0
      setAttribute(button, 'aria-label', unseen === 0 ? texts.title : `${texts.title}: ${texts.unseen(unseen)}`)
    },
    setExpanded: (isExpanded) => setAttribute(button, 'aria-expanded', String(isExpanded)),
    // A new element is read out, also if it says the same as the last one.
    announce: (text) => news.replaceChildren(element('span', {}, text)),
  }
}
