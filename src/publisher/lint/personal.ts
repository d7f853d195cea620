const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/
const PHONE = /^(?:\+|00)[1-9][\d ().-]{7,18}$/
const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/
const IPV6 = /^(?=.*:.*:)[0-9a-f:]{3,39}(?:%\w+)?$/i
const DIGITS = /^\d(?:[ -]?\d){11,18}$/
const IBAN = /^[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}$/
const US_SSN = /^\d{3}-\d{2}-\d{4}$/

/**
 * What kind of personal data a text looks like; undefined for none. Of an attribute that was declared harmless, plain
 * digits are taken for what the declaration says: every tenth number passes the checks of cards and identity numbers.
 */
export function personalData(text: string, declared = false): string | undefined {
  if (EMAIL.test(text)) return 'an e-mail address'
  if (PHONE.test(text)) return 'a telephone number'
  if (IPV4.test(text) && text.split('.').every(part => Number(part) < 256)) return 'an IP address'
  if (IPV6.test(text)) return 'an IP address'
  if (IBAN.test(text) && ibanHolds(text)) return 'an account number'
  if (declared) return undefined
  if (DIGITS.test(text) && luhnHolds(text.replaceAll(/\D/g, ''))) return 'a card number'
  if (US_SSN.test(text) || dutchHolds(text)) return 'an identity number'
  return undefined
}

/** Every second digit from the right counts double, digits added; the sum ends in 0. */
function luhnHolds(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

/** ISO 7064: the country and check digits at the end, letters as 10 to 35, modulo 97 gives 1. */
function ibanHolds(text: string): boolean {
  const plain = text.replaceAll(' ', '')
  const moved = plain.slice(4) + plain.slice(0, 4)
  let rest = 0
  for (const unit of moved)
    for (const digit of String(Number.parseInt(unit, 36))) rest = (rest * 10 + Number(digit)) % 97
  return rest === 1
}

/** The burgerservicenummer: nine digits, weighted 9 to 2 and -1, divisible by 11. */
function dutchHolds(text: string): boolean {
  if (!/^\d{9}$/.test(text)) return false
  const sum = [...text].reduce((total, digit, i) => total + Number(digit) * (i === 8 ? -1 : 9 - i), 0)
  return sum % 11 === 0
}
