#!/usr/bin/env python3
"""A second implementation of docs/spec/rules.md, in standard-library Python 3.11, that gives the vectors their
expected results. It is written from that text alone; clause numbers stand in the margin.

    oracle.py --check    make all files again and compare them with what is there; exit 1 if one differs
    oracle.py --write    write them
"""

import argparse
import hashlib
import hmac
import json
import math
import re
import struct
import sys
from pathlib import Path

HERE = Path(__file__).parent
MASK = 0xFFFFFFFF
T, F, U = True, False, None


# ---------------------------------------------------------------- values (1, 10)

class Missing: pass
class Other: pass
MISSING, OTHER = Missing(), Other()

class BigInt:
    def __init__(self, value): self.value = value

class Date:
    def __init__(self, ms): self.ms = ms


def joined(text):
    """Surrogate pairs as one character; lone surrogates stay."""
    return text.encode('utf-16-be', 'surrogatepass').decode('utf-16-be', 'surrogatepass')


def units(text):                                                                                          # 1.1
    return len(text.encode('utf-16-be', 'surrogatepass')) // 2


def replaced(text):
    return re.sub('[\ud800-\udfff]', '\ufffd', text)


def utf8(text):                                                                                           # 1.2
    return replaced(text).encode('utf-8')


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_safe(value):                                                                                       # 1.3
    return is_number(value) and math.isfinite(value) and value == math.floor(value) and abs(value) <= 2**53 - 1


def is_key(value):                                                                                       # 1.4
    return isinstance(value, str) and re.fullmatch(r'[A-Za-z0-9._-]{1,128}', value) is not None


def is_label(value):                                                                                      # 1.4
    return isinstance(value, str) and 1 <= units(value) <= 128


def is_scalar(value):
    return isinstance(value, (str, bool)) or (is_number(value) and math.isfinite(value))


def kind(value):                                                                                          # 10.3
    if value is MISSING or value is None: return 'missing'
    if isinstance(value, bool): return 'boolean'
    if isinstance(value, str): return 'string'
    if is_number(value): return 'number' if math.isfinite(value) else 'missing'
    if isinstance(value, Date): return 'number' if math.isfinite(value.ms) else 'missing'
    if isinstance(value, list): return 'array'
    return 'other'


def plain(value):
    return value.ms if isinstance(value, Date) else value


def path_of(attribute):
    return [attribute] if isinstance(attribute, str) else attribute


def look_up(context, attribute):                                                                          # 10.2
    value = context
    for name in path_of(attribute):
        if not isinstance(value, dict) or name not in value: return MISSING
        value = value[name]
    return value


# ---------------------------------------------------------------- hash and bucket (14)

def rotl(x, n):
    return ((x << n) | (x >> (32 - n))) & MASK


def murmur3(data, seed):                                                                                  # 14.4
    h = seed
    whole = len(data) // 4
    for (k,) in struct.iter_unpack('<I', data[:whole * 4]):
        k = rotl(k * 0xCC9E2D51 & MASK, 15) * 0x1B873593 & MASK
        h = (rotl(h ^ k, 13) * 5 + 0xE6546B64) & MASK
    tail = data[whole * 4:]
    if tail:
        k = int.from_bytes(tail, 'little')
        h ^= rotl(k * 0xCC9E2D51 & MASK, 15) * 0x1B873593 & MASK
    h ^= len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & MASK
    return h ^ h >> 16


def unit_of(value):                                                                                       # 14.1
    if isinstance(value, str): return value or None
    if isinstance(value, BigInt): return str(value.value)
    if is_safe(value): return str(int(value))
    return None


def seed_of(salt):
    return murmur3(utf8(salt), 0)


def bucket_of(unit, salt):                                                                                # 14.5
    return murmur3(utf8(unit), seed_of(salt)) * 100000 >> 32


# ---------------------------------------------------------------- grammars (12)

TIME = re.compile(r'([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?'
                  r'(?:Z|([+-])([0-9]{2}):([0-9]{2}))')


def days_from_year_zero(year, month, day):
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    if not 1 <= month <= 12 or not 1 <= day <= lengths[month - 1]: return None
    before = year * 365 + (year + 3) // 4 - (year + 99) // 100 + (year + 399) // 400
    return before + sum(lengths[:month - 1]) + day - 1


def time_of(text):                                                                                        # 12.1
    m = TIME.fullmatch(text)
    if not m: return None
    year, month, day, hour, minute, second = (int(m[i]) for i in range(1, 7))
    days = days_from_year_zero(year, month, day)
    if days is None or hour > 23 or minute > 59 or second > 59: return None
    offset = 0
    if m[8]:
        if int(m[9]) > 23 or int(m[10]) > 59: return None
        offset = (int(m[9]) * 60 + int(m[10])) * (1 if m[8] == '+' else -1)
    seconds = (days - days_from_year_zero(1970, 1, 1)) * 86400 + hour * 3600 + minute * 60 + second - offset * 60
    return seconds * 1000 + int(((m[7] or '') + '000')[:3])


