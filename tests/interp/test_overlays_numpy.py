"""Arrays have the shapes, dtypes and small items that numpy has; what data decide is unknown."""

from __future__ import annotations

import pytest

from tests.interp.overlay_programs import evaluate, plain, run

np = pytest.importorskip("numpy")

_IMPORTS = "import numpy as np"


def _numpy(expression: str) -> object:
    namespace: dict[str, object] = {"np": np}
    try:
        with np.errstate(all="ignore"):
            return _plain(eval(expression, namespace))
    except Exception as error:  # noqa: BLE001  whatever numpy raises is what is expected
        kind = type(error)
        return (
            "IndexError"
            if issubclass(kind, IndexError)
            else "ValueError"
            if issubclass(kind, ValueError)
            else kind.__name__
        )


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        name = "str" if value.dtype.kind == "U" else value.dtype.name
        return ("array", value.shape, name, plain(_listed(value)))
    if isinstance(value, np.dtype):
        return value.name
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, tuple | list):
        return (type(value).__name__, *map(_plain, value))
    return plain(value)


def _listed(value: object) -> object:
    return value.tolist()  # type: ignore[attr-defined]


_EXPRESSIONS = """
np.zeros((2, 3))
np.ones(3, dtype=np.int32)
np.zeros((2,), "uint8")
np.full((2, 2), 7)
np.full(2, 1.5)
np.zeros_like(np.array([1, 2]))
np.ones_like([1.5])
np.full_like(np.array([1, 2]), 3)
np.eye(3)
np.tri(3)
np.tri(2, 4, k=1, dtype=int)
(1 - np.tri(300).astype("float32")[None, None] * -2).shape
np.eye(2, 3, dtype=int)
np.identity(2)
np.array([1, 2, 3])
np.array([[1, 2], [3, 4]], dtype="float32")
np.array([1, 2.5])
np.array([True, False])
np.array([[1], [2, 3]])
np.array([])
np.array([np.array([1, 2]), np.array([3, 4])])
np.array(5)
np.array("a")
np.array([1, 2], ndmin=2)
np.asarray((1, 2))
np.array([0.1, 0.2], dtype=np.float32)
np.array([3, 4]).astype("float32")
np.array([1.7, -1.7]).astype(int)
np.array([300]).astype(np.uint8)
np.arange(5), np.arange(2, 10, 3), np.arange(5, 0, -2), np.arange(0)
np.arange(0, 1, 0.1)
np.arange(1.0, 4.0)
np.arange(3, dtype=np.float32)
np.linspace(0, 1, 5)
np.linspace(0, 0.1, 12)
np.linspace(0, 0.2, 3, endpoint=False)
np.linspace(2, 3, 1), np.linspace(0, 1, 0)
np.linspace(0, 10, 4, dtype=int)
np.prod([2, 3, 4]), np.prod((2,)), np.prod([]), np.prod([2.5, 2])
np.prod((None, 3))
np.prod(np.array([[1, 2], [3, 4]]))
np.prod(np.array([[1, 2], [3, 4]]), axis=0)
np.sum([1, 2, 3]), np.sum([[1, 2], [3, 4]], axis=1), np.sum([0.1] * 10), np.sum([0.1] * 200), np.sum(np.linspace(0, 1, 1000))
np.sum([[1, 2], [3, 4]], axis=0, keepdims=True)
np.sum([True, True])
np.mean([1, 2, 3, 4]), np.mean([[1, 2], [3, 4]]), np.mean([0.1, 0.2, 0.3])
np.std([1, 2, 3, 4]), np.var([1.0, 2.5])
np.max([1, 5, 2]), np.min([[1, 2], [0, 4]]), np.max([[1, 2], [3, 0]], axis=0), np.amax([1.5]), np.ptp([1, 5])
np.max([])
np.argmax([1, 5, 2]), np.argmin([[3, 1], [0, 2]], axis=1)
np.median([3, 1, 2]), np.median([1, 2, 3, 4])
np.cumsum([1, 2, 3]), np.cumprod([1, 2, 3]), np.cumsum([[1, 2], [3, 4]])
np.any([0, 1]), np.all([0, 1]), np.count_nonzero([0, 2, 3])
np.diff([1, 4, 9])
np.sqrt(16), np.sqrt(2), np.sqrt([4, 9]), np.sqrt(-1)
np.log2(8), np.log2(10), np.log(10), np.log10(1000), np.exp(1), np.log(0)
np.log2(256).astype(int)
int(np.log2(64)), int(np.sqrt(50)), int(np.ceil(7 / 2)), int(np.floor(-0.5))
np.floor(2.7), np.ceil(2.1), np.ceil([1.2, 2.0]), np.trunc(-1.5), np.rint(2.5), np.floor(3), np.ceil(-0.5)
np.round(2.5), np.round(2.675, 2), np.round([0.5, 1.5]), np.around(1234.567, 1), np.round(3)
np.abs(-3), np.abs([-1.5, 2]), np.sign(-2), np.sign([1.5, 0]), np.square(3), np.negative(2)
np.mod(7, 3), np.power(2, 10), np.power(2.0, 0.5), np.floor_divide(7, 2), np.divide(1, 4), np.add([1], [2]), np.multiply(3, 4)
np.maximum(3, 5), np.minimum([1, 5], 3), np.maximum([1, 5], [3, 2]), np.clip(5, 0, 3), np.clip([1, 5, 9], 2, 6)
np.array([1, 2]) + 1, np.array([1, 2]) * [3, 4], 2 ** np.array([1, 2, 3]), np.array([1, 2]) / 2, -np.array([1])[0]
np.array([7, 8]) // 3, np.array([7, 8]) % 3, 10 - np.array([1, 2]), np.array([1.5]) * 2
np.array([1, 2]) == np.array([1, 3]), np.array([1, 2]) < 2, np.array([1, 2]) != 1
np.array([[1], [2]]) + np.array([10, 20])
np.array([1, 2]) + np.array([1, 2, 3])
np.array([1, 2], dtype=np.float32) * 0.1
np.array([200], dtype=np.uint8) + np.array([100], dtype=np.uint8)
np.array([1], dtype=np.int32) + np.array([1.5], dtype=np.float32)
np.array([1.0, 2.0]) / 0
np.array([[1, 2], [3, 4]]) @ np.array([[1, 0], [0, 1]])
np.dot([1, 2], [3, 4]), np.matmul([[1, 2]], [[3], [4]]), np.outer([1, 2], [3, 4])
np.dot(np.zeros((2, 3)), np.zeros((4, 5)))
np.zeros((2, 3, 4)).reshape(-1, 4).shape, np.zeros((6,)).reshape((2, 3)).shape, np.arange(6).reshape(2, 3)
np.arange(6).reshape(4, 2)
np.arange(6).reshape(-1, 4)
np.reshape(np.arange(4), (2, 2)), np.arange(4).reshape([2, -1])
np.arange(4).reshape(2, 2).flatten(), np.arange(4).reshape(2, 2).ravel(), np.arange(4).reshape(2, 2).T.shape
np.transpose(np.arange(6).reshape(2, 3)), np.transpose(np.zeros((2, 3, 4)), (2, 0, 1)).shape
np.arange(24).reshape(2, 3, 4).transpose(1, 2, 0)
np.swapaxes(np.zeros((2, 3, 4)), 0, 2).shape, np.moveaxis(np.zeros((2, 3, 4)), 0, -1).shape
np.expand_dims([1, 2], 0), np.expand_dims([1, 2], -1), np.expand_dims(np.zeros((2, 3)), (0, 3)).shape
np.squeeze(np.zeros((1, 3, 1))).shape, np.squeeze(np.zeros((1, 3, 1)), axis=0).shape
np.squeeze(np.zeros((2, 3)), axis=0)
np.concatenate([[1, 2], [3]]), np.concatenate([np.zeros((2, 3)), np.zeros((2, 2))], axis=1).shape
np.concatenate([np.zeros((2, 3)), np.zeros((3, 2))])
np.concatenate((np.zeros((2, 3)), np.ones((1, 3))), axis=-2).shape
np.stack([[1, 2], [3, 4]]), np.stack([np.zeros(3), np.zeros(3)], axis=1).shape, np.stack([np.zeros(3)] * 2, -1).shape
np.vstack([[1, 2], [3, 4]]), np.hstack([[1], [2, 3]]), np.hstack([np.zeros((2, 1)), np.zeros((2, 3))]).shape
np.dstack([np.zeros((2, 3)), np.zeros((2, 3))]).shape, np.column_stack([[1, 2], [3, 4]]).shape
np.append([1, 2], [3]), np.append([[1]], [[2]], axis=0).shape
np.tile([1, 2], 2), np.tile(np.zeros((2, 3)), (2, 1)).shape, np.repeat([1, 2], 2), np.repeat(np.zeros((2, 3)), 3, axis=1).shape
np.pad(np.zeros((2, 3)), 1).shape, np.pad(np.zeros((2, 3)), ((1, 0), (0, 2))).shape, np.pad(np.zeros(3), (1, 2)).shape
[a.shape for a in np.split(np.zeros((6, 2)), 3)], [a.shape for a in np.array_split(np.zeros(7), 3)], np.split(np.arange(5), [2])
np.unique([3, 1, 3]), len(np.unique([1, 1, 2])), np.unique(["b", "a"])
np.argsort([3, 1, 2]), np.sort([3, 1, 2]), np.where(np.array([1, 0, 1]))[0], np.where([True, False], [1, 2], [3, 4])
np.arange(10)[2:5], np.arange(10)[-1], np.arange(10)[::-1], np.arange(6).reshape(2, 3)[1], np.arange(6).reshape(2, 3)[:, 1]
np.arange(6).reshape(2, 3)[0, 2], np.arange(6).reshape(2, 3)[..., None].shape, np.arange(6)[:, np.newaxis].shape
np.arange(3)[5]
np.arange(3)[0, 0]
np.arange(5)[[0, 2]], np.arange(5)[np.array([1, 1])], np.arange(4)[np.array([True, False, True, False])]
np.zeros((4, 5, 6))[[0, 1], :, [2, 3]].shape, np.zeros((4, 5, 6))[:, [0, 1], [2, 3]].shape, np.zeros((4, 5))[np.zeros((2, 3), int)].shape
np.zeros((10, 28, 28))[:3, 2:-2].shape, np.zeros((10, 28))[..., 0].shape, np.zeros((10, 28))[1:9:3].shape
np.random.rand(3, 4).shape, np.random.randn(2).shape, np.random.normal(size=(2, 3)).shape, np.random.randint(0, 5, (4,)).shape
np.random.random((2, 3)).shape, np.random.uniform(0, 1, 5).shape, np.random.randint(10, size=(2, 2)).dtype, np.random.permutation(5).shape
np.random.default_rng(0).normal(size=(3,)).shape, np.random.RandomState(1).rand(2).shape
np.zeros((2, 3)).ndim, np.zeros((2, 3)).size, np.zeros((2, 3)).shape[0], len(np.zeros((2, 3)))
np.int64(3) + 1, np.float32(0.1), np.int32(3.7), np.float64("1.5"), np.uint8(5), np.bool_(1)
float(np.float32(0.1)), int(np.array([5])[0]), np.array([1, 2]).tolist(), np.array([5]).item(), np.array(2.5).item()
np.array([1, 2]).sum(), np.array([1.5]).mean(), np.array([[1, 2]]).max(axis=1), np.array([1, 2]).prod(), np.array([1, 2]).cumsum()
[x + 1 for x in np.arange(3)], sum(np.array([1, 2])), max(np.array([1, 2])), list(np.array([[1, 2], [3, 4]]))[1]
np.pi, np.e, np.inf
np.isnan(1.0), np.isfinite([1.0, np.inf]), np.isscalar(3), np.isclose(0.1 + 0.2, 0.3)
np.array_equal([1, 2], [1, 2]), np.issubdtype(np.float32, np.floating), np.issubdtype(np.int8, np.integer)
np.iinfo(np.int32).max, np.finfo(np.float32).eps
np.meshgrid([1, 2], [3, 4, 5])[0].shape, np.diag([1, 2]).shape, np.triu(np.zeros((3, 3))).shape, np.flip(np.zeros((2, 3))).shape
np.broadcast_to(np.zeros(3), (2, 3)).shape, np.atleast_2d([1, 2]).shape, np.shape([[1, 2]]), np.ndim([1]), np.size([[1, 2]])
np.array([1, 2]).copy(), np.array([[1, 2]]).squeeze(), np.array([1, 2]).reshape(2, 1).repeat(2, axis=1).shape
int(np.round(0.7 * 15)), int(np.prod(np.array([2, 3]) ** 2)), [int(x) for x in np.ceil(np.array([3, 5]) / 2)]
[float(x) for x in np.linspace(0.0, 0.3, 7)]
[x for x in np.linspace(0, 0.1, sum([2, 2, 6, 2]))]
np.concatenate([np.arange(3), np.arange(2)]).tolist(), np.hstack((np.zeros(2), np.ones(1))).tolist()
np.zeros((32, 28, 28, 1)).astype("float32").shape, (np.zeros((32, 10)) / 255.0).shape, (255 - np.zeros((5, 2), "uint8")).dtype
np.float32(1) / 3, np.int64(7) // 2, np.int64(7) / 2, 2 * np.int64(3)
""".strip().splitlines()

