"""The inputs of the vectors. oracle.py adds what is expected. Each case stands for a boundary, a verdict of a table, or a
mistake that an implementation could make; README.md has the format."""

from itertools import product

FILES = []


def file(name, about, cases, sets=None):
    entry = {'format': 'ensign-vectors/1', 'name': name, 'about': about}
    if sets: entry['sets'] = sets
    width = len(str(len(cases)))
    entry['cases'] = [{'id': f'{name}/{n:0{width}}', **case} for n, case in enumerate(cases, 1)]
    FILES.append(entry)


def utf16(*units): return {'$utf16': ''.join(f'{u:04x}' for u in units)}
def repeat(text, count): return {'$repeat': [text, count]}
def concat(*texts): return {'$concat': list(texts)}
def bigint(n): return {'$bigint': str(n)}
def date(ms): return {'$date': str(ms)}
UNDEFINED, FUNCTION, SYMBOL = {'$undefined': True}, {'$function': True}, {'$symbol': True}
NAN, INF, MINUS_INF, MINUS_ZERO = ({'$number': n} for n in ('NaN', 'Infinity', '-Infinity', '-0'))
GRIN = '\U0001F600'
HIGH, LOW = 0xD83D, 0xDE00


# ---------------------------------------------------------------- hash.json

def hashes():
    cases = []
    def add(about, text, seed=0): cases.append({'do': 'hash', 'about': about, 'text': text, 'seed': seed})
    for n in range(0, 18): add(f'{n} ASCII bytes: tail of {n % 4}', 'abcdefghijklmnopq'[:n])
    for n in range(0, 9): add(f'{n} bytes, the largest seed', 'ensign-f'[:n], 0xFFFFFFFF)
    for seed in (1, 0x7FFFFFFF, 0x80000000, 0x9747B28C): add('a seed with its own bits', 'The quick brown fox jumps', seed)
    add('the reference sentence', 'The quick brown fox jumps over the lazy dog', 0x9747B28C)
    add('bytes of 0 are no end of string', '\0')
    add('four bytes of 0', '\0\0\0\0')
    add('white space is kept', ' a ')
    for text in ('é', 'éé', 'aé', 'aaaé', '\u0301e', 'é', 'ß', 'ÿ', '\u007f', '\u0080', '\u07ff', '\u0800', '\uffff', '\ufeffa'):
        add('UTF-8 of two and three bytes, no normalisation', text)
    for n in range(0, 4): add('U+1F600 with each tail', GRIN + 'abc'[:n])
    add('a family joined by U+200D', '\U0001F468\u200D\U0001F469\u200D\U0001F467')
    add('the last code point', '\U0010FFFF')
    add('a lone high surrogate is U+FFFD', utf16(HIGH))
    add('U+FFFD itself has the same hash', '\ufffd')
    add('a lone low surrogate', utf16(LOW))
    add('low before high: two lone surrogates', utf16(LOW, HIGH))
    add('a pair written as two units is the character', utf16(HIGH, LOW))
    add('high, then a pair', utf16(HIGH, HIGH, LOW))
    add('a pair, then low', utf16(HIGH, LOW, LOW))
    add('a lone surrogate between letters', utf16(0x61, HIGH, 0x62))
    add('the edges of the surrogates', utf16(0xD7FF, 0xD800, 0xDFFF, 0xE000))
    add('high at the end', concat('user-', utf16(0xDBFF)))
    add('halves joined at a seam are a pair', concat('a', utf16(HIGH), utf16(LOW)))
    add('1 MB of ASCII', repeat('ab', 500_000))
    add('1 MB and one byte', concat(repeat('ab', 500_000), 'c'))
    add('1 MB and two bytes, seeded', concat(repeat('ab', 500_000), 'cd'), 12345)
    add('1 MB of two-byte characters', repeat('é', 500_000))
    add('1 MB of emoji', repeat(GRIN, 250_000))
    add('1 MB that ends in a lone surrogate', concat(repeat('xyz', 333_333), utf16(HIGH)))
    add('4,095 bytes', repeat('a', 4095))
    add('4,096 bytes', repeat('a', 4096))
    add('ASCII up to the last character', concat(repeat('a', 1000), 'é'))
    for key, count in (('new-checkout', 1), ('new-checkout', 2), ('new-checkout', 16), ('new-checkout', 8192), ('__proto__', 16),
                       ('a', 4), ('A', 4), ('x' * 128, 8192)):
        cases.append({'do': 'place', 'about': 'the part of a key', 'key': key, 'count': count})
    file('hash', 'MurmurHash3 x86 32 over UTF-8, and the part of a key (14.4, 14.8, 1.2)', cases)


# ---------------------------------------------------------------- bucket.json

def buckets():
    cases = []
    def add(about, unit, salt='c8f31b0a'): cases.append({'do': 'bucket', 'about': about, 'unit': unit, 'salt': salt})
    for n in range(12): add('ordinary ids', f'user-{n}')
    for n in range(6): add('the same unit, other salts', 'user-1', f'salt-{n}')
    add('a number and its digits are one unit', 42)
    add('digits as a string', '42')
    add('leading zeros are another string', '042')
    add('zero', 0); add('negative zero is zero', MINUS_ZERO); add('the string -0 is not', '-0'); add('a negative number', -7)
    add('a whole number by value', 5.0)
    add('the largest safe integer', 2**53 - 1); add('one above it', 2**53); add('the smallest', -(2**53 - 1)); add('one below', -(2**53))
    add('a fraction', 1.5); add('a large double', 1e21); add('not a number', NAN); add('infinite', INF); add('minus infinite', MINUS_INF)
    add('bigint', bigint(42)); add('bigint zero', bigint(0)); add('negative bigint', bigint(-7)); add('bigint beyond the safe integers', bigint(2**53 + 1))
    add('bigint of 40 digits', bigint(10**39 + 7))
    add('the empty string', ''); add('a space', ' '); add('spaces are kept', ' user-1 '); add('a zero byte', '\0')
    for unit in (True, False, None, UNDEFINED, FUNCTION, [], ['user-1'], {}, {'id': 'user-1'}, date(0), date('NaN')): add('no unit', unit)
    add('not normalised: composed', 'zoë'); add('not normalised: decomposed', 'zoe\u0308'); add('case counts', 'User-1')
    add('emoji', GRIN); add('lone surrogate', concat('u', utf16(HIGH))); add('the same as U+FFFD', 'u\ufffd')
    add('a megabyte', repeat('ab', 500_000))
    add('salt of one character', 'user-1', 'x'); add('salt that is not ASCII', 'user-1', 'größe'); add('emoji as salt', 'user-1', GRIN)
    add('salt of 128', 'user-1', 's' * 128); add('salt with a lone surrogate', 'user-1', utf16(HIGH)); add('salt U+FFFD', 'user-1', '\ufffd')
    add('salt and unit exchanged', 'salt-1', 'user-1'); add('salt with a dot', 'user-1', 'a.b'); add('a blank salt', 'user-1', ' ')
    # Units found by search, at the ends of the scale under this salt.
    for unit in EDGE_UNITS: add('a bucket at an end of the scale', unit)
    file('bucket', 'Units, seeds and buckets (14.1 to 14.5). A bucket of null: the unit is missing.', cases)


# The first of user-0, user-1, ... in the buckets 0, 1, 49999, 50000 and 99999 under the salt c8f31b0a.
EDGE_UNITS = ['user-110040', 'user-206989', 'user-9509', 'user-87063', 'user-65532']


# ---------------------------------------------------------------- operators.json

SAMPLES = [
    ('missing', None), ('null', {'x': None}), ('undefined', {'x': UNDEFINED}), ('NaN', {'x': NAN}), ('infinity', {'x': INF}),
    ('minus infinity', {'x': MINUS_INF}), ('function', {'x': FUNCTION}), ('invalid date', {'x': date('NaN')}),
    ('string', {'x': 'nl'}), ('empty string', {'x': ''}), ('number', {'x': 7}), ('boolean', {'x': True}),
    ('array', {'x': ['nl', 7]}), ('empty array', {'x': []}), ('object', {'x': {'nl': 1}}), ('bigint', {'x': bigint(7)}),
    ('symbol', {'x': SYMBOL}), ('date', {'x': date(7)}),
]
TOKEN_NL = '5' * 32
OPERANDS = {
    'eq': 'nl', 'in': ['nl', 7], 'has': ['nl'], 'startsWith': ['n'], 'endsWith': ['l'], 'contains': ['nl'],
    'lt': 8, 'lte': 7, 'gt': 6, 'gte': 7, 'before': '2026-01-01T00:00:00Z', 'after': '1969-01-01T00:00:00Z',
    'semver': '>=1.0.0', 'version': '>=1', 'cidr': ['10.0.0.0/8'], 'matches': '^n', 'exists': True,
    'sealed': {'key': 'k1', 'norm': 'none', 'values': [TOKEN_NL]},
}
SECRETS = {'k1': '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'}


def verdict(about, when, context=None, **more):
    case = {'do': 'verdict', 'about': about, 'when': when}
    if context is not None: case['context'] = context
    return {**case, **more}


def on(value, operator, operand, about='', **more):
    """The verdict of one operator over an attribute x."""
    return verdict(about or operator, {'attr': 'x', operator: operand, **more}, {'x': value})


