import type { Command } from '../command.ts'
import { completions } from './completions.ts'
import { help } from './help.ts'
import { serve } from './serve.ts'
import { token } from './token.ts'

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [serve, token, completions, help]
