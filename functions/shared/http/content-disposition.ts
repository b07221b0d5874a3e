/** `inline`: a browser shows the content if it can. `attachment`: it saves the content. */
export type Disposition = 'inline' | 'attachment'

/**
 * Builds the value of `content-disposition` (RFC 6266): the name in the form that all browsers read, with `_` for what
 * is not plain ASCII, then exactly, in UTF-8 (RFC 8187).
 */
export function contentDisposition(disposition: Disposition, fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%]/gu, '_')
  // Left as they are by encodeURIComponent, but not allowed there.
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${disposition}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
