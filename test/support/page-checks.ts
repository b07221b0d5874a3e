import type { Locator, Page } from 'playwright-core'

// biome-ignore lint/suspicious/noExplicitAny: the DOM's types would bring globals such as `name` to every file.
type DomNode = any

/** A colour as a browser computes it: red, green and blue up to 255, and alpha up to 1. */
type Colour = readonly [number, number, number, number]

export interface Contrast {
  text: string
  /** The background colour. */
  back: string
  ratio: number
}

/** Measures the contrast of all texts of a page, including those in fields, with their background: WCAG 2.2, 1.4.3. */
export async function textContrasts(page: Page): Promise<Contrast[]> {
  const colours = await page.locator('body *').evaluateAll((elements) => {
    const { getComputedStyle } = elements[0].ownerDocument.defaultView
    const hasText = (element: DomNode) =>
      element.matches('input') || [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.trim())
    const behind = (element: DomNode): string => {
      if (!element) return 'rgb(255, 255, 255)'
      const own = getComputedStyle(element).backgroundColor
      return own === 'rgba(0, 0, 0, 0)' ? behind(element.parentElement) : own
    }
    return elements.filter(hasText).map((element) => ({
      text: element.textContent.trim() || element.tagName,
      front: getComputedStyle(element).color,
      back: behind(element),
    }))
  })
  return colours.map(({ text, front, back }) => ({ text, back, ratio: contrast(front, back) }))
}

/**
 * Computes the contrast of two colours in the format of `getComputedStyle`:
 * https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 */
export function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(parse(a)), luminance(parse(b))].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function parse(colour: string): Colour {
  const [red, green, blue, alpha = 1] = (/^rgba?\(([\d., ]+)\)$/.exec(colour)?.[1] ?? '').split(',').map(Number)
  if (red === undefined || green === undefined || blue === undefined || alpha !== 1)
    throw new Error(`${colour} is not a solid colour in rgb().`)
  return [red, green, blue, alpha]
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance([red, green, blue]: Colour): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** Returns the colours of a field's border and of its background; WCAG 2.2, 1.4.11, requires a contrast of 3. */
export function borderColours(field: Locator): Promise<[string, string]> {
  return field.evaluate((element) => {
    const { getComputedStyle } = element.ownerDocument.defaultView
    const card = getComputedStyle(element.closest('main')).backgroundColor
    return [getComputedStyle(element).borderTopColor, card]
  })
}

/** Returns the width of a page's horizontal overflow in CSS pixels. */
export function overflow(page: Page): Promise<number> {
  return page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth)
}

/** Returns the properties of a page that screen readers rely on. */
export async function outline(page: Page) {
  return {
    language: await page.locator('html').getAttribute('lang'),
    title: await page.title(),
    headings: await page.locator('h1').allTextContents(),
    landmarks: await page.locator('main').count(),
  }
}
