"""Builtins and methods of plain values give what Python gives, and name what is unknown."""

from __future__ import annotations

import pytest

from tests.interp.overlay_programs import evaluate, plain, python, run

_EXPRESSIONS = """
len([1, 2, 3])
len("abc") + len({1: 2}) + len(range(7)) + len((1,)) + len({1, 2})
len(3)
list(range(2, 20, 5))
range(2, 20, 5)
range(3.5)
list(zip([1, 2], "ab", strict=True))
list(zip([1, 2], "a"))
list(zip([1, 2], "a", strict=True))
list(enumerate("ab", 5))
list(map(lambda x, y: x * y, [1, 2], [3, 4]))
list(filter(None, [0, 1, "", "a"]))
list(filter(lambda x: x > 1, [1, 2, 3]))
sorted([3, 1, 2], reverse=True)
sorted(["bb", "a", "ccc"], key=len)
sorted([(2, "a"), (1, "b"), (1, "a")])
sorted({"b": 1, "a": 2})
sorted([1, "a"])
sorted([(1, [2]), (1, [1])])
list(reversed([1, 2, 3]))
list(reversed("abc"))
reversed({1, 2})
min(3, 1, 2), max([3, 1, 2]), min("b", "a")
min([])
max([], default=7)
max([1, 2, 3], key=lambda x: -x)
max([1, True]), min([True, 1])
min(1, "a")
sum([1, 2, 3]), sum([0.1] * 10), sum([[1], [2]], []), sum((1, 2), 3.5)
sum([0.1, 0.2, 0.3, 1e100, -1e100])
sum(["a"], "")
abs(-3), abs(-2.5), abs(3 + 4j)
round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234, -2), round(0.5)
round("a")
divmod(7, 3), divmod(-7, 3), divmod(7.5, 2)
divmod(1, 0)
pow(2, 10), pow(2, -1), pow(3, 4, 5), pow(2.0, 0.5)
any([0, 1]), any([]), all([1, 0]), all([])
next(iter([1, 2])), next(iter([]), 5)
next(iter([]))
next([1])
list(iter([3, 2, 1, 0, 5].pop, 1))
getattr("a", "upper")(), getattr(3, "nothing", 7)
getattr(3, "nothing")
hasattr("a", "upper"), hasattr("a", "nothing"), hasattr([], "append"), hasattr({}, "keys"), hasattr(3, "append")
callable(len), callable(3), callable(lambda: 1), callable(int), callable("a".upper)
isinstance(3, int), isinstance(True, int), isinstance("a", (int, str)), isinstance(2.0, int), isinstance([], list)
isinstance(None, type(None)), isinstance({}, dict), isinstance((1,), (list, tuple)), isinstance(3, float)
issubclass(bool, int), issubclass(int, str), issubclass(KeyError, LookupError)
type(3), type("a"), type([]), type(None), type(2.0), type(True), type({}), type(())
type(3).__name__, type(ValueError("a")).__name__
type(3) == int, type(3) is int, type("a") in (int, str)
type("A", (), {"x": 3}).x
repr("a"), repr([1, "b"]), str(1.0), str(None), str((1,)), repr(1e22), str([1.5, None])
str(b"ab", "ascii")
format(3.14159, ".2f"), format(5, "03d"), format("a", ">4"), format(1234567, ",")
ord("a"), chr(98), bin(10), hex(255), oct(8)
chr(-1)
int("12"), int("ff", 16), int(3.9), int(-3.9), int(True), int(" 7 "), int("0x10", 0)
int("a")
int(None)
int(float("nan"))
int("12", base=3)
float("1.5"), float("inf"), float(3), float("1e-3")
float("a")
bool(0), bool([]), bool("a"), bool([0]), bool(0.0), bool(None)
complex(1, 2), complex("1+2j")
list("abc"), tuple([1, 2]), list({1: 2}), list((1, 2)), tuple("ab")
list(3)
set([1, 2, 2]), frozenset([1]), set()
set([[1]])
dict(a=1, b=2), dict([("a", 1)]), dict({"a": 1}, b=2), dict(zip("ab", [1, 2]))
dict([1])
dict([(1, 2, 3)])
bytes([1, 2]), bytes(2), bytes("a", "utf8")
slice(1, 2), [1, 2, 3, 4][slice(1, 3)]
hash(5) == hash(5.0)
id([]) == id([]) or True
list(range(3)).__len__()
"-".join(["a", "b"]), "-".join("abc"), "".join([])
"-".join([1])
"a,b,c".split(","), "a b  c".split(), "a,b,c".rsplit(",", 1), "a\\nb".splitlines()
" a ".strip(), "xxaxx".strip("x"), "aXb".lower(), "ab".upper(), "ab".title(), "ab cd".capitalize(), "aB".swapcase()
"abc".replace("b", "x"), "aaa".replace("a", "b", 2), "abc".find("c"), "abc".index("b"), "abc".count("a")
"abc".index("z")
"abc".startswith("ab"), "abc".endswith(("x", "c")), "abc".partition("b"), "abc".rpartition("z")
"5".zfill(3), "a".center(5, "*"), "a".ljust(3) + "|", "a".rjust(3), "a\\tb".expandtabs(4)
"{} {}".format(1, "a"), "{0:.3f} {x!r}".format(2.0, x="y"), "{a[0]} {b}".format(a=[1], b=None), "{:>5}".format("a")
"{x}".format()
"{}".format()
"{0.real}".format(3)
"abc".isalpha(), "12".isdigit(), "a1".isalnum(), "".isspace(), "ab".islower(), "a_b".isidentifier()
"abc".encode(), b"abc".decode(), "abc".translate(str.maketrans("a", "b")), "abcabc".removeprefix("abc"), b"ab".hex()
"%s %d %.2f" % ("a", 3, 2.5), "%05d" % 42
[1, 2].index(2), [1, 2, 1].count(1), (1, 2).index(1), (1, 1).count(1), [1, 2, 3, 1].index(1, 2)
[1].index(5)
{"a": 1}.get("a"), {"a": 1}.get("b"), {"a": 1}.get("b", 3), {"a": 1}.items(), {"a": 1}.keys(), {"a": 1}.values()
{}.get([])
dict.fromkeys("ab", 0), dict.fromkeys([1, 2])
{"a": 1}.pop("b")
{"a": 1}.pop("b", 2)
{1, 2} | {3}, {1, 2} & {2}, {1, 2} - {1}, {1} ^ {2}, {1, 2}.union([3], (4,)), {1}.issubset({1, 2}), {1}.isdisjoint([2])
{1, 2}.intersection([2]), {1, 2}.difference([1]), frozenset([1]).union([2])
(5).bit_length(), (2.0).is_integer(), (0.5).as_integer_ratio(), (1.5).hex(), float.fromhex("0x1p3"), (3).conjugate()
(3).to_bytes(2, "big"), int.from_bytes(b"\\x01\\x02", "big")
str.join("-", ["a", "b"]), list.index([1, 2], 2), dict.get({"a": 1}, "a"), str.upper("a"), int.bit_length(5)
list(map(str.upper, ["a", "b"])), list(map(int, "12")), sorted([3, 1], key=int.bit_length)
range(10).index(3), range(10).count(11), 3 in range(5), range(10)[2:5], len(range(0, 10, 3))
list(zip(*[[1, 2], [3, 4]])), [*map(sum, [[1, 2], [3]])], max(map(len, ["a", "bcd"]))
dict(sorted({"b": 1, "a": 2}.items(), key=lambda item: item[1]))
[x for x in reversed(range(3))], [*enumerate("a")], sum(x * x for x in range(4)), dict((i, i * i) for i in range(3))
min((len(x), x) for x in ["ccc", "a", "bb"]), list(zip(range(3), iter("abcdef")))
""".strip().splitlines()