_SHAPES_ONLY = {"np.random.randint(10, size=(2, 2)).dtype"}


@pytest.mark.parametrize("expression", _EXPRESSIONS)
def test_an_expression_has_numpys_value(expression: str) -> None:
    assert _without_scalars(evaluate(expression, _IMPORTS)) == _without_scalars(_numpy(expression))


def _without_scalars(value: object) -> object:
    """Return a result with narrow scalars, which are arrays without axes here, as numbers."""
    if isinstance(value, tuple) and value[:2] == ("array", ()):
        return value[3]
    return tuple(map(_without_scalars, value)) if isinstance(value, tuple) else value


_SYMBOLIC = """
np.prod((n, 3, 4))                          formula 12*n
np.prod(n)                                  unknown np.prod(n)
np.zeros((n, 3)).shape                      ('tuple', 'formula n', 3)
np.zeros((n, 28, 28)).reshape(-1, 784).shape ('tuple', 'formula n', 784)
np.zeros((n, 28)).reshape(n, 28, 1).shape   ('tuple', 'formula n', 28, 1)
np.concatenate([np.zeros((n, 3)), np.zeros((2, 3))]).shape ('tuple', 'formula n + 2', 3)
np.zeros((60000, n))[:100].shape            ('tuple', 100, 'formula n')
np.eye(n).shape                             ('tuple', 'formula n', 'formula n')
np.tri(n).shape                             ('tuple', 'formula n', 'formula n')
np.eye(n)[np.zeros((5,), int)].shape        ('tuple', 5, 'formula n')
np.arange(n).shape                          ('tuple', 'formula n')
np.expand_dims(np.zeros((n, 2)), 0).shape   ('tuple', 1, 'formula n', 2)
np.tile(np.zeros((n, 2)), (2, 1)).shape     ('tuple', 'formula 2*n', 2)
(np.zeros((n, 2)) + 1).shape                ('tuple', 'formula n', 2)
np.random.normal(0, 1, (16, n)).shape       ('tuple', 16, 'formula n')
np.floor(n * 2)                             formula 2*n
np.sqrt(n)                                  unknown np.sqrt(n)
int(np.sqrt(n))                             unknown int(np.sqrt(n))
np.maximum(n, 1)                            formula max(1, n)
np.random.rand(3)[0] > 0.5                  unknown
np.random.rand(3).sum() + 1                 shape ()
np.random.rand(3, 2).mean(axis=0).shape     ('tuple', 2)
len(np.unique(np.random.randint(0, 9, 5)))  unknown
int(np.max(np.random.randint(0, 9, 5))) + 1 unknown
(np.zeros((5, 3)) / np.random.rand(5, 3).max()).shape ('tuple', 5, 3)
np.load("x.npy")                            unknown
np.array([n, 2])[1]                         2
np.zeros((2 * n, 3)).reshape(n, -1).shape   ('tuple', 'formula n', 6)
np.zeros((10 ** 6, 10 ** 6)).shape          ('tuple', 1000000, 1000000)
np.prod([10 ** 6] * 10)                     unknown
np.array([np.load(p) for p in "ab"]).reshape(-1, 28, 28, 1).shape[1:] ('tuple', 28, 28, 1)
""".strip().splitlines()