NUMBER = r'(?:0|[1-9][0-9]*)'
IDENTIFIER = rf'(?:{NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)'
SEMVER = re.compile(rf'({NUMBER})\.({NUMBER})\.({NUMBER})(?:-({IDENTIFIER}(?:\.{IDENTIFIER})*))?'
                    r'(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?')


def digits(text):
    """Big decimal strings without leading zeros, in an order that is that of their values."""
    return (len(text), text)


def semver_of(text):                                                                                      # 12.2
    m = SEMVER.fullmatch(text) if len(text) <= 256 else None
    if not m: return None
    core = [digits(m[i]) for i in (1, 2, 3)]
    if m[4] is None: return (core, (1,))
    return (core, (0, [(0, digits(i), '') if i.isdigit() else (1, (0, ''), i) for i in m[4].split('.')]))


ZERO = {'semver': digits('0'), 'version': 0}


def dotted_of(text):                                                                                      # 12.6
    m = re.compile(r'v?([0-9]{1,15}(?:\.[0-9]{1,15}){0,5})(?:-.*)?', re.S).fullmatch(text)
    if not m: return None
    numbers = [int(n) for n in m[1].split('.')]
    return (numbers + [0] * (6 - len(numbers)), ())


COMPARATOR = re.compile(r'(=|!=|<|<=|>|>=|\^|~)?([^ |=!<>^~].*)', re.S)


def range_of(text, operator):                                                                             # 12.4
    sets = []
    for part in text.split('||'):
        comparators = []
        for item in part.strip(' ').split(' '):
            if item == '' and part.strip(' ') != '': continue
            m = COMPARATOR.fullmatch(item)
            if not m: return None
            version = semver_of(m[2]) if operator == 'semver' else dotted_of(m[2])
            if version is None or '|' in m[2]: return None
            comparators.append((m[1] or '=', version))
        sets.append(comparators)
    return sets


def compares(op, a, b, zero):                                                                             # 12.5
    if op == '=': return a == b
    if op == '!=': return a != b
    if op == '<': return a < b
    if op == '<=': return a <= b
    if op == '>': return a > b
    if op == '>=': return a >= b
    if op == '~': return a >= b and a[0][:2] == b[0][:2]
    same = 1 if b[0][0] != zero else 2 if b[0][1] != zero else 3
    return a >= b and a[0][:same] == b[0][:same]


def in_range(version, sets, operator):
    return any(all(compares(op, version, v, ZERO[operator]) for op, v in comparators) for comparators in sets)


def ipv4_of(text):
    if not re.fullmatch(r'(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}', text): return None
    octets = [int(o) for o in text.split('.')]
    return None if max(octets) > 255 else int.from_bytes(bytes(octets), 'big')


def ipv6_of(text):
    if not re.fullmatch(r'[0-9A-Fa-f:.]+', text): return None
    if '.' in text:
        head, _, last = text.rpartition(':')
        four = ipv4_of(last)
        if four is None or head == '': return None
        text = f'{head}:{four >> 16:x}:{four & 0xFFFF:x}'
    halves = text.split('::')
    if len(halves) > 2: return None
    groups = [half.split(':') if half else [] for half in halves]
    if any(not re.fullmatch(r'[0-9A-Fa-f]{1,4}', g) for half in groups for g in half): return None
    count = sum(len(half) for half in groups)
    if len(halves) == 1:
        if count != 8: return None
        all_groups = groups[0]
    else:
        if count > 7: return None
        all_groups = groups[0] + ['0'] * (8 - count) + groups[1]
    return int(''.join(g.zfill(4) for g in all_groups), 16)


def address_of(text):                                                                                     # 12.8
    four = ipv4_of(text)
    if four is not None: return (32, four)
    six = ipv6_of(text)
    if six is None: return None
    return (32, six & MASK) if six >> 32 == 0xFFFF else (128, six)


def network_of(text):                                                                                     # 12.9
    head, slash, tail = text.partition('/')
    written = 32 if ipv4_of(head) is not None else 128
    address = ipv4_of(head) if written == 32 else ipv6_of(head)
    if address is None: return None
    prefix = written
    if slash:
        if not re.fullmatch(r'0|[1-9][0-9]{0,2}', tail) or int(tail) > written: return None
        prefix = int(tail)
    if written == 128 and prefix >= 96 and address >> 32 == 0xFFFF: return (32, address & MASK, prefix - 96)
    return (written, address, prefix)


def in_network(address, network):
    width, base, prefix = network
    return address[0] == width and address[1] >> (width - prefix) == base >> (width - prefix)


def pattern_of(text):                                                                                     # 11.7
    """Only patterns that RE2 and Python read alike; what RE2 refuses is refused here."""
    if re.search(r'\(\?[=!<]|\(\?P=|\\[1-9]|[*+?}][*+]', text): return None
    if any(int(n) > 1000 for n in re.findall(r'\{(\d+)', text)): return None
    anchored = re.sub(r'(?<!\\)\$$', r'\\Z', text)
    try:
        return re.compile(anchored, re.ASCII)
    except re.error:
        return None