def operators():
    cases = []
    for operator, operand in OPERANDS.items():
        more = {'secrets': SECRETS} if operator == 'sealed' else {}
        for about, context in SAMPLES:
            cases.append(verdict(f'{operator}: {about}', {'attr': 'x', operator: operand}, context, **more))
    for operator, operand in OPERANDS.items():
        more = {'secrets': SECRETS} if operator == 'sealed' else {}
        cases.append(verdict(f'not {operator}, missing', {'not': {'attr': 'x', operator: operand}}, {}, **more))
    cases.append(verdict('exists: false, missing', {'attr': 'x', 'exists': False}, {}))
    cases.append(verdict('exists: false, there', {'attr': 'x', 'exists': False}, {'x': ''}))
    cases.append(verdict('exists: false, null', {'attr': 'x', 'exists': False}, {'x': None}))

    # eq, in, has
    for value in ('5', 5, 5.0, True, '', ' 5'): cases.append(on(value, 'eq', 5, 'eq is strict in type'))
    for value in (0, MINUS_ZERO, False, '', '0'): cases.append(on(value, 'eq', 0, 'eq 0'))
    for value in (0, MINUS_ZERO): cases.append(on(value, 'eq', -0.0, 'eq -0'))
    for value in (True, False, 1, 0, 'true'): cases.append(on(value, 'eq', True, 'eq true'))
    for value in (False, 0, '', None): cases.append(on(value, 'eq', False, 'eq false'))
    for value in ('', ' ', None): cases.append(on(value, 'eq', '', 'eq of the empty string'))
    cases += [on(0.1, 'eq', 0.1, 'doubles'), on(0.30000000000000004, 'eq', 0.3, 'no tolerance'), on(2**53 + 1, 'eq', 2**53, 'doubles: 2^53+1 is 2^53'),
              on('zoe\u0308', 'eq', 'zoë', 'no normalisation'), on('NL', 'eq', 'nl', 'case counts'),
              on(utf16(HIGH), 'eq', '\ufffd', 'a lone surrogate is not U+FFFD in comparisons'), on(GRIN, 'eq', GRIN, 'emoji'),
              on(bigint(5), 'eq', 5, 'bigint is no number'), on(date(5), 'eq', 5, 'a date is its milliseconds'), on(date(5), 'eq', '5', 'and no string'),
              on(['nl'], 'eq', 'nl', 'an array never equals')]
    for value in ('a', 2, True, 1, 'b', MINUS_ZERO, date(1)): cases.append(on(value, 'in', [1, 'a', 0], 'in of strings and numbers'))
    for value in (True, False, 'true'): cases.append(on(value, 'in', [True], 'in of booleans'))
    for value in ('a', '', 1, False, ['a'], {}, None, NAN, bigint(1)): cases.append(on(value, 'in', [], 'in nothing'))
    cases += [on('toString', 'in', ['a'], 'a name of Object.prototype'), on('__proto__', 'in', ['__proto__'], 'as a member'),
              on('constructor', 'in', ['a', 'b'], 'constructor'), on(1, 'in', ['1'], 'number against strings'), on('1', 'in', [1], 'string against numbers'),
              on('b', 'in', ['a', 'b', 'b'], 'repeated members'), on('1', 'in', ['1', 1], 'both spellings'), on(1, 'in', ['1', 1], 'both spellings')]
    for value in (['a'], ['b', 'a'], ['b'], [], [1], ['1'], [True], [None, 'a'], [NAN, 1], [{}, 'a'], [['a']], 'a', [MINUS_ZERO], [0]):
        cases.append(on(value, 'has', ['a', 1, 0], 'has any of'))
    for value in ([], ['a'], 'a', None): cases.append(on(value, 'has', [], 'has any of nothing'))
    cases += [on([True], 'has', [1], 'true is not 1'), on([bigint(1)], 'has', [1], 'an element that is no scalar'), on([date(1)], 'has', [1], 'a date in an array')]
    # texts
    for operator in ('startsWith', 'endsWith', 'contains'):
        for value, operand in (('abc', ['abc']), ('abc', ['abcd']), ('abc', ['x', 'b']), ('abc', ['a']), ('abc', ['c']), ('abc', []), (7, []), ('', ['']), ('', ['a']),
                               ('abc', ['']), (7, ['7']), (['a'], ['a']), ('ABC', ['a']), ('aé', ['é']), ('ae\u0301', ['é']), ('a.c', ['.']), ('a.c', ['a.']), ('abc', ['a.'])):
            cases.append(on(value, operator, operand, f'{operator} {operand}'))
        cases.append(on(concat(GRIN, 'x', GRIN), operator, [GRIN], f'{operator} an emoji'))
        cases.append(on(concat(utf16(HIGH), 'x', utf16(LOW)), operator, [GRIN], f'{operator}: its halves do not count'))
    # ignoreCase
    for operator, operand in (('eq', 'NeW'), ('in', ['NeW', 'old']), ('startsWith', ['NE']), ('endsWith', ['EW']), ('contains', ['E'])):
        for value in ('new', 'NEW', 'nEw', 'naw'): cases.append(on(value, operator, operand, f'{operator} ignoreCase', ignoreCase=True))
        cases.append(on('new', operator, operand, f'{operator} ignoreCase: false', ignoreCase=False))
        cases.append(on(7, operator, operand, f'{operator} ignoreCase, number', ignoreCase=True))
    for value, operand in (('É', 'é'), ('é', 'é'), ('\u212a', 'k'), ('İ', 'i'), ('ı', 'I'), ('ß', 'SS'), ('ſ', 's'), ('[', '{'), ('@', '`'), ('Z', 'z'), ('A', 'a'), (GRIN + 'A', GRIN + 'a')):
        cases.append(on(value, 'eq', operand, 'only A-Z are folded', ignoreCase=True))
    cases += [on(['NEW', 7], 'has', ['new'], 'has ignoreCase', ignoreCase=True), on(['old'], 'has', ['new'], 'has ignoreCase', ignoreCase=True),
              on([7], 'has', [7], 'has ignoreCase of numbers', ignoreCase=True), on(True, 'eq', True, 'ignoreCase of booleans', ignoreCase=True)]
    # numbers
    for operator in ('lt', 'lte', 'gt', 'gte'):
        for value in (4.999999999999999, 5, 5.000000000000001, '5', date(5), date(6), bigint(4), True, MINUS_INF): cases.append(on(value, operator, 5, f'{operator} 5'))
        cases.append(on(MINUS_ZERO, operator, 0, f'{operator}: -0 against 0'))
        cases.append(on(-1, operator, -0.5, f'{operator} of negatives'))
    cases += [on(5e-324, 'gt', 0, 'the smallest double'), on(1.7976931348623157e308, 'lt', 1.7976931348623157e308, 'the largest double'), on(2**53 + 1, 'gt', 2**53, 'beyond the safe integers')]
    # attributes
    deep = {'company': {'plan': 'pro', 'list': ['pro'], 'when': date(0), 'none': None}, 'company.plan': 'dotted', 'text': 'pro', '__proto__': {'plan': 'pro'}}
    for attribute in (['company', 'plan'], 'company.plan', ['company.plan'], ['company', 'list', '0'], ['company', 'list', 'length'], ['text', 'length'], ['text', '0'],
                      ['company', 'nothing', 'more'], ['company', 'none', 'more'], ['company', 'when', 'getTime'], ['company', 'constructor'], 'constructor', 'toString',
                      ['__proto__', 'plan'], '__proto__', 'hasOwnProperty', ['company', '__proto__', 'plan'], ['text'], 'company', ['company', 'plan', 'length']):
        cases.append(verdict(f'look up {attribute}', {'attr': attribute, 'eq': 'pro'}, deep))
        cases.append(verdict(f'exists {attribute}', {'attr': attribute, 'exists': True}, deep))
    for context in (None, 'text', 7, [], ['x'], UNDEFINED):
        cases.append({**verdict('a context that is no object', {'attr': 'length', 'exists': True}), 'context': context})
    cases.append(verdict('a path of 8', {'attr': list('abcdefgh'), 'eq': 1}, {'a': {'b': {'c': {'d': {'e': {'f': {'g': {'h': 1}}}}}}}}))
    cases.append(verdict('an attribute with a strange name', {'attr': ' $é' + GRIN, 'eq': 1}, {' $é' + GRIN: 1, 'x': 2}))
    file('operators', 'Every operator with missing, mistyped and odd attributes; look-up (10, 11)', cases)


# ---------------------------------------------------------------- versions.json

