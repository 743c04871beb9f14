"""``keras.applications``: which function builds which model, and the text of our own builders of them.

The builders are plain Keras programs, kept as data in ``data/applications`` and never imported: evaluation reads one
when a program calls it, as it reads any other module. What differs between versions is a branch in that text.
"""

from __future__ import annotations

from pathlib import Path

from keraslint.source.text import SourceFile

_FILES = {
    "ConvNeXt": "convnext",
    "DenseNet": "densenet",
    "EfficientNetV2": "efficientnet_v2",
    "EfficientNet": "efficientnet",
    "InceptionResNet": "inception_resnet",
    "Inception": "inception",
    "MobileNetV3": "mobilenet_v3",
    "MobileNetV2": "mobilenet_v2",
    "MobileNet": "mobilenet",
    "NASNet": "nasnet",
    "RegNet": "regnet",
    "ResNetRS": "resnet_rs",
    "ResNet": "resnet",
    "VGG": "vgg",
    "Xception": "xception",
}
"""How a function's name begins, and the file that has its builder; the longer beginning stands first."""

_MODES = {
    "densenet": "torch",
    "inception_resnet_v2": "tf",
    "inception_v3": "tf",
    "mobilenet": "tf",
    "mobilenet_v2": "tf",
    "nasnet": "tf",
    "resnet_v2": "tf",
    "xception": "tf",
    "convnext": "",
    "efficientnet": "",
    "efficientnet_v2": "",
    "mobilenet_v3": "",
    "regnet": "",
    "resnet_rs": "",
}
"""How a module's ``preprocess_input`` changes its pixels; empty where it hands them back."""

FIXED = ("common", "preprocessing")
"""Files that are no builders: what builders share, and ``preprocess_input``."""


def file_of(name: str) -> str:
    """Return the file that has the builder of a function of ``keras.applications``; empty where there is none."""
    return next((file for beginning, file in _FILES.items() if name.startswith(beginning)), "")


def mode_of(module: str) -> str:
    """Return the mode in which a module's ``preprocess_input`` works (``"tf"``, ``"torch"``, ``"caffe"`` or none)."""
    return _MODES.get(module, "caffe")


def source_of(file: str) -> SourceFile:
    """Return the text of one of our files."""
    path = Path(__file__).parent / "data" / "applications" / f"{file}.py"
    return SourceFile(path.name, path.read_text(encoding="utf-8"))