@pytest.mark.parametrize("line", _SYMBOLIC)
def test_unknown_sizes_flow_as_formulas_and_data_are_unknown(line: str) -> None:
    parts = line.rsplit("  ", 1)
    expression, _, expected = (parts[0], "", parts[1]) if len(parts) == 2 else _split_at_result(line)
    found = evaluate(expression.strip(), f"{_IMPORTS}\nfrom nowhere import n")
    text = found if isinstance(found, str) else repr(found)
    if expected.strip() == "unknown":
        assert text.startswith("unknown")
    elif expected.strip() == "shape ()":
        assert isinstance(found, tuple)
        assert found[1] == ()
    else:
        assert text == expected.strip()


def _split_at_result(line: str) -> tuple[str, str, str]:
    for mark in (" ('tuple'", " unknown", " formula"):
        if mark in line:
            head, _, tail = line.rpartition(mark)
            return head, "", mark + tail
    raise AssertionError(line)


def test_labels_of_known_classes_have_that_many_distinct_values() -> None:
    from keraslint.interp.overlays.numpy_reductions import unique
    from keraslint.values.array import Array

    labels = Array((60000,), "uint8")
    labels.classes = 10
    found = unique(None, labels)  # type: ignore[arg-type]
    assert isinstance(found, Array)
    assert found.shape == (10,)


def test_items_of_integer_arrays_are_numpys_integers() -> None:
    from keraslint.values.array import NumpyInt

    found = run(
        "import numpy as np\na = np.array([1, 2])[0]\nb = np.prod([2, 3])\nc = np.zeros((2, 3)).shape[0]\nd = int(b)"
    )
    assert type(found["a"]) is NumpyInt
    assert type(found["b"]) is NumpyInt
    assert type(found["c"]) is int
    assert type(found["d"]) is int
