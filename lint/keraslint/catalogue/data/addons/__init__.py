"""``tensorflow_addons`` 0.23, as far as layers are concerned."""

from . import activations, layers, rnn  # isort: skip  what is there, before what answers for all else
from keraslint_addons import __getattr__
