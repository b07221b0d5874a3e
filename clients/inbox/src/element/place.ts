const GAP_PX = 4
const MARGIN_PX = 8

/** Places a panel below a button, its end under the button's end as far as the window allows it. */
export function placeBelow(panel: HTMLElement, button: HTMLElement): void {
  const { left, right, bottom } = button.getBoundingClientRect()
  const { clientWidth, clientHeight } = document.documentElement
  const isRightToLeft = getComputedStyle(button).direction === 'rtl'
  const wanted = isRightToLeft ? left : right - panel.offsetWidth
  const limit = clientWidth - panel.offsetWidth - MARGIN_PX
  const top = Math.max(MARGIN_PX, bottom + GAP_PX)
  // Set one by one: a content security policy may forbid the attribute.
  panel.style.left = `${Math.max(MARGIN_PX, Math.min(wanted, limit))}px`
  panel.style.top = `${top}px`
  panel.style.maxHeight = `min(36rem, ${Math.max(160, clientHeight - top - MARGIN_PX)}px)`
}