# ---------------------------------------------------------------- operators (11)

def fold(value, ignore):                                                                                  # 11.5
    return re.sub('[A-Z]', lambda m: m[0].lower(), value) if ignore and isinstance(value, str) else value


def equal(a, b):                                                                                          # 11.2
    if isinstance(a, str) and isinstance(b, str): return a == b
    if isinstance(a, bool) or isinstance(b, bool): return isinstance(a, bool) and isinstance(b, bool) and a == b
    return is_number(a) and is_number(b) and math.isfinite(a) and a == b


def decimal_of(number):                                                                                   # 13.5
    """The shortest decimal text that reads as the same double, written as ECMAScript and RFC 8785 do."""
    mantissa, _, exponent = f'{number + 0.0!r}'.lstrip('-').partition('e')
    whole, _, fraction = mantissa.partition('.')
    point = len(whole) + int(exponent or 0)
    figures = whole + (fraction if fraction != '0' else '')
    point -= len(figures) - len(figures.lstrip('0'))
    figures = figures.strip('0')
    if figures == '': return '0'
    sign, n = '-' if number < 0 else '', len(figures)
    if n <= point <= 21: return sign + figures + '0' * (point - n)
    if 0 < point <= 21: return f'{sign}{figures[:point]}.{figures[point:]}'
    if -6 < point <= 0: return f'{sign}0.{"0" * -point}{figures}'
    return f'{sign}{figures[0]}{"." + figures[1:] if n > 1 else ""}e{point - 1:+d}'


def token(secret, attribute, norm, value):                                                                # 13.4
    names = [utf8(name) for name in path_of(attribute)]
    message = b'ensign-sealed-v1\n' + b''.join(struct.pack('>I', len(name)) + name for name in names)
    if isinstance(value, str):
        if norm == 'trim-lower': value = fold(value.strip('\t\n\v\f\r '), True)
        message += b's' + utf8(value)
    else:
        message += b'n' + decimal_of(value).encode()
    return hmac.new(secret, message, hashlib.sha256).hexdigest()[:32]


def compare_attribute(operator, operand, ignore, attribute, found, world):
    k, value = kind(found), plain(found)
    if operator == 'exists': return (k != 'missing') == operand                                           # 11.1
    if operator in ('eq', 'in'):
        members = [operand] if operator == 'eq' else operand
        takes = {kind(m) for m in members} or {'string', 'number', 'boolean'}                             # 11.3
        if k not in takes: return U
        return any(equal(fold(value, ignore), fold(m, ignore)) for m in members)
    if operator == 'has':                                                                                 # 11.6
        if k != 'array': return U
        return any(equal(fold(plain(e), ignore), fold(m, ignore)) for e in value for m in operand)
    if operator in ('startsWith', 'endsWith', 'contains'):
        if k != 'string': return U
        test = {'startsWith': str.startswith, 'endsWith': str.endswith, 'contains': str.__contains__}[operator]
        return any(test(fold(value, ignore), fold(m, ignore)) for m in operand)
    if operator in ('lt', 'lte', 'gt', 'gte'):
        if k != 'number': return U
        return {'lt': value < operand, 'lte': value <= operand, 'gt': value > operand, 'gte': value >= operand}[operator]
    if operator in ('before', 'after'):
        ms = value if k == 'number' else time_of(value) if k == 'string' else None
        if ms is None: return U
        return ms < time_of(operand) if operator == 'before' else ms > time_of(operand)
    if operator in ('semver', 'version'):
        version = None if k != 'string' else semver_of(value) if operator == 'semver' else dotted_of(value)
        if version is None: return U
        return in_range(version, range_of(operand, operator), operator)
    if operator == 'cidr':
        address = address_of(value) if k == 'string' else None
        if address is None: return U
        return any(in_network(address, network_of(n)) for n in operand)
    if operator == 'matches':
        if k != 'string' or units(value) > 4096: return U
        return pattern_of(operand).search(replaced(value)) is not None
    if k not in ('string', 'number'): return U                                                            # sealed
    return token(world.secrets[operand['key']], attribute, operand['norm'], value) in operand['values']


# ---------------------------------------------------------------- validation (3 to 6)

SCALARS = ('eq', 'in', 'has')
TEXTS = ('startsWith', 'endsWith', 'contains')
OPERATORS = SCALARS + TEXTS + ('lt', 'lte', 'gt', 'gte', 'before', 'after', 'semver', 'version', 'cidr', 'matches',
                               'sealed', 'exists')
FORMS = {'all': {'all'}, 'any': {'any'}, 'not': {'not'}, 'assume': {'assume', 'of'}, 'segment': {'segment'},
         'flag': {'flag', 'is'}, 'bucket': {'bucket'}, 'from': {'from'}, 'until': {'until'}}
