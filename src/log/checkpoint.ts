import { base64, concat, equalBytes, fromBase64, fromUtf8, utf8 } from '../base/bytes.ts'
import { EnsignError } from '../base/errors.ts'
import { HASH_LENGTH, type Hash } from './merkle.ts'

/**
 * A C2SP tlog-checkpoint: a signed note whose text is three lines, an empty line, and signature lines.
 *
 *     flags.example.com/shop/production/1
 *     42
 *     qINS1GRFhWHwdkUeqLEoP4yEMkTBBzxBkGwGQlVlVcs=
 *
 *     — flags.example.com/shop/production/1 AcQW…
 *
 * The line begins with U+2014 and a space; the base64 is the key id and 64 bytes of Ed25519 over the text, its last
 * newline included, the empty line not.
 */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Hash
}

/** The log's key: the name is the origin, the key 32 bytes of Ed25519. */
export interface NoteKey {
  readonly name: string
  readonly publicKey: Uint8Array
}

export const MAX_CHECKPOINT = 16 * 1024
const MAX_SIGNATURES = 64
const KEY_LENGTH = 32
const SIGNATURE_LENGTH = 64
const ED25519 = 0x01
/** Printable ASCII and no plus sign: narrower than a signed note's key name, and nothing that looks alike. */
const NAME_FORM = /^[!-*,-~]{1,255}$/
const SIZE_FORM = /^(?:0|[1-9][0-9]{0,15})$/
const SIGNATURE_FORM = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/

/** The first four bytes of SHA-256(name, LF, 0x01, key). */
export async function noteKeyId({ name, publicKey }: NoteKey): Promise<Uint8Array> {
  const bytes = concat(utf8(`${name}\n`), Uint8Array.of(ED25519), publicKey)
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).slice(0, 4)
}

/** `shop.example+1a2b3c4d+AQ…`, the form in which monitors and witnesses are given a log's key. */
export async function verifierKey(key: NoteKey): Promise<string> {
  const id = [...(await noteKeyId(key))].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return `${key.name}+${id}+${base64(concat(Uint8Array.of(ED25519), key.publicKey))}`
}

function checkpointText({ origin, size, root }: Checkpoint): string {
  if (!NAME_FORM.test(origin)) throw new RangeError('a log origin is printable ASCII without space and plus')
  if (!Number.isSafeInteger(size) || size < 0 || root.length !== HASH_LENGTH) throw new RangeError('no such tree')
  return `${origin}\n${size}\n${base64(root)}\n`
}

/** The note, signed under the name of the origin. `sign` gives 64 bytes over the text's bytes. */
export async function makeCheckpoint(
  checkpoint: Checkpoint,
  publicKey: Uint8Array,
  sign: (input: Uint8Array) => Promise<Uint8Array>,
): Promise<string> {
  const text = checkpointText(checkpoint)
  const key = { name: checkpoint.origin, publicKey }
  const signature = await sign(utf8(text))
  if (!(await verifies(key, utf8(text), signature))) {
    throw new EnsignError('checkpoint_signature', 'the signer gave no signature of the log key')
  }
  return `${text}\n\u2014 ${key.name} ${base64(concat(await noteKeyId(key), signature))}\n`
}

/**
 * What the log's key signed. Lines of other keys (witnesses) are well-formed and do not count; every line of this key
 * must verify, and there must be one.
 */
export async function verifyCheckpoint(note: Uint8Array, key: NoteKey): Promise<Checkpoint> {
  const { text, checkpoint, signatures } = parseNote(note)
  if (checkpoint.origin !== key.name) throw form('another origin')
  const id = await noteKeyId(key)
  let counted = 0
  for (const { name, bytes } of signatures) {
    if (name !== key.name || !equalBytes(bytes.subarray(0, 4), id)) continue
    if (!(await verifies(key, utf8(text), bytes.subarray(4)))) {
      throw new EnsignError('checkpoint_signature', 'a signature of the log key is wrong')
    }
    counted += 1
  }
  if (counted === 0) throw new EnsignError('checkpoint_signature', 'not signed by the log key')
  return checkpoint
}

/** What a note says, of which nobody vouched. */
export function readCheckpoint(note: Uint8Array): Checkpoint {
  return parseNote(note).checkpoint
}

interface NoteSignature {
  readonly name: string
  readonly bytes: Uint8Array
}

function parseNote(note: Uint8Array): { text: string; checkpoint: Checkpoint; signatures: NoteSignature[] } {
  const all = note.length <= MAX_CHECKPOINT ? fromUtf8(note) : undefined
  if (all === undefined) throw form('too large or not UTF-8')
  const end = all.indexOf('\n\n')
  if (end < 0 || !all.endsWith('\n')) throw form('no signature')
  const text = all.slice(0, end + 1)
  const lines = all.slice(end + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) throw form('too many signatures')
  return { text, checkpoint: parseText(text), signatures: lines.map(parseSignature) }
}

/** Exactly three lines, and printing them again gives the same text. */
function parseText(text: string): Checkpoint {
  const [origin, size, hash, ...more] = text.split('\n')
  const root = fromBase64(hash ?? '')
  if (more.length !== 1 || !NAME_FORM.test(origin!) || !SIZE_FORM.test(size!)) throw form('not origin, size and root')
  if (root?.length !== HASH_LENGTH || !Number.isSafeInteger(Number(size))) throw form('not a size and a root')
  return { origin: origin!, size: Number(size), root }
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = SIGNATURE_FORM.exec(line) ?? []
  const bytes = fromBase64(encoded ?? '')
  // A key id is four bytes; what follows is as long as the kind of signature says.
  if (name === undefined || bytes === undefined || bytes.length < 5) throw form('a malformed signature line')
  return { name, bytes }
}

async function verifies(key: NoteKey, text: Uint8Array<ArrayBuffer>, signature: Uint8Array): Promise<boolean> {
  if (key.publicKey.length !== KEY_LENGTH || signature.length !== SIGNATURE_LENGTH) return false
  const imported = await crypto.subtle.importKey('raw', new Uint8Array(key.publicKey), 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', imported, new Uint8Array(signature), text)
}

function form(what: string): EnsignError {
  return new EnsignError('checkpoint_form', `not a checkpoint: ${what}`)
}
