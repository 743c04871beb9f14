"""Layers around another layer: Bidirectional and TimeDistributed."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.merging import Merge
from keraslint.catalogue.layers.recurrent import Recurrent
from keraslint.catalogue.layers.standard import Standard
from keraslint.catalogue.registered import check_registered
from keraslint.catalogue.spec import Call, Output, Refused, Signature, WeightSpec, layer, shape_of
from keraslint.catalogue.versions import Keras
from keraslint.values.layer import Layer, Model, Tensor
from keraslint.values.program import Class, Missing
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown, Why, undetermined

MERGE_MODES = ("sum", "mul", "ave", "concat", None)


@layer()
class Bidirectional(Standard):
    """A recurrent layer forwards and a copy of it (or another) backwards."""

    def check(self) -> None:
        """Copy the layer twice; refuse what is no recurrent layer, and two that do not go together."""
        super().check()
        wrapped, backward = self.arguments.get("layer"), self.arguments.get("backward_layer")
        mode = self.arguments.get("merge_mode", "concat")
        if not isinstance(mode, Unknown) and mode not in MERGE_MODES:
            raise Refused(
                f"Invalid merge mode. Received: {mode!r}. Merge mode should be one of "
                '{"sum", "mul", "ave", "concat", None}'
            )
        if isinstance(wrapped, Unknown) or isinstance(backward, Unknown):
            return
        if not isinstance(wrapped, Layer):
            raise Refused(
                f"Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. Received: {wrapped!r}"
            )
        if backward is not None and not isinstance(backward, Layer):
            raise Refused(f"`backward_layer` need to be a `keras.layers.Layer` instance. Received: {backward!r}")
        spec = recurrent(wrapped)
        if self.keras is Keras.THREE:  # it makes the copies from the serialized layer
            check_registered(self.host.custom_objects, wrapped)
        forward = self.host.clone(wrapped, name=f"forward_{wrapped.name.removeprefix('forward_')}")
        if backward is None:
            is_back = not spec.flag("go_backwards") if self.keras is Keras.TWO else True
            name = f"backward_{wrapped.name.removeprefix('backward_')}"
            backward = self.host.clone(wrapped, name=name, go_backwards=is_back)
        self._check_pair(recurrent(forward), recurrent(backward))
        self.children += [forward, backward]

    def _check_pair(self, forward: Recurrent, backward: Recurrent) -> None:
        if forward.flag("go_backwards") == backward.flag("go_backwards"):
            raise Refused(
                "Forward layer and backward layer should have different `go_backwards` value. Received: "
                f"forward_layer.go_backwards {forward.flag('go_backwards')}"
            )
        for name in ("stateful", "return_sequences", "return_state"):
            if forward.flag(name) != backward.flag(name):
                raise Refused(
                    "Forward layer and backward layer are expected to have the same value for attribute "
                    f'"{name}", got "{forward.flag(name)}" for forward layer and "{backward.flag(name)}" for '
                    "backward layer"
                )

    def pair(self) -> tuple[Layer, Layer]:
        """Return the two layers."""
        if len(self.children) != 2:
            self.value("layer")
            self.value("backward_layer")
            undetermined(Why.UNSUPPORTED, f"the layers of {self.name}")
        forward, backward = self.children
        return forward, backward

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Build both for the input."""
        forward, backward = self.pair()
        shape = recurrent(forward).sequences(call)
        self.host.build(forward, shape)
        self.host.build(backward, shape)
        return ()

    def output(self, call: Call) -> Output:
        """Return the merged output, and the states of both where they are asked for."""
        forward, backward = self.pair()
        inputs, initial = recurrent(forward).split(call)
        if self.keras is Keras.THREE:
            recurrent(forward).sequences(call)
            return self._output_3(nest_of(self.host.apply(forward, inputs)), recurrent(forward))
        first, second = self._states(initial)
        result = self.host.apply(forward, inputs, **first)
        back = nest_of(self.host.apply(backward, inputs, **second))
        output = self._output_2(nest_of(result), back, recurrent(forward))
        tensors = list(result) if isinstance(result, list | tuple) else [result]
        return with_dtypes(output, tensors if isinstance(output, list) else tensors[0])

    def _states(self, initial: object) -> tuple[dict[str, object], dict[str, object]]:
        if initial is None:
            return {}, {}
        if isinstance(initial, Unknown):
            raise Undetermined(initial)
        states = list(initial) if isinstance(initial, list | tuple) else [initial]
        if len(states) % 2:
            raise Refused(
                "When passing `initial_state` to a Bidirectional RNN, the state should be a list containing the "
                f"states of the underlying RNNs. Received: {len(states)} states",
                contract="inputs",
                received=len(states),
            )
        _, compute = self.host.dtypes(self.arguments.get("dtype"))
        if any(layer.compute_dtype != compute for layer in self.pair()):
            raise Refused(
                f"Input 'b' of 'MatMul' Op has type {self.pair()[0].compute_dtype} that does not match type {compute} "
                "of argument 'a'.",
                error="TypeError",
                contract="dtype",
            )
        half = len(states) // 2
        return {"initial_state": states[:half]}, {"initial_state": states[half:]}

    def _output_3(self, output: Output, spec: Recurrent) -> Output:
        """Return what Keras 3 says: all of it follows from the forward layer."""
        states: list[Output] = []
        if isinstance(output, list) and spec.flag("return_state"):
            states = output[1:]
            output = output[0]
        if states and spec.flag("stateful"):
            raise Refused("unsupported operand type(s) for *: 'generator' and 'int'", error="TypeError")
        mode = self.value("merge_mode")
        if mode is None:
            return [output, output, *states, *states]
        if mode == "concat" and isinstance(output, tuple):
            last = output[-1]
            output = (*output[:-1], None if last is None else last * 2)
        return [output, *states, *states] if spec.flag("return_state") else output

    def _output_2(self, there: Output, back: Output, spec: Recurrent) -> Output:
        states: list[Output] = []
        if spec.flag("return_state") and isinstance(there, list) and isinstance(back, list):
            states = [*there[1:], *back[1:]]
            there, back = there[0], back[0]
        mode = self.value("merge_mode")
        if mode is None:
            return [there, back, *states]
        if not isinstance(there, tuple) or not isinstance(back, tuple):
            undetermined(Why.UNSUPPORTED, f"the output of {self.name}")
        if mode == "concat":
            left, right = there[-1], back[-1]
            merged: Output = (*there[:-1], None if left is None or right is None else left + right)
        else:
            merged = Merge("Add", {"name": self.name}, self.host).output(Call(([Tensor(there), Tensor(back)],), {}))
        return [merged, *states] if spec.flag("return_state") else merged


