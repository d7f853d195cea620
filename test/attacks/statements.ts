import { base64url, fromBase64url, utf8 } from '../../src/base/bytes.ts'
import type { HeadPayload } from '../../src/bundle/types.ts'
import {
  envelopeText,
  flipBit,
  headerOf,
  IAT,
  otherS,
  plusOrder,
  type Row,
  sealText,
  signRow,
  takeApart,
  trailingBits,
  withSignature,
} from '../support/forge.ts'
import type { HeadChange, World } from '../support/world.ts'
import { type Attack, withHead } from './attack.ts'

type Wrap = (text: string, world: World) => string | Promise<string>
const wrapped = (change: Wrap) => (world: World) => ({
  bytes: async (sealed: Uint8Array) => utf8(await change(new TextDecoder().decode(sealed), world)),
})

/** The header is signed, so that only its form is wrong. */
const headed = (change: (header: string, kid: string) => string, signature?: string) => (world: World) => ({
  bytes: async (sealed: Uint8Array) => {
    const { encoded } = takeApart(sealed)
    const signer = world.cast.publisher!
    const row = await signRow(signer, change(headerOf(signer, 'head'), signer.jwk.kid), encoded)
    return utf8(envelopeText(encoded, [signature === undefined ? row : { ...row, signature }]))
  },
})

/** The payload is this text, signed as it stands. */
const says = (change: (text: string, payload: HeadPayload) => string | Uint8Array) => (world: World) => ({
  bytes: (sealed: Uint8Array, payload: HeadPayload) =>
    sealText(change(takeApart(sealed).payload, payload), 'head', world.cast.publisher!),
})

const rows =
  (change: (rows: readonly Row[], encoded: string, world: World) => readonly Row[] | Promise<readonly Row[]>) =>
  (world: World): HeadChange => ({
    bytes: async sealed => {
      const taken = takeApart(sealed)
      return utf8(envelopeText(taken.encoded, await change(taken.rows, taken.encoded, world), false))
    },
  })

const signature = (change: (text: string) => string): HeadChange => ({
  bytes: sealed => withSignature(sealed, change),
})
const ecdsa = (change: (text: string) => string): HeadChange => ({ ...signature(change), signers: ['publisher2'] })
const member = (text: string) => (header: string) => header.replace(',"iat"', `,${text},"iat"`)