@pytest.mark.parametrize("expression", _EXPRESSIONS)
def test_a_plain_expression_has_pythons_value(expression: str) -> None:
    assert evaluate(expression) == python(expression)


_STATEMENTS = {
    "lists change in place": """
a = [3, 1, 2]; b = a
a.append(4); a.extend((5, 6)); a.insert(0, 0); last = a.pop(); first = a.pop(0); a.remove(1); a.sort(); a.reverse()
c = a.copy(); c.clear(); a += [9]; same = a is b
a.sort(key=lambda x: -x)
""",
    "dicts change in place": """
a = {"x": 1}; b = a
a.update(y=2); a.update({"z": 3}); a.update([("w", 4)]); a.setdefault("x", 9); a.setdefault("v", []).append(1)
gone = a.pop("y"); last = a.popitem(); c = a.copy(); c.clear(); same = a is b; keys = list(a)
""",
    "sets change in place": """
a = {1, 2}; a.add(3); a.discard(9); a.remove(1); a.update([7], (8,)); a.difference_update([7]); a.intersection_update([2, 3, 8]); n = len(a)
""",
    "iterators are drawn from": """
it = iter([1, 2, 3]); a = next(it); b = list(it); c = next(it, None)
z = zip("ab", [1, 2]); d = dict(z); e = list(z)
g = (x * 2 for x in [1, 2]); f = sum(g)
pairs = list(zip(*[iter([1, 2, 3, 4])] * 2))
""",
    "attributes by name": """
class A:
    x = 1
    def f(self): return self.y
a = A(); setattr(a, "y", 5); r = getattr(a, "f")(); h = hasattr(a, "y"); delattr(a, "y"); g = hasattr(a, "y")
d = vars(a); names = [n for n in dir(a) if not n.startswith("_")]
""",
    "objects with special methods": """
class V:
    def __init__(self, v): self.v = v
    def __len__(self): return self.v
    def __lt__(self, other): return self.v < other.v
    def __eq__(self, other): return self.v == other.v
    def __int__(self): return self.v
    def __float__(self): return self.v / 2
    def __abs__(self): return 99
    def __round__(self, n=None): return 98
    def __iter__(self): return iter(range(self.v))
    def __index__(self): return self.v
    def __repr__(self): return f"V({self.v})"
    def __add__(self, other): return V(self.v + other.v)
    def __contains__(self, x): return x == 5
    def __reversed__(self): return iter("zyx")
a = [len(V(3)), int(V(3)), float(V(3)), abs(V(3)), round(V(3)), list(V(3)), sum(V(4)), repr(V(2)), str([1])]
b = [v.v for v in sorted([V(3), V(1), V(2)])]
c = max(V(1), V(5), V(2)).v, min([V(4), V(2)]).v
d = V(1) in [V(2), V(1)], [V(2), V(1)].index(V(1)), [V(1)].count(V(1)), 5 in V(1)
e = sum([V(1), V(2)], V(0)).v
f = "{} {!r}".format(V(1), V(2)), list(range(V(2))), list(reversed(V(1)))
""",
    "subclasses of containers": """
class D(dict):
    def __getattr__(self, name): return self[name]
    def __setitem__(self, key, value): super().__setitem__(key, value * 2)
d = D(a=1); d["b"] = 2
r = d.a, d.b, len(d), sorted(d), d.get("b"), "a" in d, list(d.items()), isinstance(d, dict)
class L(list):
    def total(self): return sum(self)
l = L([1, 2]); l.append(3); t = l.total(), len(l), l[0], l[-1], list(l)
""",
}