def versions():
    cases = []
    valid = ['0.0.0', '1.2.3', '10.20.30', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-0.3.7', '1.0.0-x.7.z.92', '1.0.0-x-y-z.--', '1.0.0+001', '1.0.0-a+b.c', '1.0.0--', '1.0.0-0a',
             '1.0.0+-', '99999999999999999999999.999999999999999999.99999999999999999']
    broken = ['1', '1.2', '1.2.3.4', 'v1.2.3', '=1.2.3', '01.2.3', '1.02.3', '1.2.03', '1.0.0-', '1.0.0-01', '1.0.0-a..b', '1.0.0-.a', '1.0.0+', '1.0.0+a+b', '1.0.0-é', ' 1.2.3', '1.2.3 ',
              '1.2.3\n', '-1.2.3', '1.2.x', '1.2.-3', '', '1..3', '1.0.0-a_b', '1.2.3-a b', '１.2.3', '1,2,3']
    for text in valid: cases.append(on(text, 'semver', '>=0.0.0-0', 'a semantic version'))
    for text in broken: cases.append(on(text, 'semver', '>=0.0.0-0', 'none: unknown'))
    for n in (256, 257): cases.append(on('1.0.0-' + 'a' * (n - 6), 'semver', '>=0.0.0-0', f'{n} long'))
    order = ['1.0.0-0', '1.0.0-1', '1.0.0-9', '1.0.0-10', '1.0.0-99999999999999999999', '1.0.0-100000000000000000000', '1.0.0--', '1.0.0-1a', '1.0.0-A', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta',
             '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '1.9.0', '1.10.0', '2.0.0', '10.0.0', '9007199254740992.0.0', '9007199254740993.0.0']
    for low, high in zip(order, order[1:]):
        cases.append(on(low, 'semver', f'<{high}', 'the order of precedence'))
        cases.append(on(high, 'semver', f'<={low}', 'the order of precedence, the other way'))
    for operator in ('', '=', '!=', '<', '<=', '>', '>='):
        for text in ('1.2.2', '1.2.3', '1.2.3+build', '1.2.4', '1.2.3-rc'): cases.append(on(text, 'semver', f'{operator}1.2.3', f'{operator or "no operator"}'))
    cases.append(on('1.2.3+a', 'semver', '1.2.3+b', 'build metadata is ignored in a range too'))
    for base in ('^1.2.3', '^0.2.3', '^0.0.3', '^0.0.0', '~1.2.3', '~0.0.3', '^1.2.3-beta.2', '~1.2.3-beta.2'):
        for text in ('0.0.0', '0.0.2', '0.0.3', '0.0.4', '0.1.0', '0.2.3', '0.2.9', '0.3.0-rc', '1.2.3-beta.1', '1.2.3-beta.2', '1.2.3', '1.2.99', '1.3.0-rc', '1.3.0', '2.0.0-rc', '2.0.0'):
            if (base[1] == text[0]) or text.startswith('2') or text == '0.1.0': cases.append(on(text, 'semver', base, base))
    for range_ in ('>=1.0.0 <2.0.0', '>=1.0.0   <2.0.0', '<1.0.0||>=2.0.0', '<1.0.0 || >=2.0.0', '1.0.0 || 1.5.0 || 2.0.0', '>1.0.0 !=1.5.0 <2.0.0', '>2.0.0 <1.0.0'):
        for text in ('0.9.0', '1.0.0', '1.5.0', '2.0.0-rc', '2.0.0'): cases.append(on(text, 'semver', range_, range_))
    for value in ('1.0', 'x', '', 1, True): cases.append(on(value, 'semver', '>=1.0.0 <2.0.0 || >=3.0.0', 'no version, and a range of several'))
    for range_ in (' >=1.0.0', '>=1.0.0 ', '  <2.0.0  ||  >=3.0.0  '): cases.append(on('1.0.0', 'semver', range_, 'spaces at the ends'))
    for range_ in ('', ' ', '>= 1.0.0', '>=1.0', '1.x', '*', '>=v1.0.0', '=>1.0.0', '==1.0.0', '>=1.0.0,<2.0.0', '>=1.0.0 &&<2.0.0', '1.0.0 - 2.0.0', '||1.0.0', '1.0.0||', '1.0.0||||2.0.0',
                   '1.0.0|2.0.0', '>=1.0.0\t<2.0.0', '>=1.0.0\n', '>', '~>1.0.0', '>=01.0.0', '1.0.0-', '!1.0.0', 7, None, ['>=1.0.0']):
        cases.append(on('1.0.0', 'semver', range_, 'no range: malformed'))

    for text in ('5', 'v5', '5.2', '5.2.0', '5.2.0.0.0.0', '05.02', 'v5.2-beta', '5.2-', '5.2-beta 1 é', '5.2-\n', '5.2.1', '5.10', '5.9', '4.999999', '999999999999999'):
        cases.append(on(text, 'version', '>=5.2', 'a dotted version'))
    for text in ('', 'v', 'V5.2', '5.', '.5', '5..2', '5.2.0.0.0.0.0', '5.2+1', '5.2 ', ' 5.2', '5.2\n', '5,2', '-5', '5.x', 'version 5', '1000000000000000', 'vv5', '5.2b', 5.2, 5, ['5.2'], '５.2', '5.2_1'):
        cases.append(on(text, 'version', '>=5.2', 'none: unknown'))
    for operator in ('', '=', '!=', '<', '<=', '>', '>='):
        for text in ('5.1.9', '5.2', '5.2.0-rc', '5.2.0.0.0.1'): cases.append(on(text, 'version', f'{operator}5.2', f'{operator or "no operator"}'))
    for base in ('^5.2', '^0.2', '^0.0.3', '^0', '^0.0.0.5', '~5.2.1', '~5', '~0'):
        for text in ('0', '0.0.0.4', '0.0.0.9', '0.0.3.9', '0.0.4', '0.1', '0.2.9', '0.3', '5', '5.0.9', '5.2', '5.2.1', '5.2.1.0.0.7', '5.3', '6'):
            if (base[1] == text[0]) or text == '6': cases.append(on(text, 'version', base, base))
    for range_ in ('>=5 <6', '<5||>=6', '5.2 || 5.4'):
        for text in ('4.9', '5', '5.2', '5.4.0', '6-beta'): cases.append(on(text, 'version', range_, range_))
    for range_ in ('', ' ', '>=V5', '>=5.2.x', '>=5.2+1', '> 5', '5.', '1000000000000000', '1.2.3.4.5.6.7', '5.2-a|b', '5|6', 5.2): cases.append(on('5.2', 'version', range_, 'no range: malformed'))
    cases.append(on('v5.2', 'version', '=v5.2', 'v on both sides'))
    for range_ in ('>=5.2-beta', '>=5.2-', '=5.2-a=b', '=5.2-x||=6-y', '=5.2-a =5.2.0-b'): cases.append(on('5.2.0-rc', 'version', range_, 'suffixes in a range are ignored'))
    file('versions', 'semver and version: grammars, precedence, ranges (12.2 to 12.7)', cases)


# ---------------------------------------------------------------- addresses.json

def dotted(address): return '.'.join(str(address >> shift & 255) for shift in (24, 16, 8, 0))
def colons(address): return ':'.join(f'{address >> shift & 0xFFFF:x}' for shift in range(112, -1, -16))


def addresses():
    cases = []
    for text in ('10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0', '::ffff:10.0.0.1', '::ffff:a00:1', '::FFFF:0A00:0001', '0:0:0:0:0:ffff:10.0.0.1', '0000:0000:0000:0000:0000:ffff:0a00:0001',
                 '::10.0.0.1', '::ffff:0:10.0.0.1', '64:ff9b::10.0.0.1', '::1', '::'):
        cases.append(on(text, 'cidr', ['10.0.0.0/8'], 'in 10.0.0.0/8'))
    for text in ('', '10.0.0', '10.0.0.0.0', '10.0.0.256', '10.0.0.01', '010.0.0.1', '10.0.0.1 ', ' 10.0.0.1', '10.0.0.1\n', '10.0.0.1:80', '10.0.0.0/8', '10.0.0.-1', '0x0a.0.0.1', '167772161', '10.0.0.1e0', '1０.0.0.1', '10.1',
                 '+10.0.0.1', '::1%eth0', '[::1]', '[::1]:80', ':::', ':1', '1:', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '::1:2:3:4:5:6:7:8', '12345::', 'g::', '::1.2.3', '::1.2.3.4.5', '1.2.3.4::',
                 '::1.2.3.04', '1:2:3:4:5:6:7:1.2.3.4', '1:2:3:4:5:1.2.3.4', '::ffff:1.2.3.256', '::1.2.3.4:5', 'localhost', 167772161, ['10.0.0.1'], '::1/128', '1::2:', ':1::2', '::-1', '1:2:3:4:5:6:7:', '::ffff:10.0.0.1%1'):
        cases.append(on(text, 'cidr', ['0.0.0.0/0', '::/0'], 'no address: unknown'))
    for text in ('0.0.0.0', '255.255.255.255', '::', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', '1::8', '::1.2.3.4', '1:2:3:4:5:6:1.2.3.4', 'FFFF:ffff::', '0001::1', '1::1.2.3.4', '::ffff:0:0', '::fffe:ffff:ffff', '::1:0:0:0'):
        cases.append(on(text, 'cidr', ['::/0'], 'in ::/0, which holds no IPv4'))
        cases.append(on(text, 'cidr', ['0.0.0.0/0'], 'in 0.0.0.0/0'))
    for network, inside, outside in (('192.168.1.128/25', '192.168.1.128', '192.168.1.127'), ('192.168.1.4/30', '192.168.1.7', '192.168.1.8'), ('1.2.3.4/32', '1.2.3.4', '1.2.3.5'), ('1.2.3.4', '1.2.3.4', '1.2.3.3'),
                                     ('128.0.0.0/1', '128.0.0.0', '127.255.255.255'), ('0.0.0.0/1', '127.255.255.255', '128.0.0.0'), ('255.255.255.254/31', '255.255.255.255', '255.255.255.253'),
                                     ('2001:db8::/32', '2001:db8:ffff::1', '2001:db9::'), ('2001:db8::/33', '2001:db8:7fff::', '2001:db8:8000::'), ('2001:0DB8::/32', '2001:db8::', '2001:db7::'), ('::1', '0:0:0:0:0:0:0:1', '::2'),
                                     ('fe80::/10', 'febf::1', 'fec0::1'), ('::/127', '::1', '::2'), ('2001:db8::8/125', '2001:db8::f', '2001:db8::10'), ('8000::/1', '8000::', '7fff::'),
                                     ('::ffff:10.0.0.0/104', '10.1.2.3', '11.0.0.0'), ('::ffff:0:0/96', '1.2.3.4', '::1'), ('::ffff:10.1.2.3', '10.1.2.3', '10.1.2.4'), ('::ffff:a01:203/128', '::ffff:10.1.2.3', '10.1.2.2'),
                                     ('10.99.99.99/8', '10.0.0.1', '11.0.0.1'), ('10.0.0.1/0', '255.0.0.1', '::1'), ('2001:db8::1/32', '2001:db8:5::', '2001:db9::1'), ('::ffff:10.9.9.9/104', '10.0.0.1', '11.0.0.1'), ('::ffff:0:0/95', '::fffe:1:2', '1.2.3.4'), ('::ffff:0:0/0', '1::', '1.2.3.4'), ('::/95', '::1', '10.0.0.1'), ('::/80', '::1', '::ffff:1.2.3.4'), ('1.2.3.4/32', '::ffff:1.2.3.4', '::1.2.3.4')):
        cases.append(on(inside, 'cidr', [network], f'inside {network}'))
        cases.append(on(outside, 'cidr', [network], f'outside {network}'))
    for base, bits, spell in ((0xAA55AA55, 32, dotted), (0xAA55_AA55_AA55_AA55_AA55_AA55_AA55_AA55, 128, colons)):
        for prefix in range(bits + 1):
            network = f'{spell(base)}/{prefix}'
            if prefix < bits: cases.append(on(spell(base ^ 1 << (bits - 1 - prefix)), 'cidr', [network], f'the first bit after the prefix differs: inside {network}'))
            if prefix > 0: cases.append(on(spell(base ^ 1 << (bits - prefix)), 'cidr', [network], f'the last bit of the prefix differs: outside {network}'))
    cases += [on('10.0.0.1', 'cidr', ['2001:db8::/32', '10.0.0.0/8'], 'any of'), on('10.0.0.1', 'cidr', [], 'none'), on('no address', 'cidr', [], 'none'), on(7, 'cidr', [], 'none'),
              on('192.0.2.1', 'cidr', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], 'none of')]
    for network in ('10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/8 ', '10.0.0.0/8/8', '/8', '', '10.0.0/8', '10.0.0.0/255.0.0.0', '2001:db8::/129',
                    '::/0x0', 'fe80::1%eth0/64', '10.0.0.0/1e0', '10.0.0.0/+8', '::1/', '01.0.0.0/8'):
        cases.append(on('10.0.0.1', 'cidr', [network], 'no network: malformed'))
    cases += [on('10.0.0.1', 'cidr', '10.0.0.0/8', 'not in an array: malformed'), on('10.0.0.1', 'cidr', ['10.0.0.0/8', 7], 'a member that is no string: malformed'), on('10.0.0.1', 'cidr', ['10.0.0.0/8', 'x'], 'one bad member: malformed')]
    file('addresses', 'cidr: addresses and networks (12.8, 12.9)', cases)


# ---------------------------------------------------------------- times.json

def times():
    cases = []
    epoch = '1970-01-01T00:00:00Z'
    # before/after the exact millisecond gives the value away.
    for text, ms in ((epoch, 0), ('1970-01-01T00:00:00.001Z', 1), ('1969-12-31T23:59:59.999Z', -1), ('1970-01-01T00:00:00.0019Z', 1), ('1969-12-31T23:59:59.9999Z', -1), ('1970-01-01T00:00:00.5Z', 500), ('1970-01-01T00:00:00.123456789Z', 123),
                     ('1970-01-01T01:00:00+01:00', 0), ('1969-12-31T23:59:00-00:01', 0), ('1970-01-01T00:00:00-00:00', 0), ('1970-01-01T23:59:00+23:59', 0), ('1969-12-31T00:01:00-23:59', 0), ('1970-01-01T05:30:00+05:30', 0),
                     ('2000-02-29T00:00:00Z', 951782400000), ('2024-02-29T12:00:00Z', 1709208000000), ('2026-11-21T12:00:00Z', 1795262400000), ('9999-12-31T23:59:59.999Z', 253402300799999), ('0000-01-01T00:00:00Z', -62167219200000),
                     ('0000-02-29T00:00:00Z', -62162121600000), ('0099-12-31T00:00:00Z', -59011545600000), ('0001-01-01T00:00:00Z', -62135596800000), ('2026-01-01T00:00:00+00:00', 1767225600000)):
        cases.append(on(ms, 'before', text, 'the same millisecond is not before'))
        cases.append(on(ms - 1, 'before', text, 'one millisecond earlier'))
        cases.append(on(ms + 1, 'after', text, 'one millisecond later'))
        cases.append(on(text, 'after', epoch, 'as an attribute'))
    for text in ('', '2026-02-30T00:00:00Z', '2026-02-29T00:00:00Z', '1900-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-32T00:00:00Z', '2026-04-31T00:00:00Z', '2026-01-01T24:00:00Z',
                 '2026-01-01T23:60:00Z', '2026-12-31T23:59:60Z', '2026-01-01T00:00:00', '2026-01-01', '2026-01-01T00:00Z', '2026-01-01t00:00:00Z', '2026-01-01T00:00:00z', '2026-01-01 00:00:00Z', '2026-01-01T00:00:00+0100',
                 '2026-01-01T00:00:00+01', '2026-01-01T00:00:00+24:00', '2026-01-01T00:00:00+01:60', '2026-01-01T00:00:00.Z', '2026-01-01T00:00:00.1234567890Z', '2026-01-01T00:00:00,5Z', '+2026-01-01T00:00:00Z', '-0001-01-01T00:00:00Z',
                 '12026-01-01T00:00:00Z', '26-01-01T00:00:00Z', '2026-1-1T00:00:00Z', ' 2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z ', '2026-01-01T00:00:00Z\n', '20260101T000000Z', '2026-W01-1T00:00:00Z', '2026-01-01T00:00:00ZZ',
                 '2026-01-01T00:00:00 Z', '２026-01-01T00:00:00Z', 'Thu, 01 Jan 2026 00:00:00 GMT', '1767225600000', 'now', '2026-01-01T00:00:00+1:00', '2026-01-01T00:00:00Z+01:00', '2026-01-01T1:00:00Z'):
        cases.append(on(text, 'after', epoch, 'no time: unknown'))
        cases.append(on(0, 'before', text, 'no time: malformed'))
    for value in (date(0), date(1), date(-1), 0.5, -0.5, MINUS_ZERO, 1e300, -1e300, True, [0], bigint(1)):
        cases.append(on(value, 'after', epoch, 'after: dates and milliseconds'))
        cases.append(on(value, 'before', epoch, 'before: dates and milliseconds'))
    cases += [on(0, 'before', 5, 'a number as operand: malformed'), on('2026-01-01T00:00:00Z', 'before', '2026-01-01T01:00:00+01:00', 'the same moment in two zones'),
              on('2026-01-01T00:00:00Z', 'before', '2026-01-01T00:59:59-00:00', 'compared as moments, not as text'), on('2026-01-01T12:00:00+14:00', 'before', '2026-01-01T00:00:00Z', 'later as text, earlier as moment')]

    # Time conditions, the clock and its window.
    start = 1767225600000
    t = '2026-01-01T00:00:00Z'
    for now in (start - 1, start, start + 1):
        cases.append(verdict('from: now >= t', {'from': t}, now=now))
        cases.append(verdict('until: now < t', {'until': t}, now=now))
        cases.append(verdict('not from', {'not': {'from': t}}, now=now))
    cases.append(verdict('half a millisecond before', {'from': t}, now=start - 0.5))
    for form in ('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00+00:00', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00'): cases.append(verdict('conditions take the short form only', {'from': form}, now=start))
    cases.append(verdict('from and until the same: never', {'all': [{'from': t}, {'until': t}]}, now=start))
    day = 86400000
    for now, window in ((start - day, [start, start + day]), (start - day, [start - 1, start + day]), (start + 9 * day, [start - day, start - 1]), (start + 9 * day, [start - day, start]), (start, [start - day, start + day]),
                        (start - day, [start + day, start - day]), (start + day, [start + day, start - day]), (0, [start, start]), (start * 2, [0, start]), (-1, [0, start])):
        cases.append(verdict('the window clamps the clock: from', {'from': t}, now=now, window=window))
        cases.append(verdict('the window clamps the clock: until', {'until': t}, now=now, window=window))
    cases.append(verdict('before and after do not see the window', {'attr': 'x', 'before': t}, {'x': start - 1}, now=start + day, window=[start + day, start + 2 * day]))
    cases.append(verdict('a date attribute is not clamped', {'attr': 'x', 'after': t}, {'x': date(start + 1)}, now=start - day, window=[start - 2 * day, start - day]))
    for operand in ('2026-01-01', '', 7, None, '2026-02-30T00:00:00Z'):
        cases.append(verdict('no time: malformed', {'from': operand}))
        cases.append(verdict('no time: malformed', {'until': operand}))
    file('times', 'RFC 3339, before, after, from, until, the window of the clock (12.1, 15)', cases)


# ---------------------------------------------------------------- patterns.json

def patterns():
    cases = []
    for pattern, value in (('a', 'bab'), ('^a', 'bab'), ('a$', 'bab'), ('^b.b$', 'bab'), ('^ab$', 'ab\n'), ('^$', ''), ('', ''), ('', 'x'), ('.', '\n'), ('^.$', GRIN), ('^.{2}$', GRIN), ('^[^a]$', 'é'), ('A', 'a'), ('(?i)A', 'a'),
                           ('(?i)new', 'NEW'), (r'\d+', 'abc'), (r'^\d{3}$', '123'), (r'^\d$', '٣'), (r'^\w+$', 'a_1'), (r'^\w+$', 'é'), (r'\bfoo\b', 'a foo b'), (r'\bfoo\b', 'afoob'), ('^(a|b)*c$', 'ababc'), ('^(?:a|b)+$', 'abc'),
                           ('^a{2,3}$', 'aaaa'), ('^a{2,3}$', 'aaa'), ('^[a-c]+$', 'abcd'), (r'^[\w.]+@[\w.]+$', 'a.b@c.d'), (r'\.', 'ab'), (r'a\.b', 'a.b'), ('(?s)^a.b$', 'a\nb'), ('(?m)^b$', 'a\nb'), ('^b', 'a\nb'), ('a?b', 'b'), ('a+?b', 'aab'),
                           ('x|', 'y'), ('^@example\\.com', 'u@example.com'), ('@example\\.com$', 'u@example.com'), ('(?P<name>a)b', 'ab'), ('é', 'e\u0301'), ('^\x00$', '\x00'), (r'[\[]', '['), ('^.*$', '')):
        cases.append(on(value, 'matches', pattern, 'found anywhere, by code points'))
    cases.append(on(utf16(0x61, HIGH, 0x62), 'matches', '^a.b$', 'a lone surrogate is one character'))
    cases.append(on(utf16(HIGH, LOW), 'matches', '^..$', 'a pair is one'))
    for pattern in ('(', ')', '[', 'a**', 'a++', '*a', '(?=a)', '(?!a)', '(?<=a)b', '(?<!a)b', r'(a)\1', '(?P=n)', 'a{1001}', '[b-a]', '\\', 7, None, ['a']): cases.append(on('aa', 'matches', pattern, 'no pattern: malformed'))
    cases.append(on(repeat('a', 4096), 'matches', 'a$', 'as long as may be'))
    cases.append(on(concat(repeat('a', 4095), 'b'), 'matches', 'b$', 'as long as may be'))
    cases.append(on(repeat('a', 4097), 'matches', 'a$', 'one too long: unknown'))
    cases.append(on(repeat(GRIN, 2048), 'matches', '.', '4,096 code units'))
    cases.append(on(concat(repeat(GRIN, 2048), 'a'), 'matches', '.', '2,049 characters, but 4,097 code units'))
    cases.append(on('a', 'matches', 'a' + '|b' * 511 + 'c', 'a pattern of 1,024'))
    cases.append(on('a', 'matches', 'a' + '|b' * 512, 'a pattern of 1,025: malformed'))
    cases.append(on('a', 'matches', GRIN * 512 + '?', 'counted in code units: malformed'))
    cases.append({**on('a', 'matches', 'a', 'no engine for regular expressions'), 'regex': False})
    cases.append({**on('a', 'matches', '(', 'without one a bad pattern is not known to be bad'), 'regex': False})
    cases.append({**on('a', 'eq', 'a', 'no pattern, no need for one'), 'regex': False})
    file('patterns', 'matches: RE2 syntax in the subset that all engines read alike (11.7)', cases)


# ---------------------------------------------------------------- sealed.json

def sealed_token(secret, attribute, norm, value):
    """Filled by the oracle's own function, so that true verdicts exist."""
    from oracle import kind, plain, token, untag
    found = untag(value)
    assert kind(found) in ('string', 'number')
    return token(bytes.fromhex(secret), attribute, norm, plain(found))


def sealed():
    cases = []
    key, other = SECRETS['k1'], 'ff' * 32
    def seal(about, value, attribute='email', norm='none', secret=key): cases.append({'do': 'token', 'about': about, 'secret': secret, 'attr': attribute, 'norm': norm, 'value': value})
    seal('a string', 'ann@example.com'); seal('the same under another secret', 'ann@example.com', secret=other); seal('under another attribute', 'ann@example.com', 'mail')
    seal('a path of one is the string', 'ann@example.com', ['email']); seal('a path of two', 'ann@example.com', ['user', 'email']); seal('a dot makes no path', 'ann@example.com', 'user.email')
    seal('lengths keep paths apart', 'x', ['ab', 'c']); seal('lengths keep paths apart', 'x', ['a', 'bc']); seal('name and value kept apart', 'bx', 'a'); seal('name and value kept apart', 'x', 'ab')
    seal('empty string', ''); seal('trim-lower', '  Ann@Example.COM\t', norm='trim-lower'); seal('none keeps all', '  Ann@Example.COM\t'); seal('all the white space that is trimmed', '\t\n\u000b\u000c\r x \r\n', norm='trim-lower')
    seal('white space that is not', '\u00a0x\u2003\ufeff\u0085', norm='trim-lower'); seal('inner white space stays', 'a B', norm='trim-lower'); seal('only A-Z are lowered', 'ÉK\u212a', norm='trim-lower'); seal('nothing left', ' \t ', norm='trim-lower')
    seal('U+001F is not trimmed', '\u001fx', norm='trim-lower')
    seal('not ASCII', 'zoë'); seal('decomposed', 'zoe\u0308'); seal('emoji', GRIN); seal('a lone surrogate', utf16(HIGH)); seal('is as U+FFFD', '\ufffd'); seal('a name that is not ASCII', 'x', 'größe')
    seal('a name with a lone surrogate', 'x', 'a'); seal('5', 5); seal('the string 5', '5'); seal('5.0 is 5', 5.0); seal('0', 0); seal('-0 is 0', MINUS_ZERO); seal('a fraction', 0.1); seal('negative', -1.5); seal('large', 1e300)
    for number in (1e20, 1e21, 123456789012345680000.0, 1.5e21, 0.001, 1e-6, 1.5e-6, 1e-7, 1.5e-7, 5e-324, 1.7976931348623157e308, -1e21, -1e-7, 100, 1234.5, 2**53 - 1, 1/3): seal('as ECMAScript prints numbers', number)
    seal('norm does not touch numbers', 5, norm='trim-lower'); seal('a date is its milliseconds', date(5)); seal('a long string', repeat('ab', 5000))
    seal('an empty secret', 'x', secret=''); seal('a secret longer than a block', 'x', secret='ab' * 100); seal('a secret of one block', 'x', secret='cd' * 64)
    for value in (True, None, UNDEFINED, NAN, [], ['x'], {}, bigint(5), date('NaN'), FUNCTION): seal('is not taken', value)
    def check(about, value, values, norm='none', attribute='email', context=None, **more):
        cases.append({'secrets': SECRETS, **verdict(about, {'attr': attribute, 'sealed': {'key': 'k1', 'norm': norm, 'values': values}}, context or {'email': value}), **more})
    ann, low, five = sealed_token(key, 'email', 'none', 'ann'), sealed_token(key, 'email', 'trim-lower', 'ann'), sealed_token(key, 'email', 'none', 5)
    path = sealed_token(key, ['user', 'email'], 'none', 'ann')
    check('listed', 'ann', [ann]); check('not listed', 'bob', [ann]); check('case counts', 'Ann', [ann]); check('trim-lower', ' ANN ', [low], 'trim-lower'); check('norm is not in the token', 'ann', [low]); check('any of', 'ann', [five, ann])
    check('a number', 5, [five]); check('a number is not its string', '5', [five]); check('a date', date(5), [five]); check('nothing listed', 'ann', []); check('nothing listed, a boolean', True, []); check('nothing listed, missing', None, [])
    check('a path', None, [path], attribute=['user', 'email'], context={'user': {'email': 'ann'}}); check('the token of another attribute', None, [ann], attribute=['user', 'email'], context={'user': {'email': 'ann'}})
    check('no secret', 'ann', [ann], secrets={}); check('a secret of another name', 'ann', [ann], secrets={'k2': key}); check('another secret', 'ann', [ann], secrets={'k1': other})
    check('a name of Object.prototype is no secret', 'ann', [], secrets={}, when={'attr': 'email', 'sealed': {'key': 'constructor', 'norm': 'none', 'values': []}})
    for values in ([ann + '0'], [ann[:-1]], [ann[:-1] + 'g'], [ann.upper()], [' ' + ann[1:]], [7], ann, [''], None): check('no token: malformed', 'ann', values)
    for operand in ({'key': 'k1', 'norm': 'none'}, {'key': 'k1', 'values': []}, {'norm': 'none', 'values': []}, {'key': '', 'norm': 'none', 'values': []}, {'key': 'k' * 129, 'norm': 'none', 'values': []}, {'key': 'k1', 'norm': 7, 'values': []}, [], 'k1'):
        check('malformed', 'ann', [], when={'attr': 'email', 'sealed': operand})
    check('a norm of later', 'ann', [], when={'attr': 'email', 'sealed': {'key': 'k1', 'norm': 'nfkc', 'values': []}}); check('a member of later', 'ann', [], when={'attr': 'email', 'sealed': {'key': 'k1', 'norm': 'none', 'values': [], 'alg': 'x'}})
    file('sealed', 'Sealed values (13). A token of null: the value is not taken.', cases)


# ---------------------------------------------------------------- logic.json

def logic():
    cases = []
    C = {'T': {'all': []}, 'F': {'any': []}, 'U': {'attr': 'x', 'eq': 1}}
    for a in 'TFU':
        for b in 'TFU':
            cases.append(verdict(f'all {a} {b}', {'all': [C[a], C[b]]})); cases.append(verdict(f'any {a} {b}', {'any': [C[a], C[b]]}))
        cases.append(verdict(f'not {a}', {'not': C[a]})); cases.append(verdict(f'not not {a}', {'not': {'not': C[a]}}))
        cases.append(verdict(f'all of one {a}', {'all': [C[a]]})); cases.append(verdict(f'any of one {a}', {'any': [C[a]]}))
        for b in (True, False): cases.append(verdict(f'assume {b} of {a}', {'assume': b, 'of': C[a]})); cases.append(verdict(f'not assume {b} of {a}', {'not': {'assume': b, 'of': C[a]}}))
    for trio in ('UUT', 'UTF', 'TUU', 'FUU', 'TTU', 'UFU', 'FFU', 'TTT', 'FFF'):
        cases.append(verdict(f'all {trio}', {'all': [C[c] for c in trio]})); cases.append(verdict(f'any {trio}', {'any': [C[c] for c in trio]}))
    for four in map(''.join, product('TFU', repeat=4)):
        cases.append(verdict(f'all {four}', {'all': [C[c] for c in four]})); cases.append(verdict(f'any {four}', {'any': [C[c] for c in four]}))
    for many in ('TTTTU', 'UTTTT', 'TTTTF', 'FFFFT', 'FFFFU', 'UFFFF', 'UUUUUF', 'UUUUUT'):
        cases.append(verdict(f'all {many}', {'all': [C[c] for c in many]})); cases.append(verdict(f'any {many}', {'any': [C[c] for c in many]}))
    cases += [verdict('all of any', {'all': [{'any': [C['U'], C['T']]}, {'any': [C['U'], C['F']]}]}), verdict('any of all', {'any': [{'all': [C['U'], C['F']]}, {'all': [C['U'], C['T']]}]}),
              verdict('x or not x is unknown', {'any': [C['U'], {'not': C['U']}]}), verdict('x and not x is unknown', {'all': [C['U'], {'not': C['U']}]}), verdict('de Morgan', {'not': {'all': [C['U'], C['F']]}}),
              verdict('assume ends the unknown within', {'all': [{'assume': True, 'of': C['U']}, C['T']]}), verdict('assume in vain', {'assume': True, 'of': {'any': [C['U'], C['T']]}}),
              verdict('exists guards', {'all': [{'attr': 'x', 'exists': True}, {'not': C['U']}]}), verdict('a country that is not listed', {'not': {'attr': 'country', 'in': ['US']}}, {'country': 'NL'}),
              verdict('no country', {'not': {'attr': 'country', 'in': ['US']}}, {}), verdict('no country, but assumed', {'not': {'assume': False, 'of': {'attr': 'country', 'in': ['US']}}}, {})]
    b = {'by': 'id', 'salt': 'c8f31b0a', 'from': 0, 'to': 100000}
    for unit in ('user-1', 7, bigint(7), '', None, True, 1.5, date(0), ['a'], UNDEFINED, NAN):
        cases.append(verdict('the whole bucket', {'bucket': b}, {'id': unit})); cases.append(verdict('not the whole bucket', {'not': {'bucket': b}}, {'id': unit}))
    from oracle import bucket_of
    at = bucket_of('user-1', 'c8f31b0a')
    for start, end in ((at, at + 1), (at + 1, 100000), (0, at), (0, at + 1), (at, 100000), (99999, 100000)):
        cases.append(verdict(f'bucket {at} in [{start}, {end})', {'bucket': {**b, 'from': start, 'to': end}}, {'id': 'user-1'}))
    cases.append(verdict('by a path', {'bucket': {**b, 'by': ['user', 'id'], 'from': at, 'to': at + 1}}, {'user': {'id': 'user-1'}}))
    cases.append(verdict('a lone surrogate as unit', {'bucket': {**b, 'from': bucket_of('u\ufffd', 'c8f31b0a'), 'to': bucket_of('u\ufffd', 'c8f31b0a') + 1}}, {'id': concat('u', utf16(HIGH))}))
    file('logic', 'Kleene tables, assume, bucket conditions (5, 14.6)', cases)


# ---------------------------------------------------------------- segments.json

def segments():
    cases = []
    C = {'T': {'all': []}, 'F': {'any': []}, 'U': {'attr': 'nothing', 'eq': 1}}
    def seg(about, segment, context=None, **more): cases.append(verdict(about, {'segment': 's'}, context or {}, parts=[{'segments': {'s': segment, **more}}]))
    lists = {'T': ['a'], 'F': ['z'], None: None}
    for i in ('T', 'F', None):
        for e in ('T', 'F', None):
            for w in ('T', 'F', 'U', None):
                segment = {'by': 'id'} | ({'include': lists[i]} if i else {}) | ({'exclude': lists[e]} if e else {}) | ({'when': C[w]} if w else {})
                seg(f'include {i}, exclude {e}, when {w}', segment, {'id': 'a'})
                if i != 'F' and e != 'F': seg(f'include {i and "U"}, exclude {e and "U"}, when {w}', segment, {})
    seg('an empty segment', {}, {'id': 'a'})
    seg('an empty list', {'by': 'id', 'include': []}, {'id': 'a'}); seg('an empty list, missing', {'by': 'id', 'include': []}); seg('an empty exclude, missing: unknown', {'by': 'id', 'exclude': [], 'when': C['T']})
    seg('a number in a list of strings: unknown', {'by': 'id', 'include': ['1']}, {'id': 1}); seg('mixed list', {'by': 'id', 'include': ['1', 1]}, {'id': 1}); seg('a boolean', {'by': 'id', 'include': [True]}, {'id': True}); seg('an array: unknown', {'by': 'id', 'include': ['a']}, {'id': ['a']})
    seg('by a path', {'by': ['user', 'id'], 'include': ['a']}, {'user': {'id': 'a'}}); seg('case counts', {'by': 'id', 'include': ['a']}, {'id': 'A'}); seg('__proto__ as an id', {'by': 'id', 'include': ['__proto__']}, {'id': '__proto__'}); seg('toString is not listed', {'by': 'id', 'include': ['a']}, {'id': 'toString'})
    seg('a segment in a segment', {'when': {'segment': 't'}}, {'id': 'a'}, t={'by': 'id', 'include': ['a']}); seg('unknown passes through', {'when': {'not': {'segment': 't'}}}, {}, t={'by': 'id', 'include': ['a']}); seg('excluded within', {'by': 'id', 'exclude': ['a'], 'when': {'segment': 't'}}, {'id': 'a'}, t={'by': 'id', 'include': ['a']})
    seg('a bucket in a segment', {'when': {'bucket': {'by': 'id', 'salt': 's', 'from': 0, 'to': 100000}}}, {'id': 'a'})
    for about, segment in (('a list without by', {'include': ['a']}), ('an exclude without by', {'exclude': []}), ('include is no array', {'by': 'id', 'include': 'a'}), ('null in a list', {'by': 'id', 'include': [None]}), ('an array in a list', {'by': 'id', 'include': [['a']]}),
                           ('by is no attribute', {'by': '', 'when': C['T']}), ('by is an empty path', {'by': [], 'when': C['T']}), ('null for a list', {'by': 'id', 'include': None}), ('no object', ['a']), ('null', None), ('when is no condition', {'when': []}), ('an unknown member', {'by': 'id', 'includes': ['a']}),
                           ('an unknown operator within', {'when': {'attr': 'x', 'like': 'a'}}), ('an empty sealed list', {'by': 'id', 'include': {'sealed': {}}}), ('no sealed list', {'by': 'id', 'include': {}}), ('a list of later', {'by': 'id', 'include': {'list': 'x'}}), ('a sealed list without by', {'include': {'sealed': {'key': 'k1', 'norm': 'none', 'values': []}}}), ('a sealed list without its secret', {'by': 'id', 'exclude': {'sealed': {'key': 'k1', 'norm': 'none', 'values': []}}})): seg(f'the segment is in error: {about}', segment, {'id': 'a'})
    hidden = {'sealed': {'key': 'k1', 'norm': 'none', 'values': [sealed_token(SECRETS['k1'], 'id', 'none', 'a')]}}
    for context in ({'id': 'a'}, {'id': 'b'}, {'id': 7}, {'id': True}, {}):
        for segment in ({'include': hidden}, {'exclude': hidden, 'when': C['T']}, {'include': hidden, 'exclude': ['a', 7], 'when': C['T']}):
            seg('sealed lists', {'by': 'id', **segment}, context)
            cases[-1]['secrets'] = SECRETS
    cases.append(verdict('no such segment', {'segment': 'none'}, {})); cases.append(verdict('not no such segment', {'any': [C['T'], {'segment': 'none'}]}, {})); cases.append(verdict('a name of Object.prototype', {'segment': 'toString'}, {}))
    cases.append(verdict('__proto__ as the key of a segment', {'segment': '__proto__'}, {'id': 'a'}, parts=[{'segments': {'__proto__': {'by': 'id', 'include': ['a']}}}]))
    file('segments', 'Segments (3.7, 5.4)', cases)


# ---------------------------------------------------------------- flags for the rest

BOOL = {'on': True, 'type': 'boolean', 'variants': [['off', False], ['on', True]], 'off': 0, 'salt': 'b'}
TEXT = {'on': True, 'type': 'string', 'variants': [['off', 'o'], ['a', 'A'], ['b', 'B'], ['c', 'C']], 'off': 0, 'salt': 't'}
SERVE_ON = {'serve': 1}
TRUE = {'all': []}
FALSE = {'any': []}
UNKNOWN = {'attr': 'nothing', 'eq': 1}


def boolean(otherwise=SERVE_ON, rules=(), **more): return {**BOOL, 'rules': list(rules), 'otherwise': otherwise, **more}
def text(otherwise=SERVE_ON, rules=(), **more): return {**TEXT, 'rules': list(rules), 'otherwise': otherwise, **more}
def rule(when, then=SERVE_ON, id='r', **more): return {'id': id, 'when': when, 'then': then, **more}
def reads(condition): return boolean({'serve': 0}, [rule(condition)])
def split(arms, rest, by='id', salt='c8f31b0a'): return {'split': {'by': by, 'salt': salt, 'arms': arms, 'rest': rest}}
def evaluate(about, key, context=None, **more):
    case = {'do': 'evaluate', 'about': about, 'key': key}
    if context is not None: case['context'] = context
    return {**case, **more}


def outcomes():
    from oracle import bucket_of
    at = bucket_of('user-1', 'c8f31b0a')
    flags = {
        'static': boolean(), 'static-off': boolean({'serve': 0}), 'static-text': text(), 'static-fallback': text({'fallback': True}), 'boolean-fallback': boolean({'fallback': True}),
        'disabled': boolean(on=False), 'disabled-null': text(on=False, off=None), 'no-off': text(off=None), 'text-off': text({'serve': 0}),
        'default': text({'serve': 2}, [rule(FALSE)]), 'default-fallback': text({'fallback': True}, [rule(FALSE)]), 'required-default': text({'serve': 2}, requires=[{'flag': 'static', 'is': ['on']}]),
        'rule-fallback': text({'serve': 2}, [rule(TRUE, {'fallback': True}, 'fall')]), 'first-true': text({'serve': 0}, [rule(FALSE, id='f'), rule(UNKNOWN, id='u'), rule(TRUE, {'serve': 2}, 't'), rule(TRUE, {'serve': 3}, 'late')]),
        'same-ids': text({'serve': 0}, [rule(FALSE, {'serve': 1}, 'ramp'), rule(TRUE, {'serve': 2}, 'ramp')]), 'experiment': text({'serve': 0}, [rule({'attr': 'go', 'eq': True}, experiment='exp-1', id='e'), rule({'attr': 'split', 'eq': True}, split([[0, 100000, 2]], 'next'), 'x', experiment='exp-2')]),
        'two-trues': {**BOOL, 'variants': [['off', False], ['control', False], ['on', True], ['beta', True]], 'rules': [rule({'attr': 'v', 'eq': 1}, {'serve': 1}, 'one'), rule({'attr': 'v', 'eq': 2}, {'serve': 2}, 'two')], 'otherwise': {'serve': 3}},
        'off-last': {**BOOL, 'variants': [['on', True], ['off', False]], 'off': 1, 'rules': [], 'otherwise': {'serve': 0}}, 'one-variant': {**BOOL, 'variants': [['off', False]], 'rules': [], 'otherwise': {'serve': 0}},
        'integer': {**TEXT, 'type': 'integer', 'variants': [['off', 0], ['a', 20], ['b', -(2**53 - 1)]], 'rules': [], 'otherwise': {'serve': 2}}, 'number': {**TEXT, 'type': 'number', 'variants': [['off', 0], ['a', 0.1]], 'rules': [], 'otherwise': {'serve': 1}},
        'json': {**TEXT, 'type': 'json', 'variants': [['off', None], ['a', {'__proto__': 1, 'list': [1, 'é', None, {}]}], ['b', 'text']], 'rules': [], 'otherwise': {'serve': 1}}, 'json-null': {**TEXT, 'type': 'json', 'variants': [['off', False], ['a', None]], 'rules': [], 'otherwise': {'serve': 1}},
        '__proto__': boolean(), 'constructor': boolean(), 'a.b-c_D9': boolean(), 'K' * 128: boolean(),
        'arm': text(rules=[rule(TRUE, split([[0, at, 1], [at, at + 1, 2], [at + 1, 100000, 1]], 'next'))]), 'above': text(rules=[rule(TRUE, split([[at + 1, 100000, 2]], 'next'))]), 'below': text(rules=[rule(TRUE, split([[0, at, 2]], 'next'))]),
        'rest-index': text(rules=[rule(TRUE, split([[0, at, 2]], 3), experiment='exp')]), 'rest-fallback': text(rules=[rule(TRUE, split([], 'fallback'))]), 'rest-next-rule': text(rules=[rule(TRUE, split([], 'next'), 'one'), rule(TRUE, {'serve': 3}, 'two')]),
        'touching-arms': text(rules=[rule(TRUE, split([[at - 1, at, 1], [at, at + 1, 2], [at + 1, at + 2, 3]], 'next'))]), 'several-arms': text(rules=[rule(TRUE, split([[0, 10, 1], [10, 20, 2], [at, at + 1, 1], [99999, 100000, 2]], 'next'))]),
        'no-unit-index': text(rules=[rule(TRUE, split([[0, 100000, 2]], 3), 'one'), rule(TRUE, {'serve': 1}, 'two')]), 'otherwise-split': text(split([[0, 100000, 2]], 'fallback')), 'otherwise-rest': text(split([], 3)), 'otherwise-rest-fallback': text(split([], 'fallback')),
        'otherwise-null-off': text(split([[0, 100000, 2]], 0), off=None), 'boolean-half': boolean(split([[0, 50000, 1]], 0)), 'arm-off': text(split([[0, 100000, 0]], 1)), 'whole': text(split([[0, 100000, 1]], 0)),
        'two-splits': text({'serve': 0}, [rule({'attr': 'first', 'eq': True}, split([[0, at, 1]], 'next'), 'one'), rule(TRUE, split([[at, 100000, 2]], 'next', salt='c8f31b0a'), 'two')]),
        'number-unit': text(split([[bucket_of('42', 'c8f31b0a'), bucket_of('42', 'c8f31b0a') + 1, 2]], 1)), 'path-unit': text(split([[at, at + 1, 2]], 1, by=['user', 'id'])),
        'otherwise-no-arm': text(split([[0, at, 1]], 'next')), 'otherwise-no-arm-null': text(split([], 'next'), off=None), 'reads-no-arm': text({'serve': 0}, [rule({'flag': 'otherwise-no-arm', 'is': ['off']}, {'serve': 2})]), 'reads-no-unit': text({'serve': 0}, [rule({'flag': 'otherwise-split', 'is': ['off']}, {'serve': 2})]),
        'window': text({'serve': 0}, [rule({'from': '2026-02-01T00:00:00Z'}, {'serve': 2}, 'second'), rule({'from': '2026-01-01T00:00:00Z'}, {'serve': 1}, 'first')]),
    }
    cases = []
    def add(about, key, context=None, **more): cases.append(evaluate(about, key, context, **{'in': 'outcomes', **more}))
    user = {'id': 'user-1'}
    for key in flags: add(f'{key}, a user', key, user); add(f'{key}, no user', key, {})
    for context in ({'go': True}, {'split': True, **user}, {'split': True}, {'go': False, 'split': True, **user}): add('the experiment of the rule that decided', 'experiment', context)
    for v in (1, 2): add('a boolean flag with more than two variants', 'two-trues', {'v': v})
    for key in ('unknown', 'toString', 'hasOwnProperty', '', 'STATIC', 'static ', 'a b', GRIN): add('no such flag', key)
    for key in ('number-unit',):
        for unit in (42, '42', bigint(42), 42.5): add('units of any form', key, {'id': unit})
    add('a unit under a path', 'path-unit', {'user': {'id': 'user-1'}}); add('an array is no unit', 'whole', {'id': ['user-1']}); add('an empty string is no unit', 'whole', {'id': ''}); add('a date is no unit', 'whole', {'id': date(0)}); add('one salt, two splits', 'two-splits', {'first': True, **user})
    jan, feb = 1767225600000, 1769904000000
    for now in (jan - 1, jan, feb - 1, feb): add('rules in time', 'window', now=now)
    for now, window in ((feb, [jan, feb - 1]), (0, [jan, feb]), (feb * 2, [jan - 2, jan - 1])): add('rules in clamped time', 'window', now=now, window=window)
    for n in range(20): add('half of the users', 'boolean-half', {'id': f'user-{n}'})
    for context in (None, 'text', 7, ['user-1']): cases.append({**evaluate('a context that is no object', 'whole', **{'in': 'outcomes'}), 'context': context})
    file('outcomes', 'Order, outcomes, splits, reasons and codes (4, 9, 14, 16)', cases, {'outcomes': {'parts': [{'flags': flags}]}})


def chain(n, last): return {f'f{i}': reads({'flag': f'f{i + 1}', 'is': ['on']}) for i in range(n)} | {f'f{n}': last}


def dependencies():
    flags = {
        'on': boolean(), 'off': boolean({'serve': 0}), 'disabled': boolean(on=False), 'null': text({'fallback': True}), 'null-off': text(on=False, off=None), 'unmet': boolean(requires=[{'flag': 'off', 'is': ['on']}]), 'no-unit': boolean(split([[0, 100000, 1]], 0)),
        'rest': text(split([], 2)), 'arm-text': text(split([[0, 100000, 1]], 0)), 'by-country': boolean({'serve': 0}, [rule({'attr': 'country', 'eq': 'NL'})]),
        'needs-two': text(requires=[{'flag': 'on', 'is': ['on']}, {'flag': 'by-country', 'is': ['on']}, {'flag': 'off', 'is': ['on', 'off']}]), 'needs-second': text(requires=[{'flag': 'on', 'is': ['on']}, {'flag': 'disabled', 'is': ['off', 'on']}, {'flag': 'missing', 'is': ['on']}]),
        'needs-missing': text(requires=[{'flag': 'missing', 'is': ['on']}]), 'needs-null-off': text(requires=[{'flag': 'off', 'is': ['on']}], off=None), 'needs-none': text(requires=[]), 'needs-off': text(requires=[{'flag': 'off', 'is': ['off']}]), 'needs-other': text(requires=[{'flag': 'on', 'is': ['no-such-variant']}]),
        'needs-and-off': text(requires=[{'flag': 'off', 'is': ['on']}], on=False), 'needs-no-unit': text(requires=[{'flag': 'no-unit', 'is': ['off', 'on']}]), 'needs-unmet': text(requires=[{'flag': 'unmet', 'is': ['off', 'on']}]), 'needs-null': text(requires=[{'flag': 'null', 'is': ['off', 'a', 'b', 'c']}]),
        'deep': text(requires=[{'flag': 'needs-off', 'is': ['a']}]), '__proto__': boolean(), 'needs-proto': boolean(requires=[{'flag': '__proto__', 'is': ['on']}]), 'needs-constructor': boolean(requires=[{'flag': 'constructor', 'is': ['on']}]),
    }
    sets = {'flags': {'parts': [{'flags': flags}]}}
    cases = []
    for key in flags: cases.append(evaluate(key, key, {'id': 'user-1', 'country': 'NL'}, **{'in': 'flags'}))
    cases.append(evaluate('the first that is not true', 'needs-two', {'country': 'DE'}, **{'in': 'flags'})); cases.append(evaluate('no unit', 'needs-no-unit', {}, **{'in': 'flags'})); cases.append(evaluate('with a unit', 'needs-no-unit', {'id': 'u'}, **{'in': 'flags'}))
    for key in ('on', 'off', 'disabled', 'null', 'null-off', 'unmet', 'no-unit', 'rest', 'missing', 'needs-missing', '__proto__', 'constructor'):
        for context in ({}, {'id': 'user-1'}):
            for names in (['on'], ['off', 'b']):
                if context == {} or key in ('no-unit', 'rest'): cases.append(verdict(f'{key} is {names}', {'flag': key, 'is': names}, context, **{'in': 'flags'}))
    cases.append(verdict('not on a disabled flag: unknown', {'not': {'flag': 'disabled', 'is': ['on']}}, {}, **{'in': 'flags'})); cases.append(verdict('assume for a missing flag', {'assume': True, 'of': {'flag': 'missing', 'is': ['on']}}, {}, **{'in': 'flags'}))
    cases.append(verdict('the same variant twice', {'flag': 'on', 'is': ['on', 'on']}, {}, **{'in': 'flags'}))
    # cycles and caps
    def world(about, key, world_flags, segments=None, context=None, **more): cases.append(evaluate(about, key, context or {}, parts=[{'flags': world_flags, **({'segments': segments} if segments else {})}], **more))
    loop = {'a': reads({'flag': 'b', 'is': ['on']}), 'b': reads({'flag': 'a', 'is': ['on']}), 'c': reads({'flag': 'a', 'is': ['on']}), 'd': reads({'flag': 'c', 'is': ['on']}), 'self': boolean(requires=[{'flag': 'self', 'is': ['on']}]), 'free': boolean(), 'late': boolean({'serve': 0}, [rule(TRUE), rule({'flag': 'a', 'is': ['on']})]), 'off-loop': boolean(on=False, requires=[{'flag': 'off-loop', 'is': ['on']}])}
    for key in loop: world(f'cycle: {key}', key, loop)
    through = {'a': reads({'segment': 's'}), 'b': reads({'segment': 'own'})}
    for key in through: world('cycle through segments', key, through, {'s': {'when': {'flag': 'a', 'is': ['on']}}, 'own': {'when': {'any': [TRUE, {'segment': 'own'}]}}})
    world('a chain of 63 reads: 64 evaluations', 'f0', chain(63, boolean())); world('a chain of 64 reads', 'f0', chain(64, boolean())); world('its second link is within the cap', 'f1', chain(64, boolean()))
    world('63 reads of one flag', 'a', {'a': boolean(requires=[{'flag': 'x', 'is': ['on']}] * 63), 'x': boolean()}); world('64 reads of one flag', 'a', {'a': boolean(requires=[{'flag': 'x', 'is': ['on']}] * 64), 'x': boolean()}); world('63 reads of a missing flag', 'a', {'a': boolean(requires=[{'flag': 'x', 'is': ['on']}] * 63)}); world('64 reads of a missing flag', 'a', {'a': boolean(requires=[{'flag': 'x', 'is': ['on']}] * 64)}); world('a malformed flag counts 1 and its reads nothing', 'a', {'a': boolean(requires=[{'flag': 'x', 'is': ['on']}] * 63), 'x': boolean({'serve': 9}, requires=[{'flag': 'y', 'is': ['on']}])})
    def twice(n): return {f't{i}': boolean(requires=[{'flag': f't{i + 1}', 'is': ['on']}] * 2) for i in range(n)} | {f't{n}': boolean()}
    world('each reads the next twice, 5 deep: 62', 't0', twice(5)); world('6 deep: 126', 't0', twice(6)); world('40 deep must end at once', 't0', twice(40)); world('a reader of one over the cap is over it', 'r', {**twice(6), 'r': reads({'flag': 't0', 'is': ['on']})})
    def fan(n): return {f's{i}': {'when': {'any': [{'segment': f's{i + 1}'}] * 2}} for i in range(n)} | {f's{n}': {'when': TRUE}}
    world('segments that double, 9 deep: 1,023 reads', 'r', {'r': reads({'segment': 's0'})}, fan(9)); world('10 deep', 'r', {'r': reads({'segment': 's0'})}, fan(10)); world('the segment itself is within, the flag over', 'r', {'r': reads({'any': [{'segment': 's0'}] * 2})}, fan(9)); world('50 deep must end at once', 'r', {'r': reads({'segment': 's0'})}, fan(50))
    world('1,024 reads of a segment', 'r', {'r': reads({'all': [{'segment': 's'}] * 1024})}, {'s': {'when': TRUE}}); world('1,025', 'r', {'r': reads({'all': [{'segment': 's'}] * 1025})}, {'s': {'when': TRUE}})
    def line(n): return {f's{i}': {'when': {'segment': f's{i + 1}'}} for i in range(n - 1)} | {f's{n - 1}': {'when': TRUE}}
    world('64 hops over segments', 'r', {'r': reads({'segment': 's0'})}, line(64)); world('65 hops', 'r', {'r': reads({'segment': 's0'})}, line(65)); world('a segment of one over the cap', 'q', {'q': reads({'segment': 'p'})}, {'p': {'when': {'any': [{'segment': 's0'}] * 2}}, **fan(10)})
    world('flags within segments count', 'r', {'r': reads({'any': [{'segment': 's'}] * 32}), 'x': boolean()}, {'s': {'when': {'all': [{'flag': 'x', 'is': ['on']}] * 2}}}); world('and 62 of them are within', 'r', {'r': reads({'all': [{'segment': 's'}] * 31}), 'x': boolean()}, {'s': {'when': {'all': [{'flag': 'x', 'is': ['on']}] * 2}}})
    file('dependencies', 'Flags that read flags: requirements, verdicts, cycles, caps (5.5, 7, 9.5)', cases, sets)


def stops():
    flags = {
        'a': boolean(), 'b': reads({'flag': 'a', 'is': ['on']}), 'c': boolean(requires=[{'flag': 'b', 'is': ['on']}]), 'never': boolean({'serve': 1}, [rule(TRUE), rule({'not': {'flag': 'a', 'is': ['on']}}, {'serve': 0})]), 'via-segment': boolean({'serve': 1}, [rule({'segment': 'deep'}, {'serve': 0})]),
        'free': boolean(), 'text': text(), 'null': text(off=None), 'reads-null': text(off=None, requires=[{'flag': 'a', 'is': ['on']}]), 'disabled': boolean(on=False, requires=[{'flag': 'a', 'is': ['on']}]), 'reads-missing': boolean(requires=[{'flag': 'missing', 'is': ['on']}]),
        'malformed': boolean({'serve': 9}), 'newer': text({'serve': 1, 'later': 1}), 'same-salt': text({'serve': 1}, [rule({'bucket': {'by': 'id', 'salt': 's', 'from': 0, 'to': 1}}, split([], 'next', salt='s'))]), 'loop': boolean(requires=[{'flag': 'loop', 'is': ['on']}]),
        'secret': boolean({'serve': 1}, [rule({'attr': 'x', 'sealed': {'key': 'none', 'norm': 'none', 'values': []}}), rule({'flag': 'a', 'is': ['on']})]), 'bad-and-a': boolean({'serve': 1}, [rule({'flag': 'malformed', 'is': ['on']}), rule({'flag': 'a', 'is': ['on']})]),
        'newer-and-a': boolean({'serve': 1}, [rule({'later': 1}), rule({'flag': 'a', 'is': ['on']})]), 'reads-newer-and-a': boolean(requires=[{'flag': 'newer-and-a', 'is': ['on']}]), 'loop-and-a': boolean(requires=[{'flag': 'loop-and-a', 'is': ['on']}, {'flag': 'a', 'is': ['on']}]),
        'reads-loop-and-a': boolean(requires=[{'flag': 'loop-and-a', 'is': ['on']}]), 'same-salt-and-a': text({'serve': 1}, [rule({'bucket': {'by': 'id', 'salt': 's', 'from': 0, 'to': 1}}, split([], 'next', salt='s')), rule({'flag': 'a', 'is': ['on']})]),
        'many': boolean({'serve': 1}, [rule({'all': [{'segment': 'deep'}, {'flag': 'free', 'is': ['on']}]})], requires=[{'flag': 'text', 'is': ['a']}]), 'missing-segment-and-a': boolean(requires=[{'flag': 'a', 'is': ['on']}], rules=[rule({'segment': 'nowhere'})]), 'assumes': boolean({'serve': 1}, [rule({'assume': True, 'of': {'flag': 'a', 'is': ['on']}}, {'serve': 1})]),
        'over-the-cap': boolean(requires=[{'flag': 'a', 'is': ['on']}] * 65), 'bad-segment-and-a': boolean(rules=[rule({'segment': 'bad'}), rule({'flag': 'b', 'is': ['on']})]),
    }
    segs = {'deep': {'when': {'segment': 'deeper'}}, 'deeper': {'when': {'any': [FALSE, {'not': {'flag': 'a', 'is': ['on']}}]}}, 'bad': {'when': {'all': [{'flag': 'a', 'is': ['on']}, {'later': 1}]}}, 'a': {'when': TRUE}}
    flags['reads-segment-a'] = boolean({'serve': 1}, [rule({'segment': 'a'})])
    sets = {'none': {'parts': [{'flags': flags, 'segments': segs}]}}
    sets['a'] = {**sets['none'], 'stops': ['a']}
    cases = []
    for key in flags:
        cases.append(evaluate(f'{key}, nothing stopped', key, {}, **{'in': 'none'})); cases.append(evaluate(f'{key}, a stopped', key, {}, **{'in': 'a'})); cases.append(evaluate(f'{key}, itself stopped', key, {}, **{'in': 'none', 'stops': [key]}))
    cases += [evaluate('an unknown flag that is stopped', 'missing', {}, **{'in': 'none', 'stops': ['missing']}), evaluate('reads it', 'reads-missing', {}, **{'in': 'none', 'stops': ['missing']}), evaluate('a stop of an unknown flag changes nothing else', 'a', {}, **{'in': 'none', 'stops': ['missing']}),
              evaluate('the first in reading order', 'many', {}, **{'in': 'none', 'stops': ['free', 'a', 'text']}), evaluate('without the required one', 'many', {}, **{'in': 'none', 'stops': ['free', 'a']}), evaluate('the nearest does not go first, the order of the text does', 'many', {}, **{'in': 'none', 'stops': ['free']}),
              evaluate('itself before what it reads', 'b', {}, **{'in': 'none', 'stops': ['a', 'b']}), evaluate('via the flag that is stopped, though that one reads a stopped one too', 'c', {}, **{'in': 'none', 'stops': ['a', 'b']}), evaluate('twice the same stop', 'a', {}, **{'in': 'none', 'stops': ['a', 'a']}),
              evaluate('a stop does not name a segment', 'via-segment', {}, **{'in': 'none', 'stops': ['deep']}), evaluate('no stops', 'a', {}, **{'in': 'none', 'stops': []}), evaluate('a key of Object.prototype', 'toString', {}, **{'in': 'none', 'stops': ['a']}), evaluate('and stopped', 'toString', {}, **{'in': 'none', 'stops': ['toString']})]
    file('stops', 'Stops and whom they reach (8.5 to 8.7, 9.1)', cases, sets)


def errors():
    sealed_by = lambda name: {'attr': 'x', 'sealed': {'key': name, 'norm': 'none', 'values': []}}
    match = {'attr': 'x', 'matches': 'a'}
    flags = {
        'ok': boolean(), 'malformed': boolean({'serve': 9}), 'newer': boolean({'serve': 1, 'later': 1}), 'secret': boolean({'serve': 1}, [rule(sealed_by('none'))]), 'regex': boolean({'serve': 1}, [rule(match)]), 'secret-off': boolean(on=False, rules=[rule(sealed_by('none'))]), 'segment-missing': boolean({'serve': 1}, [rule({'segment': 'nowhere'}), rule({'segment': 'nowhere-2'})]),
        'same-salt': text({'serve': 1}, [rule({'bucket': {'by': 'id', 'salt': 's', 'from': 0, 'to': 1}}, split([], 'next', salt='s'))]), 'unreached': boolean({'serve': 1}, [rule(TRUE), rule({'all': [FALSE, sealed_by('none')]})]),
        'reads-malformed': reads({'flag': 'malformed', 'is': ['on']}), 'reads-newer': reads({'not': {'flag': 'newer', 'is': ['on']}}), 'reads-secret': boolean(requires=[{'flag': 'secret', 'is': ['on']}]), 'reads-regex': reads({'flag': 'regex', 'is': ['on']}), 'reads-segment-missing': reads({'flag': 'segment-missing', 'is': ['on']}), 'reads-same-salt': reads({'flag': 'same-salt', 'is': ['a']}),
        'reads-twice': reads({'flag': 'reads-malformed', 'is': ['on']}), 'reads-off': boolean(on=False, requires=[{'flag': 'malformed', 'is': ['on']}]), 'reads-late': boolean({'serve': 1}, [rule(TRUE), rule({'flag': 'malformed', 'is': ['on']})]), 'reads-missing-flag': reads({'flag': 'nobody', 'is': ['on']}),
        'bad-segment': reads({'segment': 'bad'}), 'newer-segment': reads({'segment': 'newer'}), 'secret-segment': reads({'not': {'segment': 'secret'}}), 'deep-segment': reads({'segment': 'deep'}), 'segment-of-flag': reads({'segment': 'of-flag'}), 'nowhere-in-segment': reads({'segment': 'lost'}),
        'first-of-two': boolean(rules=[rule({'segment': 'deep'}), rule({'flag': 'malformed', 'is': ['on']})]), 'requires-first': boolean(requires=[{'flag': 'newer', 'is': ['on']}], rules=[rule({'flag': 'malformed', 'is': ['on']})]), 'rule-order': boolean(rules=[rule({'flag': 'ok', 'is': ['on']}), rule({'any': [{'not': {'flag': 'regex', 'is': ['on']}}, {'flag': 'newer', 'is': ['on']}]})]),
        'own-first': boolean(rules=[rule({'flag': 'malformed', 'is': ['on']}), rule(sealed_by('none'))]), 'own-segment-missing-first': boolean(rules=[rule(sealed_by('none')), rule({'segment': 'nowhere'})]), 'secret-before-regex': boolean(rules=[rule(match), rule(sealed_by('none'))]), 'newer-before-malformed': boolean({'serve': 9}, [rule({'later': 1})]), 'malformed-before-same-salt': text({'serve': 9}, [rule({'bucket': {'by': 'id', 'salt': 's', 'from': 0, 'to': 1}}, split([], 'next', salt='s'))]),
        'cycle-before-missing': boolean(requires=[{'flag': 'cycle-before-missing', 'is': ['on']}], rules=[rule({'segment': 'nowhere'})]), 'two-segments': reads({'all': [{'segment': 'good'}, {'segment': 'secret'}, {'segment': 'bad'}]}), 'has-secret': boolean({'serve': 1}, [rule(sealed_by('k1'))]), 'bad-pattern': boolean({'serve': 1}, [rule({'attr': 'x', 'matches': '('})]), 'reads-bad-pattern': reads({'flag': 'bad-pattern', 'is': ['on']}),
        'bad name': boolean(), 'K' * 129: boolean(), 'é': boolean(), '': boolean(), 'two-named': boolean(requires=[{'flag': 'shared', 'is': ['on']}]), 'shared': boolean(), 'two-named-segment': reads({'segment': 'shared'}),
        'over-the-cap': boolean(requires=[{'flag': 'malformed', 'is': ['on']}] * 65), 'bad-pattern-and-secret': boolean({'serve': 1}, [rule({'attr': 'x', 'matches': '('}), rule(sealed_by('none'))]),
    }
    segs = {'bad': {'include': ['a']}, 'newer': {'when': {'later': 1}}, 'secret': {'when': sealed_by('none')}, 'deep': {'when': {'any': [TRUE, {'segment': 'deeper'}]}}, 'deeper': {'when': {'segment': 'secret'}}, 'of-flag': {'when': {'flag': 'reads-newer', 'is': ['on']}}, 'lost': {'when': {'segment': 'nowhere'}}, 'good': {'when': TRUE}, 'shared': {'by': '', 'include': []}}
    sets = {'all': {'parts': [{'flags': flags, 'segments': segs}], 'secrets': SECRETS}}
    cases = [evaluate(key, key, {'x': 'a'}, **{'in': 'all'}) for key in flags]
    for key in ('regex', 'reads-regex', 'secret-before-regex', 'rule-order', 'bad-pattern', 'reads-bad-pattern', 'ok', 'has-secret', 'bad-pattern-and-secret'): cases.append(evaluate(f'{key}, no engine for regular expressions', key, {'x': 'a'}, **{'in': 'all', 'regex': False}))
    for key in ('secret', 'has-secret', 'secret-segment'): cases.append(evaluate(f'{key}, another secret', key, {'x': 'a'}, **{'in': 'all', 'secrets': {'none': 'ab'}}))
    two = [{'flags': {'a': reads({'flag': 'b', 'is': ['on']}), 'c': reads({'segment': 's'})}}, {'flags': {'b': boolean()}, 'segments': {'s': {'when': TRUE}}}]
    for key in 'abc': cases.append(evaluate('reads go over parts', key, {}, parts=two))
    cases.append(evaluate('the other part is not there', 'c', {}, parts=two[:1])); cases.append(evaluate('the other part is not there', 'a', {}, parts=two[:1])); cases.append(evaluate('no parts', 'a', {}, parts=[])); cases.append(evaluate('an empty part', 'a', {}, parts=[{}]))
    file('errors', 'Errors, their order, and how they reach readers (7, 8, 9.3)', cases, sets)


def validation():
    cases = []
    def flag(about, value, **more): cases.append(evaluate(about, 'f', {'id': 'user-1'}, parts=[{'flags': {'f': value, 'other': boolean()}}], **more))
    def drop(member): return {k: v for k, v in text().items() if k != member}
    def with_rule(value): return text(rules=[value])
    for member in ('on', 'type', 'variants', 'off', 'salt', 'rules', 'otherwise'): flag(f'no {member}', drop(member)); flag(f'{member} is null', {**text(), member: None})
    for about, value in (('no object', 'text'), ('null', None), ('an array', []), ('empty', {})): flag(f'a flag that is {about}', value)
    for member, values in (('on', ['true', 1]), ('type', ['String', 'object', '', 7, ['string']]), ('off', [4, -1, 0.5, '0', True, 3]), ('salt', ['', 7, 's' * 128, 's' * 129, GRIN * 64, GRIN * 64 + 'x', ' ']), ('rules', [{}, 'x', [None], [[]]]), ('requires', [None, {}, [{}], ['other'], [{'flag': 'other'}], [{'is': ['on']}], [{'flag': 'other', 'is': []}], [{'flag': 'other', 'is': 'on'}], [{'flag': '', 'is': ['on']}], [{'flag': 'other', 'is': ['']}], [{'flag': 'other', 'is': ['on'], 'later': 1}], [{'flag': 'oth er', 'is': ['on']}]]),
                           ('meta', [{}, {'any': {'thing': [1]}}, {'type': 'later', 'split': {}}, None, [], 'text']), ('later', [1, None]), ('__proto__', [1]), ('key', ['f'])):
        for value in values: flag(f'{member}: {str(value)[:40]}', {**text(), member: value})
    for variants in ([], [['a']], [['a', 'A', 1]], [['a', 1]], [['', 'A']], [['a', 'A'], ['a', 'B']], [['a', None]], [[1, 'A']], ['a'], {'a': 'A'}, [['a b', 'A']], [['a' * 128, 'A']], [['a' * 129, 'A']], [['__proto__', 'A']], [['a', '']], [['a', 'A'], ['A', 'B']]):
        flag(f'variants: {str(variants)[:60]}', {**text({'serve': 0}), 'variants': variants})
    for kind, values in (('boolean', [False, 0, 'false', None]), ('string', ['', 0, None]), ('integer', [5, 5.0, 5.5, '5', 2**53 - 1, 2**53, -(2**53), True]), ('number', [0.5, 5, '5', True, None, 1e308]), ('json', [None, {}, [], 'x', 0.5, False]), ('later', ['x'])):
        for value in values: flag(f'{kind}: {value!r}', {**text({'serve': 0}), 'type': kind, 'variants': [['v', value]]})
    def nest(n):
        value = []
        for _ in range(n - 1): value = [value]
        return value
    for n in (64, 65): flag(f'json nested {n} deep', {**text({'serve': 0}), 'type': 'json', 'variants': [['v', nest(n)]]})
    flag('json: a scalar at 64', {**text({'serve': 0}), 'type': 'json', 'variants': [['v', nest(63)]]}); flag('json: objects count too', {**text({'serve': 0}), 'type': 'json', 'variants': [['v', {'a': nest(64)}]]}); flag('meta may be deep', {**text(), 'meta': {'deep': nest(300)}})
    flag('off of a boolean is null', boolean(off=None)); flag('off of a boolean is true', boolean(off=1)); flag('off of a boolean is out of range', boolean(off=2)); flag('off of text is null', text(off=None)); flag('off is 0.0', {**text(), 'off': 0.0})
    for then in ({}, None, [], {'serve': 4}, {'serve': -1}, {'serve': '1'}, {'serve': 1.5}, {'serve': None}, {'serve': 1, 'fallback': True}, {'fallback': False}, {'fallback': 1}, {'serve': 1, 'later': 1}, {'later': 1}, {'percent': 50, 'serve': 9}, {'split': None}, {'split': {}}, {'serve': True}):
        flag(f'outcome of a rule: {then}', with_rule(rule(TRUE, then))); flag(f'otherwise: {then}', text(then))
    good = split([[0, 50000, 1]], 2)['split']
    for change in ({'by': ''}, {'by': []}, {'by': ['a', '']}, {'by': list('abcdefghi')}, {'by': list('abcdefgh')}, {'by': 7}, {'by': None}, {'salt': ''}, {'salt': 7}, {'salt': 's' * 129}, {'arms': None}, {'arms': [[0, 1]]}, {'arms': [[0, 1, 1, 1]]}, {'arms': [[-1, 1, 1]]}, {'arms': [[0, 100001, 1]]}, {'arms': [[5, 4, 1]]},
                   {'arms': [[0, 10, 1], [9, 20, 1]]}, {'arms': [[10, 20, 1], [0, 10, 2]]}, {'arms': [[0, 10, 1], [10, 20, 2]]}, {'arms': [[0, 10, 4]]}, {'arms': [[0, 10, -1]]}, {'arms': [[0, 0.5, 1]]}, {'arms': [['0', 1, 1]]}, {'arms': [[0, 10, None]]}, {'arms': [{}]}, {'arms': [[0, 100000, 1]]}, {'arms': []}, {'arms': [[5, 5, 1], [5, 5, 2]]},
                   {'rest': 'later'}, {'rest': ''}, {'rest': 4}, {'rest': -1}, {'rest': None}, {'rest': True}, {'rest': 'next'}, {'rest': 'fallback'}, {'rest': 0}, {'hash': 'md5'}, {'scale': 10000}, {'hash': 'md5', 'arms': None}):
        flag(f'split: {str(change)[:50]}', text(rules=[rule(TRUE, {'split': {**good, **change}})]))
    for member in good: flag(f'split without {member}', text(rules=[rule(TRUE, {'split': {k: v for k, v in good.items() if k != member}})]))
    flag('rest next in otherwise', text(split([], 'next'))); flag('rest of later in otherwise', text(split([[0, 100000, 1]], 'later')))
    for change in ({'id': ''}, {'id': None}, {'id': 7}, {'id': 'a b'}, {'id': 'x' * 128}, {'id': 'x' * 129}, {'experiment': 'e'}, {'experiment': ''}, {'experiment': None}, {'experiment': {}}, {'meta': {}}, {'meta': []}, {'later': 1}, {'when': None}, {'when': []}, {'when': True}, {'when': {}}, {'then': None}): flag(f'rule: {str(change)[:40]}', text(rules=[{**rule(TRUE), **change}]))
    for member in ('id', 'when', 'then'): flag(f'rule without {member}', text(rules=[{k: v for k, v in rule(TRUE).items() if k != member}]))
    flag('one bad rule among good ones', text(rules=[rule(TRUE), {'id': 'x'}]))
    for when in ({'later': 1}, {'all': [], 'any': []}, {'all': {}}, {'all': None}, {'all': [None]}, {'all': [TRUE, {}]}, {'not': []}, {'not': [TRUE]}, {'not': None}, {'assume': True}, {'of': TRUE}, {'assume': 1, 'of': TRUE}, {'assume': None, 'of': TRUE}, {'assume': True, 'of': None}, {'attr': 'x'}, {'eq': 1}, {'attr': 'x', 'eq': 1, 'in': [1]}, {'attr': 'x', 'later': 1},
                 {'attr': 'x', 'eq': 1, 'later': 1}, {'attr': '', 'eq': 1}, {'attr': [], 'eq': 1}, {'attr': [''], 'eq': 1}, {'attr': ['a', 7], 'eq': 1}, {'attr': 7, 'eq': 1}, {'attr': None, 'eq': 1}, {'attr': list('abcdefghi'), 'eq': 1}, {'attr': 'x', 'eq': None}, {'attr': 'x', 'eq': []}, {'attr': 'x', 'eq': {}}, {'attr': 'x', 'in': 'a'}, {'attr': 'x', 'in': None}, {'attr': 'x', 'in': [None]},
                 {'attr': 'x', 'in': [[1]]}, {'attr': 'x', 'has': 'a'}, {'attr': 'x', 'has': [{}]}, {'attr': 'x', 'startsWith': 'a'}, {'attr': 'x', 'endsWith': [1]}, {'attr': 'x', 'contains': [None]}, {'attr': 'x', 'lt': '5'}, {'attr': 'x', 'lte': None}, {'attr': 'x', 'gt': True}, {'attr': 'x', 'gte': [5]}, {'attr': 'x', 'before': 5}, {'attr': 'x', 'exists': 1}, {'attr': 'x', 'exists': None}, {'attr': 'x', 'exists': 'true'},
                 {'attr': 'x', 'eq': 'a', 'ignoreCase': 1}, {'attr': 'x', 'eq': 'a', 'ignoreCase': None}, {'attr': 'x', 'lt': 5, 'ignoreCase': True}, {'attr': 'x', 'lt': 5, 'ignoreCase': False}, {'attr': 'x', 'matches': 'a', 'ignoreCase': True}, {'attr': 'x', 'exists': True, 'ignoreCase': True}, {'attr': 'x', 'ignoreCase': True}, {'ignoreCase': True}, {'attr': 'x', 'segment': 's'}, {'segment': ''}, {'segment': 7}, {'segment': 'a b'},
                 {'segment': None}, {'flag': 'other'}, {'flag': 'other', 'is': []}, {'flag': 'other', 'is': 'on'}, {'flag': '', 'is': ['on']}, {'is': ['on']}, {'flag': 'other', 'is': ['on', 7]}, {'flag': 'other', 'is': ['on'], 'later': 1}, {'bucket': None}, {'bucket': {}}, {'bucket': {'by': 'id', 'salt': 's', 'from': 0, 'to': 100001}}, {'bucket': {'by': 'id', 'salt': 's', 'from': -1, 'to': 1}}, {'bucket': {'by': 'id', 'salt': 's', 'from': 2, 'to': 1}}, {'bucket': {'by': 'id', 'salt': 's', 'from': 1, 'to': 1}}, {'bucket': {'by': 'id', 'salt': 's', 'from': 0, 'to': 0}},
                 {'bucket': {'by': 'id', 'salt': 's', 'from': 0.5, 'to': 1}}, {'bucket': {'by': 'id', 'salt': '', 'from': 0, 'to': 1}}, {'bucket': {'by': '', 'salt': 's', 'from': 0, 'to': 1}}, {'bucket': {'by': 'id', 'salt': 's', 'from': 0, 'to': 1, 'hash': 'x'}}, {'bucket': {'by': 'id', 'salt': 's', 'from': 0}}, {'bucket': {'by': 'id', 'salt': 's', 'from': '0', 'to': 1}}, {'from': '2026-01-01T00:00:00Z', 'until': '2026-01-02T00:00:00Z'}, {'attr': 'x', 'from': '2026-01-01T00:00:00Z'},
                 {'all': [{'later': 1}], 'any': 5}, {'all': 5, 'any': [{'later': 1}]}, {'not': {'attr': 'x', 'like': 1, 'eq': None}}, {'attr': 'x', 'eq': {'later': 1}}, {'attr': 'x', 'in': [{'later': 1}]}, {'attr': '__proto__', 'eq': 1}, {'__proto__': 1}, {'constructor': 1}, {'attr': 'x', 'toString': 1}, {'attr': 'x', 'EQ': 1}, {'attr': 'x', 'sealed': 'later'}):
        flag(f'condition: {str(when)[:60]}', text(rules=[rule(when)]))
    def deep(n, inner=TRUE):
        for _ in range(n - 1): inner = {'not': inner}
        return inner
    def deep_all(n, inner=TRUE):
        for _ in range(n - 1): inner = {'all': [inner]}
        return inner
    for n in (31, 32, 33): flag(f'not, nested {n} deep', text(rules=[rule(deep(n))])); flag(f'all, nested {n} deep', text(rules=[rule(deep_all(n))]))
    flag('an unknown member at 32 is seen', text(rules=[rule(deep(32, {'later': 1}))])); flag('at 33 it is not looked for', text(rules=[rule(deep(33, {'later': 1}))])); flag('200 deep', text(rules=[rule(deep(200))])); flag('a segment does not add to the depth', text(rules=[rule(deep(32, {'segment': 's'}))]))
    cases[-1]['parts'][0]['segments'] = {'s': {'when': deep(32)}}
    # same_salt
    s1, s2 = COLLISION
    def bucket(salt, by='id'): return {'bucket': {'by': by, 'salt': salt, 'from': 0, 'to': 100000}}
    for about, value in (('same salt and unit', text(rules=[rule(bucket('s'), split([], 0, salt='s'))])), ('under not', text(rules=[rule({'not': {'any': [{'assume': True, 'of': bucket('s')}]}}, split([], 0, salt='s'))])), ('another unit', text(rules=[rule(bucket('s', 'other'), split([], 0, salt='s'))])), ('a path of one is the same unit', text(rules=[rule(bucket('s', ['id']), split([], 0, salt='s'))])),
                         ('another salt', text(rules=[rule(bucket('s'), split([], 0, salt='t'))])), ('in another rule', text(rules=[rule(bucket('s')), rule(TRUE, split([], 0, salt='s'))])), ('otherwise does not stand under it', text(split([], 0, salt='s'), [rule(bucket('s'))])), ('two buckets of one salt', text(rules=[rule({'all': [bucket('s'), bucket('s')]})])), ('two splits of one salt', text(split([], 0, salt='s'), [rule(TRUE, split([], 'next', salt='s'))])),
                         ('two salts of one seed, bucket and split', text(rules=[rule(bucket(s1), split([], 0, salt=s2))])), ('two salts of one seed, other units', text(rules=[rule(bucket(s1, 'a'), split([], 0, salt=s2, by='b'))])), ('both at once', text(rules=[rule(bucket(s1), split([], 0, salt=s2)), rule(bucket('s'), split([], 0, salt='s'))])), ('two salts of one seed, two rules', text(rules=[rule(bucket(s1)), rule(TRUE, split([], 0, salt=s2))])), ('two salts of one seed, two buckets', text(rules=[rule({'any': [bucket(s1), bucket(s2)]})])), ('two salts of one seed, two splits', text(split([], 0, salt=s1), [rule(TRUE, split([], 'next', salt=s2))])),
                         ('the flag\'s own salt does not enter', {**text(split([], 0, salt=s1)), 'salt': s2}), ('salts that differ in a lone surrogate and U+FFFD would be one seed, so only U+FFFD here', text(split([], 0, salt='\ufffd')))): flag(f'same_salt: {about}', value)
    flag('same_salt: not through a segment', text(rules=[rule({'segment': 's'}, split([], 0, salt='s'))])); cases[-1]['parts'][0]['segments'] = {'s': {'when': bucket('s')}}
    cases.append(evaluate('a bad flag leaves the others alone', 'other', {}, parts=[{'flags': {'f': {'on': 1}, 'g': None, 'other': boolean(), 'bad name': 7}, 'segments': {'s': 7}}]))
    cases.append(evaluate('unknown members of a part are ignored', 'other', {}, parts=[{'flags': {'other': boolean()}, 'later': {'x': 1}}]))
    file('validation', 'What is malformed, what is newer_rules, same_salt (3 to 6, 17)', cases)


# Two salts with one seed: the first pair among the hexadecimal numbers.
COLLISION = ('925f', '15c97')


def loading():
    import json
    good = json.dumps(boolean())
    cases = []
    def load(about, text_): cases.append({'do': 'load', 'about': about, 'text': text_})
    for about, text_ in (('nothing in it', '{}'), ('empty maps', '{"flags":{},"segments":{}}'), ('one flag', f'{{"flags":{{"a":{good}}}}}'), ('white space is fine', f' {{ "flags" :\n{{"a":\t{good}}} }}\r\n'), ('unknown members', f'{{"later":[1],"flags":{{"a":{good}}}}}'), ('only segments', '{"segments":{"s":{}}}'),
                         ('no bytes', ''), ('white space alone', ' '), ('null', 'null'), ('an array', '[]'), ('a string', '"x"'), ('a number', '1'), ('true', 'true'), ('flags is an array', '{"flags":[]}'), ('flags is null', '{"flags":null}'), ('segments is a string', '{"segments":"x"}'), ('segments is null', '{"segments":null}'),
                         ('cut off', '{"flags":{'), ('two values', '{}{}'), ('a comma too many', '{"flags":{},}'), ('single quotes', "{'flags':{}}"), ('a comment', '{}//x'), ('NaN', '{"later":NaN}'), ('Infinity', '{"later":Infinity}'), ('-Infinity', '{"later":-Infinity}'), ('a leading plus', '{"later":+1}'), ('a leading zero', '{"later":01}'), ('a bare fraction', '{"later":.5}'), ('a bare point', '{"later":1.}'), ('hexadecimal', '{"later":0x1}'),
                         ('a control character in a string', '{"later":"\n"}'), ('a bad escape', '{"later":"\\x41"}'), ('a cut escape', '{"later":"\\u12"}'), ('True', '{"later":True}'), ('a form feed as white space', '\f{}'), ('U+00A0 as white space', '\u00a0{}'), ('a large number where nobody looks', '{"later":1e400}'),
                         ('escapes mean the same', '{"\\u0066lags":{"\\u0061":' + good + '}}'), ('a pair of escapes', '{"flags":{"a":' + good.replace('"b"', '"\\ud83d\\ude00"') + '}}')): load(about, text_)
    load('a byte order mark', {'$hex': 'efbbbf7b7d'}); load('not UTF-8', {'$hex': '7b226c61746572223a22ff227d'}); load('an overlong form', {'$hex': '7b226c61746572223a22c0af227d'}); load('a surrogate in UTF-8', {'$hex': '7b226c61746572223a22eda080227d'}); load('UTF-16', {'$hex': 'fffe7b007d00'}); load('a cut character', {'$hex': '7b226c61746572223a22e282227d'})
    flag_of = lambda **more: json.dumps(text(**more))
    load('1e400 as a value', '{"flags":{"a":' + json.dumps({**text({'serve': 0}), 'type': 'number', 'variants': [['v', 1]]}).replace('["v", 1]', '["v", 1e400]') + ',"b":' + good + '}}'); load('-1e400 within json', '{"flags":{"a":' + json.dumps({**text({'serve': 0}), 'type': 'json', 'variants': [['v', [1]]]}).replace('["v", [1]]', '["v", [-1e400]]') + '}}')
    load('1e400 in an operand', '{"flags":{"a":' + flag_of(rules=[rule({'attr': 'x', 'lt': 12345})]).replace('12345', '1e400') + '}}'); load('1e400 in a list', '{"flags":{"a":' + flag_of(rules=[rule({'attr': 'x', 'in': [12345]})]).replace('12345', '1e400') + '}}'); load('1e400 in meta is not looked at', '{"flags":{"a":' + flag_of(meta={'x': 12345}).replace('12345', '1e400') + '}}')
    load('1e400 in an arm', '{"flags":{"a":' + flag_of(rules=[rule(TRUE, split([[0, 12345, 1]], 0))]).replace('12345', '1e400') + '}}'); load('5e-1 twice is 1: numbers by value', '{"flags":{"a":' + flag_of(otherwise={'serve': 12345}).replace('12345', '10e-1') + '}}'); load('1.0 as an index', '{"flags":{"a":' + flag_of(otherwise={'serve': 12345}).replace('12345', '1.0') + '}}'); load('-0 as an index', '{"flags":{"a":' + flag_of(otherwise={'serve': 12345}).replace('12345', '-0') + '}}')
    load('2^53 as an integer', '{"flags":{"a":' + json.dumps({**text({'serve': 0}), 'type': 'integer', 'variants': [['v', 12345]]}).replace('12345', '9007199254740992') + '}}'); load('2^53-1 as an integer', '{"flags":{"a":' + json.dumps({**text({'serve': 0}), 'type': 'integer', 'variants': [['v', 12345]]}).replace('12345', '9007199254740991') + '}}'); load('an integer that rounds to a safe one', '{"flags":{"a":' + json.dumps({**text({'serve': 0}), 'type': 'integer', 'variants': [['v', 12345]]}).replace('12345', '1.00000000000000000001') + '}}')
    load('__proto__ as a flag', f'{{"flags":{{"__proto__":{good},"constructor":{good}}}}}'); load('__proto__ as a member of a part', f'{{"__proto__":{{"flags":{{"x":{good}}}}},"flags":{{"a":{good}}}}}'); load('a repeated flag: the last counts', f'{{"flags":{{"a":7,"a":{good}}}}}'); load('a repeated member: the last counts', f'{{"flags":{{"a":7}},"flags":{{"b":{good}}}}}'); load('good and bad side by side', f'{{"flags":{{"a":{good},"b":{{}},"c":{{"on":true,"later":1}},"d e":{good}}}}}')
    size = 4 * 1024 * 1024
    load('4 MiB', concat('{"later":"', repeat('a', size - 12), '"}')); load('4 MiB and a byte', concat('{"later":"', repeat('a', size - 11), '"}')); load('over the cap comes before JSON', repeat('x', size + 1)); load('bytes count, not characters', concat('{"later":"', repeat('é', size // 2), '"}')); load('meta nested 500 deep', '{"flags":{"a":' + flag_of(meta={'x': 12345}).replace('12345', '[' * 500 + ']' * 500) + '}}')
    file('loading', 'What refuses a part, and what does not (2)', cases)


for make in (hashes, buckets, operators, versions, addresses, times, patterns, sealed, logic, segments, outcomes, dependencies, stops, errors,
             validation, loading):
    make()