const HEADERS: readonly Attack[] = [
  withHead(
    'sig-none',
    'header',
    headed(header => header.replace('Ed25519', 'none'), ''),
  ),
  withHead(
    'hdr-none-case',
    'header',
    headed(header => header.replace('Ed25519', 'None')),
  ),
  withHead('sig-hs256', 'header', async world => {
    const jwk = world.cast.publisher!.jwk
    const secret = fromBase64url(jwk.x)!
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return {
      bytes: async sealed => {
        const { encoded } = takeApart(sealed)
        const header = base64url(utf8(headerOf(world.cast.publisher!, 'head', 'HS256')))
        const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(`${header}.${encoded}`)))
        return utf8(envelopeText(encoded, [{ protected: header, signature: base64url(mac) }]))
      },
    }
  }),
  withHead(
    'hdr-eddsa',
    'header',
    headed(header => header.replace('Ed25519', 'EdDSA')),
  ),
  withHead(
    'hdr-other-alg',
    'header',
    headed(header => header.replace('Ed25519', 'ES256')),
  ),
  withHead('hdr-crit', 'header', headed(member('"crit":["b64"]'))),
  withHead('hdr-crit-empty', 'header', headed(member('"crit":[]'))),
  withHead('hdr-b64', 'header', headed(member('"b64":true'))),
  withHead('hdr-jwk', 'header', headed(member('"jwk":{"crv":"Ed25519","kty":"OKP","x":"AA"}'))),
  withHead('hdr-jku', 'header', headed(member('"jku":"https://eve.example/keys"'))),
  withHead('hdr-x5c', 'header', headed(member('"x5c":["AA=="]'))),
  withHead(
    'hdr-dup-alg',
    'header',
    headed(header => header.replace('{', '{"alg":"none",')),
  ),
  withHead(
    'hdr-dup-kid',
    'header',
    headed((header, kid) => header.replace(',"typ"', `,"kid":"${kid}","typ"`)),
  ),
  withHead(
    'hdr-typ',
    'header',
    headed(header => header.replace('ensign-head', 'ensign-stop')),
  ),
  withHead(
    'hdr-typ-generic',
    'header',
    headed(header => header.replace('ensign-head+jws', 'JOSE+JSON')),
  ),
  withHead(
    'hdr-typ-missing',
    'header',
    headed(header => header.replace(',"typ":"ensign-head+jws"', '')),
  ),
  withHead(
    'hdr-kid-missing',
    'header',
    headed(header => header.replace(/"kid":"[^"]*",/, '')),
  ),
  withHead(
    'hdr-iat-missing',
    'header',
    headed(header => header.replace(/"iat":\d+,/, '')),
  ),
  withHead(
    'hdr-iat-short',
    'header',
    headed(header => header.replace(String(IAT), '179500000')),
  ),
  withHead(
    'hdr-iat-zero',
    'header',
    headed(header => header.replace(String(IAT), '0795000000')),
  ),
  withHead(
    'hdr-iat-text',
    'header',
    headed(header => header.replace(String(IAT), `"${IAT}"`)),
  ),
  withHead(
    'hdr-iat-float',
    'header',
    headed(header => header.replace(String(IAT), `${IAT}.0`)),
  ),
  withHead(
    'hdr-space',
    'header',
    headed(header => header.replace(':', ': ')),
  ),
  withHead(
    'hdr-newline',
    'header',
    headed(header => `${header}\n`),
  ),
  withHead(
    'hdr-bom',
    'header',
    headed(header => `\ufeff${header}`),
  ),
  withHead(
    'hdr-escape',
    'header',
    headed(header => header.replace('Ed25519', '\\u0045d25519')),
  ),
  withHead(
    'hdr-order',
    'header',
    headed(header => header.replace(/\{("alg":"[^"]*"),("iat":\d+)/, '{$2,$1')),
  ),
  withHead(
    'hdr-empty',
    'header',
    rows(([row]) => [{ ...row!, protected: '' }]),
  ),
  withHead(
    'hdr-padding',
    'header',
    rows(([row]) => [{ ...row!, protected: `${row!.protected}=` }]),
  ),
  withHead(
    'hdr-standard-base64',
    'header',
    rows(([row]) => [{ ...row!, protected: `${row!.protected.slice(0, -1)}+` }]),
  ),
  withHead(
    'hdr-stranger-bad',
    'header',
    rows(async (given, encoded, world) => {
      const eve = await signRow(world.cast.eve!, headerOf(world.cast.eve!, 'head').replace('Ed25519', 'none'), encoded)
      return [...given, eve].sort((a, b) => (a.protected < b.protected ? -1 : 1))
    }),
  ),
]

const ENVELOPES: readonly Attack[] = [
  withHead(
    'hdr-unprotected',
    'envelope',
    wrapped((text, { cast }) => text.replace('[{', `[{"header":{"alg":"Ed25519","kid":"${cast.publisher!.jwk.kid}"},`)),
  ),
  withHead(
    'env-extra',
    'envelope',
    wrapped(text => text.replace(/\}$/, ',"x":1}')),
  ),
  withHead(
    'env-extra-before',
    'envelope',
    wrapped(text => text.replace('{', '{"a":1,')),
  ),
  withHead(
    'env-dup-payload',
    'envelope',
    wrapped(text => text.replace('{', '{"payload":"e30",')),
  ),
  withHead(
    'env-sig-extra',
    'envelope',
    wrapped(text => text.replace('"}]', '","x":1}]')),
  ),
  withHead(
    'env-compact',
    'envelope',
    wrapped(text => {
      const { encoded, rows: list } = takeApart(utf8(text))
      return `${list[0]!.protected}.${encoded}.${list[0]!.signature}`
    }),
  ),
  withHead(
    'env-flattened',
    'envelope',
    wrapped(text => {
      const { encoded, rows: list } = takeApart(utf8(text))
      return JSON.stringify({ payload: encoded, ...list[0]! })
    }),
  ),
  withHead(
    'env-nosig',
    'envelope',
    rows(() => []),
  ),
  withHead(
    'env-empty',
    'envelope',
    wrapped(() => ''),
  ),
  withHead(
    'env-null',
    'envelope',
    wrapped(() => 'null'),
  ),
  withHead(
    'env-space',
    'envelope',
    wrapped(text => text.replace(':', ': ')),
  ),
  withHead(
    'env-space-list',
    'envelope',
    wrapped(text => text.replace('[', '[ ')),
  ),
  withHead(
    'env-newline',
    'envelope',
    wrapped(text => `${text}\n`),
  ),
  withHead(
    'env-bom',
    'envelope',
    wrapped(text => `\ufeff${text}`),
  ),
  withHead(
    'env-trailing-comma',
    'envelope',
    wrapped(text => text.replace(']', ',]')),
  ),
  withHead(
    'env-member-order',
    'envelope',
    wrapped(text => {
      const { encoded, rows: list } = takeApart(utf8(text))
      return JSON.stringify({ signatures: list, payload: encoded })
    }),
  ),
  withHead(
    'env-row-order',
    'envelope',
    wrapped(text => {
      const { encoded, rows: list } = takeApart(utf8(text))
      return JSON.stringify({
        payload: encoded,
        signatures: list.map(row => ({ signature: row.signature, protected: row.protected })),
      })
    }),
  ),
  withHead(
    'env-escape',
    'envelope',
    wrapped(text => text.replace('"payload"', '"p\\u0061yload"')),
  ),
  withHead(
    'env-escape-value',
    'envelope',
    wrapped(text => text.replace('"payload":"e', '"payload":"\\u0065')),
  ),
  withHead(
    'env-unsorted',
    'envelope',
    rows(async (given, encoded, { cast }) => {
      const eve = await signRow(cast.eve!, headerOf(cast.eve!, 'head'), encoded)
      return [...given, eve].sort((a, b) => (a.protected < b.protected ? 1 : -1))
    }),
  ),
  withHead(
    'env-manysigs',
    'too_many_signatures',
    rows(([row]) => Array.from({ length: 17 }, () => row!)),
  ),
  withHead(
    'env-payload-padding',
    'envelope',
    wrapped(text => text.replace('","signatures', '=","signatures')),
  ),
  withHead(
    'env-payload-alphabet',
    'envelope',
    wrapped(text => text.replace('"payload":"', '"payload":"+')),
  ),
  withHead(
    'env-payload-nul',
    'envelope',
    wrapped(text => text.replace('"payload":"', '"payload":"\u0000')),
  ),
  withHead(
    'env-payload-bits',
    'envelope',
    wrapped(text => {
      const { payload, rows: list } = takeApart(utf8(text))
      // One byte over a multiple of three leaves four bits that no byte uses.
      const spaces = ' '.repeat((4 - (payload.length % 3)) % 3)
      return envelopeText(trailingBits(base64url(utf8(payload + spaces))), list)
    }),
  ),
  withHead(
    'four-eyes-dup-sig-head',
    'duplicate_signature',
    rows(([row]) => [row!, row!]),
  ),
  withHead(
    'env-two-of-one-key',
    'duplicate_signature',
    rows(async ([row], encoded, { cast }) => {
      const signer = cast.publisher!
      const later = headerOf(signer, 'head').replace(String(IAT), String(IAT + 1))
      return [row!, await signRow(signer, later, encoded)].sort((a, b) => (a.protected < b.protected ? -1 : 1))
    }),
  ),
]

/** Somebody whom no root knows signed too, and this became of the signature. */
function stranger(change: (text: string) => string): (world: World) => HeadChange {
  return world => ({
    signers: ['publisher', 'eve'],
    bytes: sealed => {
      const { encoded, rows } = takeApart(sealed)
      const isEve = (row: Row) =>
        atob(row.protected.replaceAll('-', '+').replaceAll('_', '/')).includes(world.cast.eve!.jwk.kid)
      return utf8(
        envelopeText(
          encoded,
          rows.map(row => (isEve(row) ? { ...row, signature: change(row.signature) } : row)),
        ),
      )
    },
  })
}

const SIGNATURES: readonly Attack[] = [
  withHead(
    'b64-padding',
    'signature',
    signature(text => `${text}==`),
  ),
  withHead('b64-trailing', 'signature', signature(trailingBits)),
  withHead(
    'b64-alphabet',
    'signature',
    signature(text => `${text.slice(0, -1)}/`),
  ),
  withHead(
    'b64-space',
    'signature',
    signature(text => ` ${text}`),
  ),
  withHead(
    'sig-empty',
    'signature',
    signature(() => ''),
  ),
  withHead(
    'sig-short',
    'signature',
    signature(text => base64url(fromBase64url(text)!.subarray(1))),
  ),
  withHead(
    'sig-long',
    'signature',
    signature(text => base64url(new Uint8Array([...fromBase64url(text)!, 0]))),
  ),
  withHead(
    'sig-bitflip',
    'signature',
    signature(text => flipBit(text)),
  ),
  withHead(
    'sig-bitflip-s',
    'signature',
    signature(text => flipBit(text, 40)),
  ),
  withHead(
    'sig-zero',
    'signature',
    signature(() => base64url(new Uint8Array(64))),
  ),
  withHead(
    'sig-zero-ecdsa',
    'signature',
    ecdsa(() => base64url(new Uint8Array(64))),
  ),
  withHead('sig-plus-order', 'signature', signature(plusOrder)),
  withHead(
    'sig-bitflip-ecdsa',
    'signature',
    ecdsa(text => flipBit(text, 40)),
  ),
  withHead('ok-other-s', 'ok', ecdsa(otherS)),
  withHead('payload-bitflip', 'signature', {
    bytes: sealed => {
      const { rows: list, payload } = takeApart(sealed)
      return utf8(envelopeText(base64url(utf8(payload.replace('"sequence":1', '"sequence":2'))), list))
    },
  }),
  withHead('sig-stranger', 'threshold', { signers: ['eve'] }),
  withHead('sig-wrongrole', 'threshold', { signers: ['alice', 'bob', 'carol'] }),
  withHead('sig-wrongrole-machine', 'threshold', { signers: ['robot'] }),
  withHead('sig-other-publisher', 'threshold', { signers: ['stager'] }),
  withHead('sig-kidswap', 'signature', world => ({
    bytes: async sealed => {
      const { encoded } = takeApart(sealed)
      const row = await signRow(world.cast.alice!, headerOf(world.cast.publisher!, 'head'), encoded)
      return utf8(envelopeText(encoded, [row]))
    },
  })),
  withHead('sig-one-of-two-bad', 'signature', {
    signers: ['alice', 'publisher'],
    bytes: sealed => withSignature(sealed, flipBit),
  }),
  withHead('ok-unknown-signer', 'ok', { signers: ['publisher', 'eve'] }),
  withHead('ok-unknown-bad', 'ok', stranger(flipBit)),
  withHead(
    'unknown-padding',
    'signature',
    stranger(text => `${text}==`),
  ),
  withHead(
    'unknown-short',
    'signature',
    stranger(text => text.slice(4)),
  ),
  withHead('ok-two-publishers', 'ok', { signers: ['publisher', 'publisher2'] }),
  withHead('ok-known-other-role', 'ok', { signers: ['publisher', 'alice'] }),
]

const text = (from: string | RegExp, to: string) => says(given => given.replace(from, to))

const PAYLOADS: readonly Attack[] = [
  withHead(
    'json-dup',
    'json_not_canonical',
    text('"environment":"production"', '"environment":"staging","environment":"production"'),
  ),
  withHead('json-proto', 'json_key', text('{', '{"__proto__":{},')),
  withHead('json-ws', 'json_not_canonical', text(':', ': ')),
  withHead(
    'json-newline',
    'json_not_canonical',
    says(given => `${given}\n`),
  ),
  withHead(
    'json-order',
    'json_not_canonical',
    says((_, payload) => JSON.stringify(payload)),
  ),
  withHead('json-escape', 'json_not_canonical', text('"production"', '"pr\\u006fduction"')),
  withHead('json-exponent', 'json_not_canonical', text('"sequence":1', '"sequence":1e0')),
  withHead('json-minus-zero', 'json_not_canonical', text('"sequence":1', '"sequence":-0')),
  withHead('json-point-zero', 'json_not_canonical', text('"sequence":1', '"sequence":1.0')),
  withHead('json-unsafe', 'json_number', text('"sequence":1', '"sequence":9007199254740992')),
  withHead('json-huge-number', 'json_number', text('"sequence":1', '"sequence":1e999')),
  withHead('json-surrogate', 'json_not_canonical', text('"production"', '"\\ud800"')),
  withHead(
    'json-bom',
    'json',
    says(given => `\ufeff${given}`),
  ),
  withHead(
    'json-utf8',
    'json',
    says(given => new Uint8Array([...utf8(given), 0xff])),
  ),
  withHead(
    'json-cut',
    'json',
    says(given => given.slice(0, -1)),
  ),
  withHead(
    'json-two',
    'json',
    says(given => given + given),
  ),
  withHead(
    'json-deep',
    'too_deep',
    says(() => '['.repeat(80) + ']'.repeat(80)),
  ),
  withHead(
    'json-empty',
    'json',
    says(() => ''),
  ),
  withHead(
    'json-null',
    'schema',
    says(() => 'null'),
  ),
  withHead(
    'json-array',
    'schema',
    says(given => `[${given}]`),
  ),
  withHead(
    'json-text',
    'schema',
    says(() => '"head"'),
  ),
  withHead('json-extra', 'schema', { payload: head => ({ ...head, note: 'x' }) }),
  withHead('json-extra-inside', 'schema', { payload: head => ({ ...head, log: { ...head.log, note: 'x' } }) }),
  withHead('json-missing', 'schema', { payload: ({ epoch: _, ...head }) => head }),
  withHead('json-missing-inside', 'schema', {
    payload: head => ({ ...head, state: { ...head.state, stop: undefined } }),
  }),
  withHead('json-null-for-object', 'schema', { payload: head => ({ ...head, log: null }) }),
  withHead('state-type', 'schema', { payload: head => ({ ...head, state: { ...head.state, type: 'event' } }) }),
  withHead('json-list-for-object', 'schema', { payload: head => ({ ...head, log: [] }) }),
  withHead('payload-too-large', 'too_large', { payload: head => ({ ...head, note: 'x'.repeat(3000) }) }),
  withHead(
    'type-other',
    'schema',
    says(given => given.replace('"type":"head"', '"type":"stop"')),
  ),
  withHead('spec-2', 'spec', { payload: head => ({ ...head, spec: 2 }) }),
  withHead('spec-text', 'spec', { payload: head => ({ ...head, spec: '1' }) }),
  withHead('spec-2-extra', 'spec', { payload: head => ({ ...head, spec: 2, note: 'later' }) }),
  withHead('seq-zero', 'schema', { payload: head => ({ ...head, sequence: 0 }) }),
  withHead(
    'seq-float',
    'json_number',
    says(given => given.replace('"sequence":1', '"sequence":1.5')),
  ),
  withHead('seq-string', 'schema', { payload: head => ({ ...head, sequence: '1' }) }),
  withHead('seq-negative', 'schema', { payload: head => ({ ...head, sequence: -1 }) }),
  withHead('expires-never', 'schema', { payload: head => ({ ...head, expires: 'never' }) }),
  withHead('expires-null', 'schema', { payload: head => ({ ...head, expires: null }) }),
  withHead('expires-number', 'schema', { payload: head => ({ ...head, expires: 4_000_000_000 }) }),
  withHead('expires-before-issued', 'schema', { lifetime: -60 }),
  withHead('expires-at-once', 'schema', { lifetime: 0 }),
  withHead('expires-no-day', 'schema', { payload: head => ({ ...head, expires: '2026-02-30T12:00:00Z' }) }),
  withHead('expires-millis', 'schema', { payload: head => ({ ...head, expires: head.expires.replace('Z', '.000Z') }) }),
  withHead('expires-offset', 'schema', {
    payload: head => ({ ...head, expires: head.expires.replace('Z', '+00:00') }),
  }),
  withHead('expires-leap', 'schema', { payload: head => ({ ...head, expires: '2026-12-31T23:59:60Z' }) }),
  withHead('expires-midnight-24', 'schema', { payload: head => ({ ...head, expires: '2026-11-22T24:00:00Z' }) }),
  withHead('expires-year', 'schema', { payload: head => ({ ...head, expires: '+020261-01-01T00:00:00Z' }) }),
  withHead('digest-upper', 'schema', {
    payload: head => ({ ...head, genesis: head.genesis.toUpperCase().replace(/\d/g, 'A') }),
  }),
  withHead('id-newline', 'schema', { payload: head => ({ ...head, project: `${head.project}\n` }) }),
  withHead('id-unicode', 'schema', { payload: head => ({ ...head, environment: 'prоduction' }) }),
  withHead('id-case', 'schema', { payload: head => ({ ...head, environment: 'Production' }) }),
]

export const statementAttacks: readonly Attack[] = [...HEADERS, ...ENVELOPES, ...SIGNATURES, ...PAYLOADS]
