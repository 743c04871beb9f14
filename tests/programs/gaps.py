"""Programs that are not analysed as Keras has them yet: what is missing, and why. One that is mended must leave the list."""

from __future__ import annotations

_STAR = "a name that a star import of Keras may have given is not known, rather than no name"

_ABSENT = "that `keras.layers` has no `CuDNNLSTM` is not known, so what the program falls back on is not either"

GAPS: dict[tuple[str, str], str] = {
    ("capsule_squash.py", "2"): "the shape that `tf.map_fn` gives is not known; counts are",
    ("ddpm_small_unet.py", "3"): "Keras 3 refuses to clone a Lambda over a function that is not registered",
    (
        "layers_built_by_hand_of_one_axis.py",
        "2",
    ): "the output of a nested model that gives a dict is told as a shape; counts are right",
    ("lstm_peephole_stack.py", "2"): "the states of stacked cells are one flat list of shapes, in Keras 2 a nested one",
    ("try_import_fallback.py", "3"): _ABSENT,
    ("try_import_fallback.py", "2"): _ABSENT,
    ("notebook_globals_width.py", "3"): _STAR,
    ("notebook_globals_width.py", "2"): _STAR,
}
"""(name, version) -> the reason."""
