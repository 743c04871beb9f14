"""Layers without a family: the input, identity, masking, a wrapper, and a function as a layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keraslint.catalogue.layers.standard import SameShape, Standard, dtype_of
from keraslint.catalogue.spec import Call, Output, Refused, Signature, WeightSpec, as_dim, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.array import Array
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.shape import Shape
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined


@layer()
class InputLayer(Standard):
    """What a model begins with."""

    def check(self) -> None:
        """Refuse a shape that is given twice, or not at all."""
        super().check()
        if self.keras is Keras.TWO:
            return
        given = [name for name in ("shape", "batch_shape", "input_tensor") if self.arguments.get(name) is not None]
        if not given:
            raise Refused("You must pass a `shape` argument.")
        if given[:2] == ["shape", "batch_shape"]:
            raise Refused("You cannot pass both `shape` and `batch_shape` at the same time.")
        if "batch_shape" in given and self.arguments.get("batch_size") is not None:
            raise Refused("You cannot pass both `batch_size` and `batch_shape` at the same time.")


@layer()
class Identity(Standard):
    """What goes in comes out, a nest of tensors too."""

    def output(self, call: Call) -> Output:
        """Return the inputs' shapes and dtypes."""
        if self.keras is Keras.TWO and self.arguments.get("dynamic") is True:
            raise Refused(
                "Please run in eager mode or implement the `compute_output_shape` method on your layer (Identity).",
                error="NotImplementedError",
            )
        return same_nest(call.inputs)


@layer()
class Masking(SameShape):
    """Steps where all features have one value are left out by the layers behind."""

    def output(self, call: Call) -> Output:
        """Return the input's shape."""
        shape = call.shape
        if not shape:
            raise Refused("Masking needs an input with an axis", contract="rank", expected=1, shape=shape)
        mask = self.value("mask_value")
        if isinstance(mask, float):
            self.refuse_non_floats(call)
        elif self.keras is Keras.TWO and (
            mask is None or (isinstance(mask, str) and dtype_of(call.inputs) != "string")
        ):
            raise Refused(f"Tried to convert 'y' to a tensor and failed. Received: mask_value={mask!r}", received=mask)
        return self.passed(call, shape)


@layer()
class Wrapper(Standard):
    """The base of layers that hold another; by itself it does nothing with its input."""

    def check(self) -> None:
        """Take the wrapped layer; refuse what is none."""
        super().check()
        inner = self.value("layer")
        if not isinstance(inner, Layer):
            raise Refused(
                f"Layer {inner} supplied to wrapper is not a supported layer type. Please ensure wrapped layer is a "
                "valid Keras layer."
            )
        self.children.append(inner)

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Build the wrapped layer."""
        wrapped = self.children[0]
        if isinstance(wrapped, Model):
            self.host.apply(wrapped, Tensor(call.shape))
        else:
            self.host.build(wrapped, call.shape)
        return ()

    def output(self, call: Call) -> Output:
        """Return the input's shape in Keras 2; Keras 3 has nothing to call."""
        if self.keras is Keras.THREE:
            raise Refused(
                f"Layer {self.class_name} does not have a `call()` method implemented.", error="NotImplementedError"
            )
        return same_nest(call.inputs)


@layer()
class Lambda(Standard):
    """A function as a layer."""

    def check(self) -> None:
        """Refuse what cannot be called."""
        super().check()
        function = self.arguments.get("function")
        if function is None or isinstance(function, bool | int | float | str | list | tuple | dict):
            raise Refused(f"unsupported callable: function={function!r}", error="TypeError", received=function)
        given = self.arguments.get("arguments")
        if given and isinstance(given, bool | int | float | str | list | tuple):
            raise Refused(f"'{type(given).__name__}' object has no attribute 'items'", error="AttributeError")

    def output(self, call: Call) -> Output:
        """Return what the function returns; Keras 3 believes ``output_shape`` where it is given."""
        stated = self.value("output_shape")
        if stated is None or self.keras is Keras.TWO:
            return self._traced(call)
        if isinstance(stated, list | tuple | dict):
            return self._with_batch(stated, first_shape(call.inputs)[0])
        return _as_shapes(self.host.call(stated, _shapes(call.inputs)))

    def _with_batch(self, stated: object, batch: object) -> Output:
        if isinstance(stated, dict):
            return {str(key): self._with_batch(item, batch) for key, item in stated.items()}
        if isinstance(stated, list | tuple) and stated and isinstance(stated[0], list | tuple | dict):
            return [self._with_batch(item, batch) for item in stated]
        return _as_shapes([batch, *stated] if isinstance(stated, list | tuple) else [batch, stated])

    def _traced(self, call: Call) -> Output:
        arguments = self.value("arguments")
        named = {str(key): value for key, value in arguments.items()} if isinstance(arguments, Mapping) else {}
        inputs = call.inputs
        if self.keras is Keras.THREE:
            inputs = _with_dtype(inputs, self.host.dtypes(self.value("dtype"))[1])
        before = self.host.weights_made
        result = self.host.call(self.arguments.get("function"), inputs, **named)
        if self.keras is Keras.TWO and self.host.weights_made > before:
            raise Refused(
                f"The following Variables were created within a Lambda layer ({self.name}) but are not tracked by said "
                "layer: make the layer outside, or write a layer of your own.",
                contract="lambda-variables",
            )
        return _result(result, keep_dtype=self.keras is Keras.TWO)


def same_nest(value: object) -> Output:
    """Return a nest of tensors as shapes and dtypes."""
    match value:
        case list() | tuple():
            return [same_nest(item) for item in value]
        case dict():
            return {str(key): same_nest(item) for key, item in value.items()}
        case _:
            shape, dtype = shape_of(value), dtype_of(value)
            return Signature(shape, dtype) if dtype else shape


def first_shape(value: object) -> Shape:
    """Return the shape of the first tensor in a nest."""
    while isinstance(value, list | tuple | dict) and value:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    return shape_of(value)


def _shapes(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_shapes(item) for item in value]
    return shape_of(value)


def _with_dtype(value: object, dtype: str) -> object:
    match value:
        case Tensor():
            return Tensor(value.raw_shape, dtype)
        case list():
            return [_with_dtype(item, dtype) for item in value]
        case tuple():
            return tuple(_with_dtype(item, dtype) for item in value)
        case dict():
            return {key: _with_dtype(item, dtype) for key, item in value.items()}
        case _:
            return value


def _as_shapes(value: object) -> Output:
    """Return a shape, or a nest of shapes, that the program made."""
    match value:
        case Unknown():
            raise Undetermined(value)
        case list() | tuple() if any(isinstance(item, list | tuple) for item in value):
            return [_as_shapes(item) for item in value]
        case list() | tuple():
            return tuple(None if item is None else as_dim(item, "output_shape") for item in value)
        case _:
            raise Refused(f"`output_shape` does not give a shape: {value!r}", error="TypeError", received=value)


def _result(value: object, *, keep_dtype: bool) -> Output:
    """Return what a traced function returned as shapes."""
    match value:
        case Unknown():
            raise Undetermined(value)
        case Tensor() | Array():
            shape = shape_of(value)
            return Signature(shape, value.dtype) if keep_dtype else shape
        case list() | tuple():
            return [_result(item, keep_dtype=keep_dtype) for item in value]
        case dict():
            return {str(key): _result(item, keep_dtype=keep_dtype) for key, item in value.items()}
        case int() | float():
            return ()
        case None:
            raise Refused("The function of a Lambda layer has to return a tensor. Received: None", error="TypeError")
        case _:
            undetermined(Why.UNSUPPORTED, f"a Lambda that returns {type(value).__name__}")
