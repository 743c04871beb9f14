"""Programs that are not analysed as Keras has them yet: what is missing, and why. One that is mended must leave the list."""

from __future__ import annotations

_JSON = "the text that `to_json` gives is not followed, so the model that `model_from_json` makes of it is missing"
_MASK = "masks that Keras hands on by itself are not followed: a `call` with a `mask` parameter sees None"

GAPS: dict[tuple[str, str], str] = {
    ("capsule_squash.py", "2"): "the shape that `tf.map_fn` gives is not known; counts are",
    ("clone_and_json.py", "3"): _JSON,
    ("clone_and_json.py", "2"): _JSON,
    ("ddpm_small_unet.py", "3"): "Keras 3 refuses to clone a Lambda over a function that is not registered",
    ("dueling_dqn.py", "2"): "whether `keras` has `ops` is not known, so one shape is not; counts are",
    ("masking_variable_length.py", "3"): _MASK,
    ("masking_variable_length.py", "2"): _MASK,
}
"""(name, version) -> the reason."""
