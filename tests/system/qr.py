"""A QR code, read by the standard (ISO/IEC 18004) and not by the library that drew it:
byte mode, versions 1 to 3, one block. What is damaged is not repaired: a code that
needs that is wrong here."""

MASKS = (lambda x, y: (x + y) % 2, lambda x, y: y % 2, lambda x, y: x % 3,
         lambda x, y: (x + y) % 3, lambda x, y: (y // 2 + x // 3) % 2,
         lambda x, y: x * y % 2 + x * y % 3, lambda x, y: (x * y % 2 + x * y % 3) % 2,
         lambda x, y: ((x + y) % 2 + x * y % 3) % 2)
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")
FORMAT_MASK = 0b101010000010010
BLOCKS = 3  # versions that have one block, at the levels L and M


class Unreadable(Exception):
    pass


def _has_finder(rows, left, top):
    return all(rows[top + y][left:left + 7] == FINDER[y] for y in range(7))


def _is_function(x, y, side, version):
    if (x < 9 and y < 9) or (x >= side - 8 and y < 9) or (x < 9 and y >= side - 8):
        return True
    if x == 6 or y == 6:
        return True
    return version > 1 and side - 9 <= x <= side - 5 and side - 9 <= y <= side - 5


def _format(rows):
    """The five bits of level and mask, proven by the ten behind them."""
    around = [(8, y) for y in (0, 1, 2, 3, 4, 5, 7, 8)] + [(x, 8) for x in (7, 5, 4, 3, 2, 1, 0)]
    bits = sum(int(rows[y][x]) << i for i, (x, y) in enumerate(around)) ^ FORMAT_MASK
    rest = bits
    for i in range(14, 9, -1):
        if rest >> i & 1:
            rest ^= 0b10100110111 << (i - 10)
    if rest != 0:
        raise Unreadable(f"format bits {bits:015b}")
    return bits >> 10


def _bits(rows, version, mask):
    """The modules of data, in pairs of columns from the right, up and down."""
    side = len(rows)
    x, up = side - 1, True
    while x > 0:
        x -= x == 6
        for y in range(side - 1, -1, -1) if up else range(side):
            for at in (x, x - 1):
                if not _is_function(at, y, side, version):
                    yield int(rows[y][at]) ^ (mask(at, y) == 0)
        x, up = x - 2, not up


def read(rows):
    """The text of a code, given as rows of 0 and 1."""
    side = len(rows)
    version, over = divmod(side - 17, 4)
    if over or not 1 <= version <= BLOCKS or any(len(row) != side for row in rows):
        raise Unreadable(f"{side} modules a side")
    if not (_has_finder(rows, 0, 0) and _has_finder(rows, side - 7, 0)
            and _has_finder(rows, 0, side - 7)):
        raise Unreadable("no finder patterns")
    stream = "".join(map(str, _bits(rows, version, MASKS[_format(rows) & 7])))
    if stream[:4] != "0100":
        raise Unreadable(f"mode {stream[:4]}")
    length = int(stream[4:12], 2)
    data = bytes(int(stream[12 + 8 * i:20 + 8 * i], 2) for i in range(length))
    return data.decode()


def from_screen(lines):
    """Rows of 0 and 1 of a code printed in half blocks, its quiet zone taken off."""
    dark = {" ": "00", "▀": "10", "▄": "01", "█": "11"}
    rows = []
    for line in lines:
        if any(c not in dark for c in line):
            raise Unreadable(f"no code: {line!r}")
        rows += ["".join(dark[c][half] for c in line) for half in (0, 1)]
    while rows and "1" not in rows[-1]:
        rows.pop()
    while rows and "1" not in rows[0]:
        rows.pop(0)
    left = min(row.index("1") for row in rows if "1" in row)
    wide = max(row.rindex("1") for row in rows if "1" in row) + 1 - left
    return [row[left:left + wide] for row in rows]
