/**
 * Returns an item's URL if it leads to a page; `undefined` for any other, as in `javascript:` or `data:`, and for a
 * relative one, whose meaning would depend on the page that shows it.
 */
export function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  const { protocol, href } = new URL(url)
  return protocol === 'https:' || protocol === 'http:' ? href : undefined
}
