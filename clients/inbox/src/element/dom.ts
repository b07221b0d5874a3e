/** Properties and attributes of an element; those that are `undefined` or `false` are left out. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>

/** Creates an element with attributes and with children, texts among them. It never parses HTML. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) setAttribute(created, key, value)
  created.append(...children)
  return created
}

export function setAttribute(target: Element, name: string, value: string | boolean | undefined): void {
  if (value === undefined || value === false) target.removeAttribute(name)
  else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value === true ? '' : value)
}

/** Sets a text, and leaves an equal one where it is: a screen reader would read it again. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text
}

/** Puts the children of a list in order. Those that stay in order aren't moved, so that they keep the focus. */
export function arrange(list: Element, wanted: readonly Element[]): void {
  const kept = new Set(wanted)
  for (const child of [...list.children]) if (!kept.has(child)) child.remove()
  let place = list.firstElementChild
  for (const child of wanted) {
    if (child === place) place = place.nextElementSibling
    else list.insertBefore(child, place)
  }
}

const SVG = 'http://www.w3.org/2000/svg'

/** Draws an icon of 24 by 24 from one path. */
export function icon(path: string): SVGSVGElement {
  const drawing = document.createElementNS(SVG, 'svg')
  const line = document.createElementNS(SVG, 'path')
  for (const [name, value] of Object.entries({ viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' })) {
    drawing.setAttribute(name, value)
  }
  line.setAttribute('d', path)
  drawing.append(line)
  return drawing
}
