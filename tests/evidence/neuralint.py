"""NeuraLint's 23 rules, which of ours answer each, and a program that shows it; the test runs the programs."""

from __future__ import annotations

RULES: tuple[tuple[str, str, str], ...] = (
    ("missing reshape", "KL301", "KL301: A recurrent layer over a vector"),
    ("missing flatten", "KL307, KL402", "KL307: A functional model"),
    ("feature map too small for kernel or pool", "KL302", "KL302: Pooling in a loop that is one too long"),
    ("reshape that changes the batch dimension", "KL305", "KL305: The batch in the target"),
    ("reshape that changes the number of elements", "KL305", "KL305: A decoder's first reshape"),
    ("stacked activations", "KL504", "KL504: Softmax in the layer and behind it"),
    ("no non-linearity", "KL503", "KL503: A perceptron that forgot its activations"),
    ("softmax missing", "KL401", "KL401: A head made by a helper"),
    ("sigmoid missing (binary)", "KL401", "KL401: A loss by class, and dropout behind the head"),
    ("wrong last activation (binary)", "KL402, KL403", "KL403: relu before binary cross-entropy"),
    (
        "a loss that wants logits and gets probabilities",
        "KL401",
        "KL401: Softmax as a layer of its own, with logits expected",
    ),
    ("a loss that wants probabilities and gets logits", "KL401", "KL401: A head made by a helper"),
    ("constant weights", "KL505", "KL505: Ones, in a helper"),
    ("non-zero bias", "does not apply: a constant bias breaks no symmetry, and Keras' own recipes set it", "–"),
    ("initialised twice", "does not apply: TensorFlow 1 only", "–"),
    ("never initialised", "does not apply: TensorFlow 1 only", "–"),
    (
        "no iterative update",
        "does not apply: TensorFlow 1 only; a model that is never compiled is KL701",
        "KL701: Built by a function that forgets it",
    ),
    ("bias before BatchNormalization", "KL501", "KL501: A helper that makes three of them"),
    ("dropout before BatchNormalization", "KL502", "KL502: In a loop"),
    (
        "dropout before pooling",
        "does not apply: max pooling of what dropout leaves is a regulariser of its own (arXiv 1512.01400)",
        "–",
    ),
    ("no pooling", "KL511", "KL511: No pooling"),
    ("pooling that is not max", "KL511", "KL511: Averages"),
    ("kernels that shrink", "KL512", "KL512: Straight on"),
    ("Dense that widens", "KL514", "KL514: Straight on"),
    ("filters that shrink", "KL513", "KL513: A Sequential"),
    ("pooling after every convolution", "KL515", "KL515: A Sequential"),
    ("uneven convolution blocks", "KL516", "KL516: A Sequential"),
)
"""NeuraLint's rule (as 27 flags), our answer, and the code and title of a case in `tests/rules/cases`."""