@pytest.mark.parametrize("title", _STATEMENTS)
def test_statements_leave_what_python_leaves(title: str) -> None:
    expected: dict[str, object] = {"__name__": "__main__"}
    exec(_STATEMENTS[title], expected)
    found = run(_STATEMENTS[title])
    names = [name for name in expected if not name.startswith("__") and not callable(expected[name])]
    comparable = [
        name
        for name in names
        if type(expected[name]).__module__ == "builtins" and name not in {"d", "l", "g", "z", "it"}
    ]
    assert "raised" not in found
    assert {name: plain(found[name]) for name in comparable} == {name: plain(expected[name]) for name in comparable}


_SYMBOLIC = """
len(n)                         unknown len(n)
int(n)                         unknown int(n)
int(n * 2)                     unknown int(2*n)
float(n)                       unknown float(n)
abs(n * 3)                     formula 3*n
round(n + 1)                   formula n + 1
max(n, n * 2)                  formula 2*n
min(8, max(n + 8, 4))          8
max(1, n)                      formula max(1, n)
sum([n, 2, n])                 formula 2*n + 2
divmod(n * 4, 2)               ('tuple', 'formula 2*n', 0)
pow(n, 1)                      formula n
sorted(n)                      unknown sorted(n)
str(n)[0:0]                    unknown
len([n, n])                    2
[1, n][0]                      1
bool(n)                        unknown bool(n)
list(n)                        unknown list(n)
range(n)                       unknown range(n)
isinstance(n, int)             unknown isinstance(n, int)
"-".join(["a", n])             unknown
"-".join(["a", "b"])           a-b
any([0, n])                    unknown
any([n, 1])                    True
all([n, 0])                    False
{"a": 1}.get(n)                unknown
{}.get(n, 3)                   3
dict(n)                        unknown dict(n)
[1, 2].index(n)                unknown
"a" * 10 ** 9                  unknown
list(range(10 ** 9))           unknown
10 ** 10 ** 10                 unknown
"a".ljust(10 ** 9)             unknown
("a" * 10 ** 6).replace("a", "b" * 10 ** 6) unknown
bytes(10 ** 9)                 unknown
int("9" * 5000)                unknown
1 << 10 ** 9                   unknown
"{:1000000000}".format(1)      unknown
eval(n)                        unknown
open("a").read()               unknown
input()                        unknown
hash("a")                      unknown
callable(n)                    unknown callable(n)
min([n, 2.5])                  unknown
enumerate(n)                   unknown
"{} {}".format(1, n)           unknown
""".strip().splitlines()


