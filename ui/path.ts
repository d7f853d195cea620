import { conditionText, outcomeText, sharesOf, variantName } from '../src/publisher/diff/text.ts'
import { percentOf } from '../src/publisher/layout/weights.ts'
import type { Flag, Outcome } from '../src/rules/types.ts'
import { h } from './dom.ts'

/** The way through a flag's rules, in the order in which they are asked. */
export function flagPath(flag: Flag, stopped: boolean): HTMLElement {
  const off = variantName(flag, flag.off)
  const steps: HTMLElement[] = []
  if (stopped) steps.push(step('Stopped', 'an emergency stop is in force', `serves ${off}`, 'stop'))
  steps.push(
    flag.on
      ? step('On', 'the flag is enabled here', 'goes on', 'pass')
      : step('Off', 'the flag is not enabled here', `serves ${off}`, 'stop'),
  )
  for (const { flag: key, is } of flag.requires ?? []) {
    steps.push(step('Requires', `flag ${key} is ${is.join(' or ')}`, `else serves ${off}`, 'pass'))
  }
  for (const { id, when, then } of flag.rules) {
    steps.push(step(`Rule ${id}`, `if ${conditionText(when)}`, outcomeText(flag, then), 'rule', bar(flag, then)))
  }
  steps.push(step('Otherwise', 'everyone else', outcomeText(flag, flag.otherwise), 'rule', bar(flag, flag.otherwise)))
  return h('ol', { class: 'path' }, steps)
}

function step(name: string, condition: string, outcome: string, kind: string, drawn?: HTMLElement): HTMLElement {
  return h(
    'li',
    { class: `step ${kind}` },
    h('strong', {}, name),
    h('span', { class: 'condition' }, condition),
    h('span', { class: 'outcome' }, outcome),
    drawn,
  )
}

/** Who gets what, as a bar over the bucket space. The words beside it say the same. */
function bar(flag: Flag, outcome: Outcome): HTMLElement {
  const drawn = h('div', { class: 'bar', 'aria-hidden': 'true' })
  const arms =
    'split' in outcome ? outcome.split.arms : [[0, 100_000, 'serve' in outcome ? outcome.serve : -1] as const]
  let at = 0
  const piece = (size: number, kind: string, title: string) => {
    const one = h('span', { class: kind, title })
    // Through the object model: a style attribute would need a weaker content policy.
    one.style.width = `${size / 1_000}%`
    drawn.append(one)
  }
  for (const [from, to, index] of arms) {
    if (from > at) piece(from - at, 'rest', `${percentOf(from - at)}% the rest`)
    const name = index < 0 ? "the caller's fallback" : variantName(flag, index)
    piece(to - from, index < 0 ? 'rest' : `arm arm-${index % 6}`, `${percentOf(to - from)}% ${name}`)
    at = to
  }
  if (at < 100_000) piece(100_000 - at, 'rest', `${percentOf(100_000 - at)}% the rest`)
  return drawn
}

/** The largest share that anyone gets other than off, for a list of flags. */
export function summaryOf(flag: Flag): string {
  if (!flag.on) return 'off'
  const shares = sharesOf(flag, flag.otherwise)
  const rules = flag.rules.length
  const words = rules === 0 ? '' : `${rules} ${rules === 1 ? 'rule' : 'rules'}, then `
  return `${words}${shares.size === 1 && !('split' in flag.otherwise) ? [...shares.keys()][0] : outcomeText(flag, flag.otherwise)}`
}