@layer()
class TimeDistributed(Standard):
    """A layer applied to every step of the second axis."""

    def check(self) -> None:
        """Take the layer as a sublayer."""
        super().check()
        wrapped = self.arguments.get("layer")
        if isinstance(wrapped, Unknown):
            return
        if not isinstance(wrapped, Layer):
            raise Refused(
                f"Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. Received: {wrapped!r}"
            )
        self.children.append(wrapped)

    def wrapped(self) -> Layer:
        """Return the layer inside."""
        if not self.children:
            self.value("layer")
            undetermined(Why.UNSUPPORTED, f"the layer of {self.name}")
        return self.children[0]

    def step(self, call: Call) -> tuple[Shape, Shape]:
        """Return the shape of the input, and of one step of it."""
        shape = call.shape
        if len(shape) < 3:
            raise Refused(
                "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, received: "
                f"{shape_text(shape)}",
                contract="rank",
                expected=3,
                shape=shape,
            )
        return shape, (shape[0], *shape[2:])

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Build the layer for one step."""
        wrapped = self.wrapped()
        if self.keras is Keras.TWO and not isinstance(call.inputs, Tensor):
            return ()
        _, step = self.step(call)
        if isinstance(wrapped, Model):
            self.host.apply(wrapped, Tensor(step))
        else:
            self.host.build(wrapped, step)
        return ()

    def output(self, call: Call) -> Output:
        """Return the layer's output with the second axis put back."""
        wrapped = self.wrapped()
        shape, step = self.step(call)
        dtype = call.inputs.dtype if isinstance(call.inputs, Tensor) else "float32"
        if self.keras is Keras.TWO:
            result = self.host.apply(wrapped, Tensor((None, *step[1:]), dtype))
            inner = nest_of(result)
            if not isinstance(inner, tuple):
                raise Refused("'list' object has no attribute 'shape'", error="AttributeError")
            return with_dtypes((shape[0], shape[1], *inner[1:]), result)
        output = self._shape_3(wrapped, Tensor(step, dtype))
        if not isinstance(output, tuple):
            raise Refused(
                "can only concatenate tuple to tuple: the layer inside has several outputs", error="TypeError"
            )
        return (output[0], shape[1], *output[1:])

    def _shape_3(self, wrapped: Layer, step: Tensor) -> Output:
        """Return what the layer's ``compute_output_shape`` says: Keras 3 asks nothing else."""
        if not isinstance(wrapped.cls, Class) or isinstance(wrapped, Model):
            return nest_of(self.host.apply(wrapped, step))
        method = wrapped.cls.find("compute_output_shape")
        if isinstance(method, Missing):
            if wrapped.spec is not None:
                return nest_of(self.host.apply(wrapped, step))
            raise Refused(
                f"Layer {wrapped.name} should implement `def compute_output_shape(self, input_shape)`.",
                error="NotImplementedError",
            )
        shape = self.host.call(method, wrapped, step.known_shape())
        if isinstance(shape, Unknown):
            raise Undetermined(shape)
        return tuple(shape) if isinstance(shape, list | tuple) else undetermined(Why.UNSUPPORTED, "a shape")


def recurrent(wrapped: Layer) -> Recurrent:
    """Return the knowledge of a recurrent layer; refuse a layer of Keras that is none."""
    if isinstance(wrapped.spec, Recurrent):
        return wrapped.spec
    if wrapped.cls is not None:
        undetermined(Why.UNSUPPORTED, f"the recurrent layer {wrapped.name}")
    raise Refused(
        f"{wrapped.class_name!r} object has no attribute 'go_backwards'", error="AttributeError", contract="argument"
    )


def nest_of(value: object) -> Output:
    """Return what a layer returned as a nest of shapes."""
    match value:
        case list() | tuple():
            return [nest_of(item) for item in value]
        case Unknown():
            raise Undetermined(value)
        case _:
            return shape_of(value)


def with_dtypes(output: Output, value: object) -> Output:
    """Return a nest of shapes with the dtypes of the tensors that it was made of."""
    match output, value:
        case tuple(), Tensor():
            return Signature(output, value.dtype)
        case list(), list() | tuple():
            first = value[0] if value else None
            others = [*value, *[first] * len(output)]
            return [with_dtypes(item, other) for item, other in zip(output, others, strict=False)]
        case _:
            return output
