/** Writes a name as a tag of SES, which takes letters, digits, `-` and `_`: at most 256 of them. */
export function toTag(name: string): string {
  return Buffer.from(name).toString('base64url')
}

export function fromTag(tag: string | undefined): string | undefined {
  return tag === undefined ? undefined : Buffer.from(tag, 'base64url').toString()
}
