"""Operations on symbolic tensors of random shapes are as real Keras and TensorFlow make them."""

from __future__ import annotations

import pytest

from keraslint.catalogue.versions import Keras
from tests.catalogue.modules import Draw, differences

pytestmark = pytest.mark.tensorflow

BOTH = """
x + 1 | 2 * x | x / 2 | x - x | x ** 2 | -x | x[:, :2] | x[:, -1] | x[..., 0] | x[:, None] | x[:, ::2] | x[:, 1:-1] | x[..., :1]
"""
THREE = """
ops.abs(x) | ops.exp(x) | ops.relu(x) | ops.softmax(x) | ops.softmax(x, axis={axis}) | ops.gelu(x) | ops.silu(x) | ops.sqrt(x)
ops.clip(x, 0, 1) | ops.cumsum(x, axis={axis}) | ops.sort(x, axis={axis}) | ops.roll(x, 1, axis={axis}) | ops.flip(x, axis={axis})
ops.add(x, 1.0) | ops.multiply(x, x) | ops.maximum(x, 0) | ops.equal(x, 0) | ops.logical_not(x > 0) | ops.where(x > 0, x, 0.0)
ops.sum(x) | ops.sum(x, axis={axis}) | ops.mean(x, axis={axis}, keepdims=True) | ops.max(x, axis=-1) | ops.var(x, axis=(1,))
ops.logsumexp(x, axis={axis}) | ops.norm(x, axis=-1) | ops.argmax(x, axis={axis}) | ops.any(x > 0, axis={axis}) | ops.prod(x, axis={axis})
ops.reshape(x, (-1, {n})) | ops.reshape(x, (-1,)) | ops.reshape(x, (-1, {n}, 1)) | ops.ravel(x) | ops.transpose(x)
ops.expand_dims(x, {axis}) | ops.expand_dims(x, 0) | ops.squeeze(ops.expand_dims(x, -1), -1) | ops.squeeze(x, {axis}) | ops.squeeze(x)
ops.swapaxes(x, 0, -1) | ops.moveaxis(x, 1, -1) | ops.concatenate([x, x], axis={axis}) | ops.stack([x, x], axis={axis}) | ops.stack([x, x])
ops.split(x, {n}, axis={axis})[0] | ops.split(x, [1], axis={axis})[1] | ops.unstack(x, axis={axis})[0] | ops.repeat(x, {n}, axis={axis})
ops.repeat(x, {n}) | ops.tile(x, {n}) | ops.tile(x, [1, {n}]) | ops.take(x, [0, 1], axis={axis}) | ops.one_hot(ops.argmax(x, axis=-1), {n})
ops.matmul(x, ops.swapaxes(x, -1, -2)) | ops.matmul(x, ops.ones(({n}, 3))) | ops.dot(x, ops.ones(({n}, 3))) | ops.top_k(x, {n})[0]
ops.einsum("b...d->b...", x) | ops.diff(x, axis={axis}) | ops.zeros_like(x) | ops.ones_like(x) | ops.cast(x, "int32") | ops.isnan(x)
ops.broadcast_to(x, (2, {n}, {n})) | ops.pad(x, [[0, 0]] * {rank}) | ops.pad(x, [[0, 0]] + [[1, 2]] * ({rank} - 1)) | ops.mean(x, axis=[1, -1])
ops.average(x, axis={axis}) | ops.hstack([x, x]) | ops.vstack([x, x]) | ops.tensordot(x, ops.ones(({n}, 2)), axes=1)
"""
TWO = """
tf.abs(x) | tf.exp(x) | tf.nn.relu(x) | tf.nn.softmax(x) | tf.sqrt(x) | tf.math.log(x) | tf.nn.l2_normalize(x, axis={axis}) | tf.clip_by_value(x, 0, 1)
tf.cumsum(x, axis={axis}) | tf.sort(x, axis=-1) | tf.reverse(x, axis=[{axis}]) | tf.add(x, 1.0) | tf.multiply(x, x) | tf.maximum(x, 0.0)
tf.where(x > 0, x, tf.zeros_like(x)) | tf.reduce_sum(x) | tf.reduce_sum(x, axis={axis}) | tf.reduce_mean(x, axis={axis}, keepdims=True)
tf.reduce_max(x, axis=-1) | tf.math.reduce_std(x, axis={axis}) | tf.norm(x, axis=-1) | tf.argmax(x, axis={axis}) | tf.argmax(x)
tf.reshape(x, (-1, {n})) | tf.reshape(x, (-1,)) | tf.reshape(x, (tf.shape(x)[0], -1)) | tf.transpose(x) | tf.expand_dims(x, {axis})
tf.squeeze(tf.expand_dims(x, -1), -1) | tf.squeeze(x, {axis}) | tf.concat([x, x], axis={axis}) | tf.stack([x, x], axis={axis}) | tf.stack([x, x]) | tf.stack([])
tf.split(x, {n}, axis={axis})[0] | tf.unstack(x, axis={axis})[0] | tf.repeat(x, {n}, axis={axis}) | tf.tile(x, [1, {n}]) | tf.gather(x, [0, 1], axis={axis})
tf.one_hot(tf.argmax(x, axis=-1), {n}) | tf.matmul(x, x, transpose_b=True) | tf.matmul(x, tf.ones(({n}, 3))) | tf.math.top_k(x, {n})[0]
tf.einsum("b...d->b...", x) | tf.cast(x, tf.int32) | tf.pad(x, [[0, 0]] + [[1, 2]] * ({rank} - 1)) | tf.square(x) | tf.shape(x)
K.mean(x, axis={axis}) | K.sum(x, axis={axis}, keepdims=True) | K.max(x) | K.concatenate([x, x]) | K.expand_dims(x, {axis}) | K.squeeze(x, {axis})
K.reshape(x, (-1, {n})) | K.batch_flatten(x) | K.permute_dimensions(x, list(range({rank}))) | K.repeat_elements(x, {n}, {axis}) | K.stack([x, x])
K.dot(x, K.ones(({n}, 3))) | K.clip(x, 0, 1) | K.softmax(x) | K.l2_normalize(x, axis={axis}) | K.flatten(x) | K.argmax(x) | K.sqrt(x) | K.abs(x)
"""


def operation(draw: Draw) -> str:
    """Return a module with one operation between an input and the model."""
    own = TWO if draw.keras is Keras.TWO else THREE
    templates = [part.strip() for line in (BOTH + own).splitlines() for part in line.split(" | ") if part.strip()]
    shape = draw.shape(draw.number(1, 3), 1, 6)
    rank = len(shape) + 1
    expression = draw.one(templates).format(axis=draw.one((-1, -1, 1, 1, 2, 0)), n=draw.number(1, 4), rank=rank)
    head = "import tf_keras as keras\nimport tensorflow as tf\nfrom tf_keras import backend as K\n"
    if draw.keras is Keras.THREE:
        head = "import keras\nfrom keras import ops\n"
    return f"{head}\nx = keras.Input({shape!r})\ny = {expression}\nmodel = keras.Model(x, y)\n"


@pytest.mark.parametrize("keras", list(Keras), ids=lambda keras: f"keras-{keras.value}")
def test_operations_are_as_keras_makes_them(keras: Keras) -> None:
    assert differences(keras, {"operation": operation}, 400) == ""