@pytest.mark.parametrize("line", _SYMBOLIC)
def test_an_unknown_argument_gives_a_named_or_unknown_result(line: str) -> None:
    parts = line.rsplit("  ", 1) if "  " in line else line.rsplit(" ", 1)
    expression, expected = parts[0].strip(), parts[1].strip()
    found = evaluate(expression, "from nowhere import n")
    text = found if isinstance(found, str) else repr(found)
    assert text.startswith("unknown") if expected == "unknown" else text == expected


_BLURRED = """
a = [1, 2]; a.extend(n); value = len(a)
a = [1, 2]; a.insert(n, 5); value = a[0]
a = [1, 2]; a.pop(n); value = a[0]
a = [1, 2]; a.remove(n); value = a[0]
a = [2, n]; a.sort(); value = a[0]
a = {}; a[n] = 1; value = a.get("x")
a = {}; a.update(n); value = len(a)
a = {"x": 1}; a.pop(n); value = a.get("x")
a = {1}; a.add(n); value = len(a)
a = [1]; a.extend(n); b = a.copy(); value = b[0]
a = [1]; a.extend(a * 10 ** 6); value = len(a)
a = {"b": 1}; a.update(n); b = dict(a); value = b["b"]
""".strip().splitlines()


@pytest.mark.parametrize("program", _BLURRED)
def test_a_container_that_an_unknown_changed_is_not_known(program: str) -> None:
    value = plain(run(f"from nowhere import n\n{program}")["value"])
    assert isinstance(value, str)
    assert value.startswith("unknown")


def test_what_is_known_beside_an_unknown_stays_known() -> None:
    found = run("from nowhere import n\na = []\na.append(n)\na.append(2)\nvalue = [len(a), a[1]]\na.sort()\nb = len(a)")
    assert found["value"] == [2, 2]
    assert found["b"] == 2