CONDITION = {m for form in FORMS.values() for m in form} | {'attr', 'ignoreCase', *OPERATORS}


def depth_of(value):                                                                                      # 3.3
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((depth_of(m) for m in members), default=0)


def all_finite(value):
    if isinstance(value, dict): return all(all_finite(m) for m in value.values())
    if isinstance(value, list): return all(all_finite(m) for m in value)
    return not is_number(value) or math.isfinite(value)


class Validator:
    def __init__(self, regex):
        self.regex, self.newer, self.bad = regex, False, False

    def need(self, ok):
        if not ok: self.bad = True
        return ok

    def members(self, value, required, optional=()):
        """The closed shape of 6.2; gives whether it is an object."""
        if not self.need(isinstance(value, dict)): return False
        if any(m not in required and m not in optional for m in value): self.newer = True
        self.need(all(m in value for m in required))
        return True

    def array(self, value):
        return value if self.need(isinstance(value, list)) else []

    def attribute(self, value):                                                                           # 10.1
        if isinstance(value, str): return self.need(value != '')
        return self.need(isinstance(value, list) and len(value) >= 1
                         and all(isinstance(n, str) and n != '' for n in value))

    def salt(self, value):                                                                                # 14.2
        self.need(is_label(value))

    def index(self, value, count):                                                                        # 3.2
        return self.need(is_safe(value) and 0 <= value < count)

    def names(self, value):
        self.need(isinstance(value, list) and len(value) > 0 and all(is_label(n) for n in value))

    def flag(self, key, flag):                                                                            # 3.1
        self.need(is_key(key))
        if not self.members(flag, ('on', 'type', 'variants', 'off', 'salt', 'rules', 'otherwise'), ('requires', 'meta')):
            return
        if 'on' in flag: self.need(isinstance(flag['on'], bool))
        if 'salt' in flag: self.salt(flag['salt'])
        if isinstance(flag.get('type'), str) and flag['type'] not in TYPES: self.newer = True
        elif 'type' in flag: self.need(isinstance(flag['type'], str))
        variants = self.array(flag.get('variants', []))
        self.need(len(variants) > 0)
        seen = set()
        for variant in variants:
            if not self.need(isinstance(variant, list) and len(variant) == 2): continue
            if self.need(is_label(variant[0])): self.need(variant[0] not in seen)
            seen.add(variant[0] if isinstance(variant[0], str) else None)
            if isinstance(flag.get('type'), str) and flag['type'] in TYPES:
                self.need(TYPES[flag['type']](variant[1]))                                                # 3.3
        count = len(variants)
        if 'off' in flag:
            boolean = flag.get('type') == 'boolean'
            if flag['off'] is None: self.need(not boolean)                                                # 3.4
            elif self.index(flag['off'], count) and boolean:
                off = variants[int(flag['off'])]
                self.need(isinstance(off, list) and len(off) == 2 and off[1] is False)
        for item in self.array(flag.get('requires', [])):                                                 # 3.5
            if self.members(item, ('flag', 'is')):
                self.need(is_key(item.get('flag')))
                self.names(item.get('is'))
        for rule in self.array(flag.get('rules', [])):                                                    # 3.6
            if not self.members(rule, ('id', 'when', 'then'), ('experiment', 'meta')): continue
            self.need(is_label(rule.get('id')))
            if 'experiment' in rule: self.need(is_label(rule['experiment']))
            if 'when' in rule: self.condition(rule['when'], 1)
            if 'then' in rule: self.outcome(rule['then'], count)
        if 'otherwise' in flag: self.outcome(flag['otherwise'], count)

    def segment(self, key, segment):                                                                      # 3.7
        self.need(is_key(key))
        if not self.members(segment, (), ('by', 'include', 'exclude', 'when')): return
        if 'by' in segment: self.attribute(segment['by'])
        for name in ('include', 'exclude'):
            if name in segment:
                self.need('by' in segment)
                if isinstance(segment[name], dict):
                    if self.members(segment[name], ('sealed',)) and 'sealed' in segment[name]:
                        self.operand('sealed', segment[name]['sealed'])
                else: self.need(isinstance(segment[name], list) and all(is_scalar(m) for m in segment[name]))
        if 'when' in segment: self.condition(segment['when'], 1)

    def outcome(self, value, count):                                                                # 4
        if not self.members(value, (), ('serve', 'fallback', 'split')): return
        self.need(len([m for m in value if m in ('serve', 'fallback', 'split')]) == 1)
        if 'serve' in value: self.index(value['serve'], count)
        if 'fallback' in value: self.need(value['fallback'] is True)
        if 'split' not in value: return
        split = value['split']
        if not self.members(split, ('by', 'salt', 'arms', 'rest')): return
        self.attribute(split.get('by'))
        self.salt(split.get('salt'))
        at = 0
        for arm in self.array(split.get('arms')):
            if not self.need(isinstance(arm, list) and len(arm) == 3): continue
            self.index(arm[2], count)
            if self.need(is_safe(arm[0]) and is_safe(arm[1]) and at <= arm[0] < arm[1] <= 100000): at = arm[1]
        rest = split.get('rest')
        if isinstance(rest, str):
            if rest not in ('next', 'fallback'): self.newer = True                                        # 6.2
        else: self.index(rest, count)

    def condition(self, value, depth):                                                                    # 5.2
        if depth > 32:
            self.bad = True
            return
        if not self.members(value, (), CONDITION): return
        known = {m for m in value if m in CONDITION}
        self.need(self.one_form(known))
        for name in ('all', 'any'):
            if name in value:
                for c in self.array(value[name]): self.condition(c, depth + 1)
        for name in ('not', 'of'):
            if name in value: self.condition(value[name], depth + 1)
        if 'assume' in value: self.need(isinstance(value['assume'], bool))
        for name in ('segment', 'flag'):
            if name in value: self.need(is_key(value[name]))
        if 'is' in value: self.names(value['is'])
        for name in ('from', 'until'):
            if name in value: self.need(isinstance(value[name], str) and len(value[name]) == 20
                                        and value[name].endswith('Z') and time_of(value[name]) is not None)
        if 'bucket' in value:
            bucket = value['bucket']
            if self.members(bucket, ('by', 'salt', 'from', 'to')):                                        # 14.6
                self.attribute(bucket.get('by'))
                self.salt(bucket.get('salt'))
                a, b = bucket.get('from'), bucket.get('to')
                self.need(is_safe(a) and is_safe(b) and 0 <= a < b <= 100000)
        if 'attr' in value: self.attribute(value['attr'])
        if 'ignoreCase' in value: self.need(isinstance(value['ignoreCase'], bool))
        for name in OPERATORS:
            if name in value: self.operand(name, value[name])

    @staticmethod
    def one_form(known):
        if 'attr' in known:
            operators = [m for m in known if m in OPERATORS]
            allowed = {'attr', *operators}
            if len(operators) == 1 and operators[0] in SCALARS + TEXTS: allowed.add('ignoreCase')
            return len(operators) == 1 and known <= allowed
        return known in FORMS.values()

    def operand(self, name, operand):
        if name == 'eq': self.need(is_scalar(operand))
        elif name in SCALARS: self.need(all(is_scalar(m) for m in self.array(operand)))
        elif name in TEXTS: self.need(all(isinstance(m, str) for m in self.array(operand)))
        elif name in ('lt', 'lte', 'gt', 'gte'): self.need(is_number(operand) and math.isfinite(operand))
        elif name in ('before', 'after'): self.need(isinstance(operand, str) and time_of(operand) is not None)
        elif name in ('semver', 'version'): self.need(isinstance(operand, str) and range_of(operand, name) is not None)
        elif name == 'cidr':
            self.need(all(isinstance(m, str) and network_of(m) is not None for m in self.array(operand)))
        elif name == 'matches':
            if self.need(isinstance(operand, str) and units(operand) <= 1024) and self.regex:
                self.need(pattern_of(operand) is not None)                                                # 7.9
        elif name == 'exists': self.need(isinstance(operand, bool))
        elif self.members(operand, ('key', 'norm', 'values')):                                            # 13
            self.need(is_label(operand.get('key')))
            norm = operand.get('norm')
            if isinstance(norm, str) and norm not in ('none', 'trim-lower'): self.newer = True
            else: self.need(isinstance(norm, str))
            self.need(all(isinstance(v, str) and re.fullmatch('[0-9a-f]{32}', v) for v in self.array(operand.get('values'))))


