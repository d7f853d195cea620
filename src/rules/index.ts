export { EnsignError } from '../base/errors.ts'
