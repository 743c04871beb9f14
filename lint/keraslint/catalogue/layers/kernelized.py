"""Random features of a kernel (Keras 2, experimental)."""

from __future__ import annotations

from collections.abc import Iterable

from keraslint.catalogue.layers.standard import Standard, settle
from keraslint.catalogue.spec import Call, Output, Refused, WeightSpec, layer
from keraslint.values.shape import Shape

KERNELS = ("gaussian", "laplacian")


@layer()
class RandomFourierFeatures(Standard):
    """Cosines of random projections; only the kernel's scale can be learned."""

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        settle(lambda: self.count("output_dim"), self._check_kernel, self._check_scale)

    def _check_kernel(self) -> None:
        kernel = self.value("kernel_initializer")
        if isinstance(kernel, str) and kernel.lower() not in KERNELS:
            raise Refused(
                f"Unsupported `kernel_initializer`: {kernel} Expected one of: {list(KERNELS)}", received=kernel
            )

    def _check_scale(self) -> None:
        scale = self.value("scale")
        if isinstance(scale, int | float) and scale <= 0:
            raise Refused(f"When provided, `scale` should be a positive float. Received: {scale}", received=scale)

    def input_shape(self, call: Call) -> Shape:
        """Return the input's shape: a batch of vectors."""
        variable, compute = self.host.dtypes(self.value("dtype"))
        if variable != compute:
            raise Refused(
                f"Tensor conversion requested dtype {variable} for Tensor with dtype {compute}", contract="dtype"
            )
        return self.ranked(call, 2)

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield projection and phases, which are drawn once, and the scale."""
        features = self.count("output_dim")
        inputs = self.defined(self.input_shape(call), 1)
        yield WeightSpec("unscaled_kernel", (inputs, features), trainable=False, dtype="float32", why="declared")
        yield WeightSpec("bias", (features,), trainable=False, dtype="float32", why="declared")
        yield WeightSpec("kernel_scale", (1,), dtype="float32")

    def output(self, call: Call) -> Output:
        """Return a feature vector for each example."""
        return (self.input_shape(call)[0], self.count("output_dim"))