TYPES = {
    'boolean': lambda v: isinstance(v, bool),
    'string': lambda v: isinstance(v, str),
    'integer': is_safe,
    'number': lambda v: is_number(v) and math.isfinite(v),
    'json': lambda v: depth_of(v) <= 64 and all_finite(v),
}


# ---------------------------------------------------------------- rule sets (2, 7, 8)

class Refused(Exception): pass


def parse_part(data):                                                                                     # 2
    if len(data) > 4 * 1024 * 1024: raise Refused('too_large')
    def constant(name): raise ValueError(name)
    try:
        # Every number as a double; 1e400 becomes infinite, which 2.6 speaks of.
        part = json.loads(data.decode('utf-8'), parse_int=float, parse_constant=constant)
    except ValueError:
        raise Refused('json') from None
    if not isinstance(part, dict): raise Refused('json_shape')
    for name in ('flags', 'segments'):
        if not isinstance(part.get(name, {}), dict): raise Refused('json_shape')
    return part


def sub_conditions(value):
    """A condition and all within it, in the order of the text, depth first."""
    yield value
    for c in value.get('all', value.get('any', [])): yield from sub_conditions(c)
    for name in ('not', 'of'):
        if name in value: yield from sub_conditions(value[name])


class World:
    def __init__(self, parts, stops=(), window=None, now=0, secrets=None, regex=True):
        self.flags, self.segments = {}, {}
        for part in parts:
            self.flags |= part.get('flags', {})
            self.segments |= part.get('segments', {})
        self.stops, self.secrets, self.regex = set(stops), secrets or {}, regex
        self.now = now if window is None else min(max(now, window[0]), window[1])                         # 15.2
        self.memo = {}
        self.structure = {('flag', k): self.structural('flag', k, f) for k, f in self.flags.items()}
        self.structure |= {('segment', k): self.structural('segment', k, s) for k, s in self.segments.items()}

    def structural(self, what, key, value):
        v = Validator(self.regex)
        getattr(v, what)(key, value)
        if v.newer: return 'newer_rules'                                                                  # 6.4
        if v.bad: return 'malformed'
        return self.same_salt(value) if what == 'flag' else None

    @staticmethod
    def same_salt(flag):                                                                                  # 6.5
        found = set()
        for rule in flag['rules']:
            if 'split' not in rule['then']: continue
            split = rule['then']['split']
            for c in sub_conditions(rule['when']):
                if 'bucket' not in c or path_of(c['bucket']['by']) != path_of(split['by']): continue
                salt = c['bucket']['salt']
                if salt == split['salt']: found.add('same_salt')
                elif seed_of(salt) == seed_of(split['salt']): found.add('same_seed')
        return min(found, default=None)

    def body(self, node):
        return (self.flags if node[0] == 'flag' else self.segments).get(node[1], MISSING)

    def conditions(self, node):
        body = self.body(node)
        if node[0] == 'flag': whens = [rule['when'] for rule in body['rules']]
        else: whens = [body['when']] if 'when' in body else []
        for when in whens: yield from sub_conditions(when)

    def reads(self, node):                                                                                # 7.1 to 7.3
        if self.body(node) is MISSING or self.structure[node]: return []
        found = [('flag', r['flag']) for r in self.body(node).get('requires', [])] if node[0] == 'flag' else []
        found += [('flag', c['flag']) for c in self.conditions(node) if 'flag' in c]
        return found + [('segment', c['segment']) for c in self.conditions(node) if 'segment' in c]

    def in_cycle(self, node):                                                                             # 7.4
        if ('cycle', node) not in self.memo:
            seen, todo = set(), self.reads(node)
            while todo:
                target = todo.pop()
                if target in seen: continue
                seen.add(target)
                todo += self.reads(target)
            self.memo['cycle', node] = node in seen
        return self.memo['cycle', node]

    def counts(self, node):                                                                               # 7.5
        """(flag reads, segment reads, hops)"""
        if ('counts', node) not in self.memo:
            flags = segments = hops = 0
            for target in self.reads(node):
                f, s, h = (0, 0, 0) if self.in_cycle(target) else self.counts(target)
                flags += f + (target[0] == 'flag')
                segments += s + (target[0] == 'segment')
                hops = max(hops, h + 1)
            self.memo['counts', node] = (flags, segments, hops)
        return self.memo['counts', node]

    def own_error(self, node):                                                                            # 8.1
        """(code, via) or None"""
        if self.body(node) is MISSING: return None
        if self.structure[node]: return (self.structure[node], None)
        if self.in_cycle(node): return ('cycle', None)
        flags, segments, hops = self.counts(node)
        if flags + (node[0] == 'flag') > 64 or segments + (node[0] == 'segment') > 1024 or hops > 64: return ('too_many_reads', None)
        for target in self.reads(node):
            if target[0] == 'segment' and self.body(target) is MISSING: return ('segment_missing', target[1])
        own = list(self.conditions(node))
        lists = [self.body(node).get(n) for n in ('include', 'exclude')] if node[0] == 'segment' else []
        sealed = [c['sealed'] for c in own if 'sealed' in c] + [i['sealed'] for i in lists if isinstance(i, dict)]
        if any(s['key'] not in self.secrets for s in sealed): return ('secret_missing', None)
        if not self.regex and any('matches' in c for c in own): return ('regex_missing', None)
        return None

    def error(self, node):                                                                                # 8.2, 8.3
        if ('error', node) not in self.memo:
            found = self.own_error(node)
            if found is None:
                for target in self.reads(node):
                    own = self.own_error(target)
                    found = (own[0], target[1]) if own else self.error(target)
                    if found: break
            self.memo['error', node] = found
        return self.memo['error', node]

    def stopped(self, node):                                                                              # 8.5, 8.6
        """None, or (via,)"""
        if node[0] == 'flag' and node[1] in self.stops: return (None,)
        seen, todo = set(), [node]
        while todo:
            at = todo.pop()
            if at in seen: continue
            seen.add(at)
            if at[0] == 'flag' and at[1] in self.stops: return (at[1],)
            todo += reversed(self.reads(at))
        return None

    # ------------------------------------------------------------ evaluation (5, 9, 16)

    def verdict(self, c, context):
        if 'all' in c:
            found = [self.verdict(m, context) for m in c['all']]
            return F if F in found else U if U in found else T
        if 'any' in c:
            found = [self.verdict(m, context) for m in c['any']]
            return T if T in found else U if U in found else F
        if 'not' in c: return negate(self.verdict(c['not'], context))
        if 'assume' in c:
            found = self.verdict(c['of'], context)
            return c['assume'] if found is U else found
        if 'segment' in c: return self.segment_verdict(self.segments[c['segment']], context)
        if 'flag' in c: return self.flag_verdict(c['flag'], c['is'], context)
        if 'bucket' in c:
            b = c['bucket']
            unit = unit_of(look_up(context, b['by']))
            return U if unit is None else b['from'] <= bucket_of(unit, b['salt']) < b['to']
        if 'from' in c: return self.now >= time_of(c['from'])
        if 'until' in c: return self.now < time_of(c['until'])
        operator = next(m for m in c if m in OPERATORS)
        return compare_attribute(operator, c[operator], c.get('ignoreCase', False), c['attr'],
                                 look_up(context, c['attr']), self)

    def segment_verdict(self, s, context):                                                                # 5.4
        def listed(name):
            if name not in s: return F
            operator, operand = ('sealed', s[name]['sealed']) if isinstance(s[name], dict) else ('in', s[name])
            return compare_attribute(operator, operand, False, s['by'], look_up(context, s['by']), self)
        when = self.verdict(s['when'], context) if 'when' in s else F
        not_excluded = negate(listed('exclude'))
        rest = F if F in (not_excluded, when) else U if U in (not_excluded, when) else T
        both = (listed('include'), rest)
        return T if T in both else U if U in both else F

    def flag_verdict(self, key, names, context):                                                          # 5.5
        if key not in self.flags: return U
        result = self.evaluate(key, context)
        if result['reason'] in ('DISABLED', 'PREREQUISITE'): return U
        return U if result['variant'] is None else result['variant'] in names

    def evaluate(self, key, context):                                                                     # 9
        node, flag = ('flag', key), self.flags.get(key, MISSING)

        def result(reason, code, index=None, rule=None, bucket=None, via=None):
            given = {'reason': reason, 'code': code, 'variant': None}
            if index is not None: given['variant'], given['value'] = flag['variants'][int(index)]
            given |= {'rule': rule and rule['id'], 'experiment': rule and rule.get('experiment'), 'bucket': bucket, 'via': via}
            if reason == 'STOPPED': given['enabled'] = False                                              # 16.4
            elif index is None: given['enabled'] = 'fallback'
            elif flag['type'] == 'boolean': given['enabled'] = given['value']
            else: given['enabled'] = index != flag['off']
            return given

        stop = self.stopped(node)
        if stop:                                                                                          # 9.1, 9.8
            known = flag is not MISSING and self.structure[node] not in ('newer_rules', 'malformed')
            return result('STOPPED', None, flag['off'] if known else None, via=stop[0])
        if flag is MISSING: return result('ERROR', 'flag_not_found')
        error = self.error(node)
        if error: return result('ERROR', error[0], via=error[1])
        if not flag['on']: return result('DISABLED', None, flag['off'])
        for r in flag.get('requires', []):
            if self.flag_verdict(r['flag'], r['is'], context) is not T:
                return result('PREREQUISITE', None, flag['off'], via=r['flag'])
        for rule in flag['rules']:
            if self.verdict(rule['when'], context) is not T: continue
            found = self.outcome(rule['then'], context, 'TARGETING_MATCH', rule, result)
            if found: return found
        then, static = flag['otherwise'], not flag['rules'] and not flag.get('requires')
        found = self.outcome(then, context, 'STATIC' if static and 'serve' in then else 'DEFAULT', None, result)
        if found: return found
        no_unit = unit_of(look_up(context, then['split']['by'])) is None
        return result('DEFAULT', 'unit_missing' if no_unit else 'no_arm', flag['off'])

    @staticmethod
    def outcome(then, context, reason, rule, result):
        if 'serve' in then: return result(reason, None, then['serve'], rule)
        if 'fallback' in then: return result(reason, 'fallback', None, rule)
        split = then['split']
        unit = unit_of(look_up(context, split['by']))
        if unit is None: return None
        bucket = bucket_of(unit, split['salt'])
        for start, end, index in split['arms']:
            if start <= bucket < end: return result('SPLIT', None, index, rule, bucket)
        if split['rest'] == 'next': return None
        if split['rest'] == 'fallback': return result('SPLIT', 'fallback', None, rule, bucket)
        return result('SPLIT', 'rest', split['rest'], rule, bucket)


def negate(verdict):
    return U if verdict is U else not verdict


# ---------------------------------------------------------------- the files (README.md)

def untag(value):
    """The tagged encoding of contexts and texts."""
    if isinstance(value, list): return [untag(v) for v in value]
    if is_number(value): return float(value)
    if not isinstance(value, dict): return value
    if len(value) == 1:
        (tag, operand), = value.items()
        if tag == '$undefined': return MISSING
        if tag in ('$function', '$symbol'): return None if tag == '$function' else OTHER
        if tag == '$number': return float(operand.replace('Infinity', 'inf'))
        if tag == '$bigint': return BigInt(int(operand))
        if tag == '$date': return Date(float(operand) if operand != 'NaN' else math.nan)
        if tag == '$utf16': return bytes.fromhex(operand).decode('utf-16-be', 'surrogatepass')
        if tag == '$repeat': return joined(untag(operand[0]) * operand[1])
        if tag == '$concat': return joined(''.join(untag(o) for o in operand))
        if tag.startswith('$'): raise ValueError(tag)
    return {name: untag(v) for name, v in value.items()}


def bytes_of(text):
    if isinstance(text, dict) and '$hex' in text: return bytes.fromhex(text['$hex'])
    return utf8(untag(text))


VERDICT = {'on': True, 'type': 'string', 'variants': [['true', 'T'], ['false', 'F'], ['unknown', 'U']], 'off': 2,
           'salt': 'verdict', 'otherwise': {'serve': 2}}


def world_of(file, case, extra=None):
    env = {**file.get('sets', {}).get(case.get('in'), {}), **case}
    parts = env.get('parts', [])
    if extra: parts = parts + [extra]
    parts = [parse_part(json.dumps(p).encode()) for p in parts]
    secrets = {name: bytes.fromhex(h) for name, h in env.get('secrets', {}).items()}
    return World(parts, env.get('stops', ()), env.get('window'), env.get('now', 0), secrets, env.get('regex', True))


def expectation(file, case):
    do = case['do']
    if do == 'hash': return murmur3(utf8(untag(case['text'])), case['seed'])
    if do == 'bucket':
        unit, salt = unit_of(untag(case['unit'])), untag(case['salt'])
        return {'seed': seed_of(salt), 'bucket': None if unit is None else bucket_of(unit, salt)}
    if do == 'place': return murmur3(utf8(case['key']), 0) % case['count']
    if do == 'token':
        value = untag(case['value'])
        if kind(value) not in ('string', 'number'): return None
        return token(bytes.fromhex(case['secret']), case['attr'], case['norm'], plain(value))
    if do == 'load':
        try:
            part = parse_part(bytes_of(case['text']))
        except Refused as refused:
            return {'refused': str(refused)}
        world = World([part])
        codes = {key: world.error(('flag', key)) for key in part.get('flags', {})}
        return {'flags': {key: error and error[0] for key, error in codes.items()}}
    context = untag(case.get('context', {}))
    if do == 'verdict':
        rules = [{'id': 'true', 'when': case['when'], 'then': {'serve': 0}},
                 {'id': 'false', 'when': {'not': case['when']}, 'then': {'serve': 1}}]
        result = world_of(file, case, {'flags': {'verdict': {**VERDICT, 'rules': rules}}}).evaluate('verdict', context)
        return result['variant'] or result['code']
    if do == 'evaluate': return world_of(file, case).evaluate(untag(case['key']), context)
    raise ValueError(do)


def tidy(value):
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63: return int(value)
    if isinstance(value, dict): return {k: tidy(v) for k, v in value.items()}
    if isinstance(value, list): return [tidy(v) for v in value]
    return value


def text_of(file):
    def line(value): return json.dumps(value, separators=(',', ':'))
    head = [f'{line(k)}:{line(v)}' for k, v in file.items() if k not in ('cases', 'sets')]
    if 'sets' in file:
        sets = ',\n'.join(f'{line(k)}:{line(v)}' for k, v in file['sets'].items())
        head.append(f'"sets":{{\n{sets}\n}}')
    cases = ',\n'.join(line({**case, 'expect': tidy(expectation(file, case))}) for case in file['cases'])
    return '{' + ',\n'.join(head) + f',\n"cases":[\n{cases}\n]}}\n'


def main():
    from inputs import FILES
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument('--check', action='store_true')
    choice.add_argument('--write', action='store_true')
    write = parser.parse_args().write
    ids = [case['id'] for file in FILES for case in file['cases']]
    wrong = [f'repeated id {i}' for i in sorted(set(ids)) if ids.count(i) > 1]
    unknown = {p.name for p in HERE.glob('*.json')} - {f'{file["name"]}.json' for file in FILES}
    wrong += [f'{name} is made by nobody' for name in sorted(unknown)]
    for file in FILES:
        path, text = HERE / f'{file["name"]}.json', text_of(file)
        if write: path.write_text(text)
        elif not path.exists() or path.read_text() != text: wrong.append(f'{path.name} differs')
    print(f'{len(ids)} cases in {len(FILES)} files', *wrong, sep='\n')
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    sys.setrecursionlimit(20_000)
    main()
