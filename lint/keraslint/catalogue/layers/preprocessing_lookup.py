"""Lookup tables: StringLookup, IntegerLookup and TextVectorization. A vocabulary is no weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from keraslint.catalogue.layers.preprocessing_categories import Encoding, length_of
from keraslint.catalogue.layers.standard import Standard, listed
from keraslint.catalogue.spec import Call, Output, Refused, Signature, WeightSpec, as_dim, layer
from keraslint.catalogue.versions import Keras
from keraslint.values.dim import Dim
from keraslint.values.program import Function
from keraslint.values.shape import Shape, shape_text
from keraslint.values.unknown import Undetermined, Unknown, Why


class Lookup(Encoding):
    """What the lookups share: the size of the vocabulary, and the encoding of the indices."""

    modes = ("int", "one_hot", "multi_hot", "count", "tf_idf")
    older: Mapping[str, str] = {"binary": "multi_hot", "tf-idf": "tf_idf"}

    def check(self) -> None:
        """Refuse what the constructor refuses."""
        super().check()
        self.learned: Sequence[object] | Unknown | None = None
        tokens, oov = self.arguments.get("max_tokens"), self.arguments.get("num_oov_indices")
        if isinstance(tokens, int) and tokens <= 1:
            raise Refused(f"If set, `max_tokens` must be greater than 1. Received: max_tokens={tokens}")
        if self.arguments.get("pad_to_max_tokens") is True and tokens is None:
            raise Refused(f"If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens={tokens}")
        if isinstance(oov, int) and oov < 0:
            raise Refused(f"`num_oov_indices` must be greater than or equal to 0. Received: num_oov_indices={oov}")
        self.check_mode()
        if isinstance(self.arguments.get("output_mode"), Unknown):
            return
        invert = self.arguments.get("invert")
        if invert and not isinstance(invert, Unknown) and self.mode() != "int":
            raise Refused(f"`output_mode` must be `'int'` when `invert` is true. Received: output_mode={self.mode()}")
        if self.arguments.get("idf_weights") is not None and self.mode() != "tf_idf":
            raise Refused(
                f"`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: output_mode={self.mode()}"
            )
        if self.keras is Keras.TWO:
            self.check_integer_dtype()
        self._check_salt()
        self._check_vocabulary()

    def _check_salt(self) -> None:
        salt = self.arguments.get("salt")
        is_pair = isinstance(salt, list | tuple) and len(salt) == 2
        if salt is not None and not is_pair and not isinstance(salt, int | Unknown):
            raise Refused(
                "The `salt` argument for `IndexLookup` can only be a tuple of 2 integers, or a single integer. "
                f"Received: salt={salt!r}."
            )

    def _check_vocabulary(self) -> None:
        vocabulary = self.arguments.get("vocabulary")
        if vocabulary is None or isinstance(vocabulary, Unknown):
            return
        weights = self.arguments.get("idf_weights")
        if self.mode() == "tf_idf" and weights is None:
            raise Refused("`idf_weights` must be set if output_mode is 'tf_idf'.")
        if isinstance(vocabulary, str):
            if self.keras is Keras.THREE:
                raise Refused(f"Requested the loading of a vocabulary file: {vocabulary!r}", contract="argument")
            return
        vocabulary = listed(vocabulary)
        if isinstance(vocabulary, list | tuple):
            self._check_kinds(vocabulary)
            self._check_tokens(vocabulary)
            if isinstance(weights, list | tuple) and len(weights) != len(vocabulary):
                raise Refused(
                    f"`idf_weights` must be the same length as vocabulary. len(idf_weights) is {len(weights)}; "
                    f"len(vocabulary) is {len(vocabulary)}"
                )

    def _check_kinds(self, vocabulary: Sequence[object]) -> None:
        """Refuse tokens that do not become what is looked up; a class that looks up something else says so."""

    def _check_tokens(self, vocabulary: Sequence[object]) -> None:
        if not vocabulary:
            raise Refused(f"Cannot set an empty vocabulary. Received: vocabulary={vocabulary}")
        tokens = self._own_tokens(vocabulary)
        known = [token for token in tokens if isinstance(token, str | int | float | bytes)]
        if len(known) != len(tokens):
            return
        if len(set(known)) != len(known):
            raise Refused(
                "The passed vocabulary has at least one repeated term. Please uniquify your dataset. "
                f"The repeated terms are: {sorted({str(token) for token in known if known.count(token) > 1})}"
            )
        mask, oov = self.arguments.get("mask_token"), self.arguments.get("oov_token")
        if mask is not None and mask in known:
            raise Refused(f"Found reserved mask token at unexpected location in `vocabulary`: {mask!r}")
        if oov is not None and self.arguments.get("invert") is True and oov in known:
            raise Refused(f"Found reserved OOV token at unexpected location in `vocabulary`: {oov!r}")
        limit = self.arguments.get("max_tokens")
        size = self.first_token() + len(tokens)
        if isinstance(limit, int) and isinstance(size, int) and size > limit:
            raise Refused(
                "Attempted to set a vocabulary larger than the maximum vocab size. "
                f"Received vocabulary size is {size}; `max_tokens` is {limit}."
            )

    def _own_tokens(self, vocabulary: Sequence[object]) -> Sequence[object]:
        """Return the vocabulary without the special tokens that it may begin with."""
        start = self.first_token()
        if not isinstance(start, int):
            return vocabulary
        special = self.special_tokens()
        has_special = bool(special) and [*vocabulary[:start]] == special
        return vocabulary[start:] if has_special else vocabulary

    def _oov_count(self) -> int:
        count = self.value("num_oov_indices")
        return count if isinstance(count, int) else 0

    def first_token(self) -> Dim:
        """Return the index of the first token that is no special one."""
        has_mask = self.value("mask_token") is not None and self.mode() == "int"
        return as_dim(self.arguments.get("num_oov_indices"), "num_oov_indices") + int(has_mask)

    def learn(self, vocabulary: Unknown) -> None:
        """Take note that ``adapt`` or ``set_vocabulary`` has given a vocabulary that is not known."""
        self.learned = vocabulary

    def set_tokens(self, vocabulary: Sequence[object]) -> None:
        """Take over the vocabulary that ``set_vocabulary`` gives."""
        self._check_tokens(vocabulary)
        self.learned = list(self._own_tokens(vocabulary))

    def learn_from(self, data: Sequence[object]) -> None:
        """Take over the tokens that ``adapt`` finds, the most frequent ones first, as many as there may be."""
        special = self.special_tokens()
        counts = Counter(item for item in data if item not in special)
        found = sorted(counts, key=lambda token: (counts[token], str(token)), reverse=True)
        limit, first = self.value("max_tokens"), self.first_token()
        if isinstance(limit, int) and isinstance(first, int):
            found = found[: limit - first]
        self.learned = found

    def tokens(self) -> Sequence[object] | None:
        """Return the tokens, special ones apart; None where they are not known."""
        vocabulary = self.value("vocabulary")
        if isinstance(vocabulary, list | tuple):
            return self._own_tokens(vocabulary)
        if vocabulary is None:
            return None if isinstance(self.learned, Unknown) else self.learned or ()
        return None

    def special_tokens(self) -> list[object]:
        """Return the tokens for what is masked and for what is not in the vocabulary."""
        start = self.first_token()
        count = start if isinstance(start, int) else 0
        return [self.value("mask_token")] * (count - self._oov_count()) + [self.value("oov_token")] * self._oov_count()

    def vocabulary_size(self) -> Dim | None:
        """Return the size of the vocabulary with its special tokens, None where there is none yet."""
        vocabulary = self.value("vocabulary")
        match vocabulary:
            case None:
                learned = self.learned
                if isinstance(learned, Unknown):
                    raise Undetermined(learned)
                return None if learned is None else self.first_token() + len(learned)
            case str():
                raise Undetermined(Unknown(Why.DATA, f"the vocabulary in the file {vocabulary}"))
            case list() | tuple():
                return self.first_token() + len(self._own_tokens(vocabulary))
            case _:
                return self.first_token() + length_of(vocabulary, "the vocabulary")

    def depth(self) -> Dim | None:
        """Return the number of columns of an encoding."""
        if self.flag("pad_to_max_tokens"):
            return as_dim(self.value("max_tokens"), "max_tokens")
        return self.vocabulary_size()

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the variables that Keras 2 keeps for inverse document frequencies; their length is open."""
        if self.keras is Keras.TWO and self.mode() == "tf_idf":
            yield WeightSpec("idf_weights", (None,), trainable=False, why="statistic")
            if self.value("vocabulary") is None:
                yield WeightSpec("num_documents", (), trainable=False, dtype="int64", why="count")

    def output(self, call: Call) -> Output:
        """Return the shape of the indices, or of their encoding."""
        return self.looked_up(call.shape)

    def looked_up(self, shape: Shape) -> Output:
        """Return what becomes of tokens of a shape."""
        mode = self.mode()
        if mode == "int":
            return Signature(shape, self._integer_dtype())
        depth = self.depth()
        if self.keras is Keras.TWO:
            if depth is None:
                raise Refused(
                    f"When using `output_mode={mode}` and `pad_to_max_tokens=False`, you must set the layer's "
                    "vocabulary before calling it. Either pass a `vocabulary` argument to the layer, or call `adapt` "
                    "with some sample data.",
                    error="RuntimeError",
                    contract="vocabulary",
                )
            return _as_float(self.encoded_2(shape, depth))
        if mode == "one_hot":
            is_column = len(shape) > 1 and shape[-1] == 1
            return Signature((*(shape[:-1] if is_column else shape), depth), "float32")
        return Signature((*shape[:-1], depth), "float32")

    def _integer_dtype(self) -> str:
        if self.keras is Keras.TWO and self.flag("invert"):
            return "string" if self.class_name == "StringLookup" else "int64"
        return "int64"


@layer()
class StringLookup(Lookup):
    """Strings to indices."""

    def check(self) -> None:
        """Refuse special tokens that are no strings (Keras 2)."""
        for name in ("mask_token", "oov_token"):
            token = self.arguments.get(name)
            if self.keras is Keras.TWO and isinstance(token, int | float):
                raise Refused(
                    f"Cannot convert {token} to EagerTensor of dtype string", error="TypeError", received=token
                )
        super().check()

    def _check_kinds(self, vocabulary: Sequence[object]) -> None:
        if vocabulary and all(isinstance(token, int | float) for token in vocabulary):
            raise Refused(
                f"Failed to convert a NumPy array to a Tensor (Unsupported object type {type(vocabulary[0]).__name__})."
            )


@layer()
class IntegerLookup(Lookup):
    """Integers to indices."""

    def _check_kinds(self, vocabulary: Sequence[object]) -> None:
        for token in vocabulary:
            if isinstance(token, str) and not token.strip().lstrip("+-").isdecimal():
                raise Refused(f"invalid literal for int() with base 10: {token!r}")

    def check(self) -> None:
        """Refuse a vocabulary of another dtype."""
        dtype = self.arguments.get("vocabulary_dtype")
        if isinstance(dtype, str):
            if self.keras is Keras.THREE and dtype != "int64":
                raise Refused(
                    f"Only `vocabulary_dtype='int64'` is supported at this time. Received: vocabulary_dtype={dtype}"
                )
            if self.keras is Keras.TWO and "int" not in dtype:
                raise Refused(f"`vocabulary_dtype` must be an integer dtype. Received: {dtype}")
        super().check()


@layer()
class TextVectorization(Standard):
    """Texts to sequences of indices, or to an encoding of them."""

    def check(self) -> None:
        """Refuse what the constructor refuses; make the lookup inside."""
        super().check()
        dtype = self.arguments.get("dtype")
        if self.keras is Keras.TWO and isinstance(dtype, str) and dtype != "string":
            raise Refused(f"`TextVectorization` may only have a dtype of string. Received dtype: {dtype}.")
        allowed = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
        self._check_choice("standardize", allowed)
        self._check_choice("split", ("whitespace", "character"))
        names = ("max_tokens", "vocabulary", "idf_weights", "pad_to_max_tokens", "sparse")
        arguments = {name: self.arguments.get(name) for name in names}
        mode = self.arguments.get("output_mode")
        self.lookup = StringLookup(
            "StringLookup",
            {
                **arguments,
                "output_mode": "int" if mode is None else mode,
                "num_oov_indices": 1,
                "mask_token": "",
                "oov_token": "[UNK]",
                "invert": False,
            },
            self.host,
        )
        if mode is None and self.keras is Keras.THREE:
            raise Refused("Unknown value for `output_mode` argument of TextVectorization. Received: output_mode=None")
        if mode == "one_hot" and self.keras is Keras.TWO:
            raise Refused("Unknown value for `output_mode` argument of TextVectorization: one_hot")
        self._check_lengths(mode)
        self.lookup.check()

    def _check_choice(self, name: str, allowed: tuple[str, ...]) -> None:
        value = self.arguments.get(name)
        if value is None or isinstance(value, Unknown | Function) or value in allowed:
            return
        if isinstance(value, str | int | float | list | tuple):
            raise Refused(
                f"Unknown value for `{name}` argument of TextVectorization. Allowed values are: {allowed}. "
                f"Received: {name}={value!r}"
            )

    def _check_lengths(self, mode: object) -> None:
        if isinstance(mode, Unknown):
            return
        ngrams, length = self.arguments.get("ngrams"), self.arguments.get("output_sequence_length")
        is_range = isinstance(ngrams, tuple) and all(isinstance(item, int | Unknown) for item in ngrams)
        if ngrams is not None and not isinstance(ngrams, int | Unknown) and not is_range:
            raise Refused(f"`ngrams` must be None, an integer, or a tuple of integers. Received: ngrams={ngrams!r}")
        if mode == "int" and isinstance(length, float | str | list | tuple):
            raise Refused(
                "`output_sequence_length` must be either None or an integer when `output_mode` is 'int'. "
                f"Received: output_sequence_length={length!r}"
            )
        if mode != "int" and length is not None:
            raise Refused(
                "`output_sequence_length` must not be set if `output_mode` is not 'int'. "
                f"Received output_sequence_length={length}."
            )
        ragged = self.arguments.get("ragged") is True
        if ragged and (mode != "int" or (self.keras is Keras.TWO and length is not None)):
            raise Refused(
                "`ragged` must not be true if `output_mode` is not `'int'`, nor with an `output_sequence_length`. "
                f"Received: output_mode={mode}"
            )

    def learn(self, vocabulary: Unknown) -> None:
        """Take note that there is a vocabulary that is not known."""
        self.lookup.learn(vocabulary)

    def set_tokens(self, vocabulary: Sequence[object]) -> None:
        """Take over the vocabulary that ``set_vocabulary`` gives."""
        self.lookup.set_tokens(vocabulary)

    def learn_from(self, data: Sequence[object]) -> None:
        """Take over the words of texts."""
        standardize, split = self.value("standardize"), self.value("split")
        if standardize not in _STANDARD or split not in {None, "whitespace", "character"} or self.given("ngrams"):
            self.lookup.learn(Unknown(Why.DATA, f"the vocabulary of {self.name}, which adapt() finds in data"))
            return
        words: list[object] = []
        for text in map(str, data):
            plain = text.lower() if standardize in {"lower", "lower_and_strip_punctuation"} else text
            if standardize in {"strip_punctuation", "lower_and_strip_punctuation"}:
                plain = plain.translate(_NO_PUNCTUATION)
            words += [plain] if split is None else plain.split() if split == "whitespace" else list(plain)
        self.lookup.learn_from(words)

    def tokens(self) -> Sequence[object] | None:
        """Return the tokens, special ones apart; None where they are not known."""
        return self.lookup.tokens()

    def special_tokens(self) -> list[object]:
        """Return the tokens for what is masked and for what is not in the vocabulary."""
        return self.lookup.special_tokens()

    def first_token(self) -> Dim:
        """Return the index of the first token that is no special one."""
        return self.lookup.first_token()

    def vocabulary_size(self) -> Dim | None:
        """Return the size of the vocabulary with its special tokens."""
        return self.lookup.vocabulary_size()

    def weights(self, call: Call) -> Iterable[WeightSpec]:
        """Yield the lookup's."""
        return self.lookup.weights(call)

    def output(self, call: Call) -> Output:
        """Return (batch, length), or the encoding's shape."""
        shape = call.shape
        mode = self.lookup.mode()
        length = self.value("output_sequence_length")
        size = None if length is None else as_dim(length, "output_sequence_length")
        if self.keras is Keras.TWO:
            return self._output_2(shape, size)
        if mode == "int":
            if not shape:
                raise Refused("tuple index out of range", error="IndexError", contract="rank", shape=shape)
            return Signature((shape[0], size), "int64")
        if self.value("split") is not None:
            return self.lookup.looked_up((*shape, None))
        return self.lookup.looked_up(shape if len(shape) > 1 else (*shape, 1))

    def _output_2(self, shape: Shape, size: Dim | None) -> Output:
        """Return what tracing finds: splitting at white space forgets the batch, splitting characters does not."""
        split, is_int = self.value("split"), self.lookup.mode() == "int"
        has_ngrams = self.value("ngrams") is not None
        if split is None:
            if has_ngrams and shape:
                shape = (*shape[:-1], None)
            if is_int and size is not None:
                return Signature((None,) * len(shape) if None in shape else (*shape[:-1], size), "int64")
            return self.lookup.looked_up(shape)
        if len(shape) > 1:
            if shape[-1] != 1:
                raise Refused(
                    "When using `TextVectorization` to tokenize strings, the input rank must be 1 or the last shape "
                    f"dimension must be 1. Received: inputs.shape={shape_text(shape)} with rank={len(shape)}",
                    contract="rank",
                    shape=shape,
                )
            shape = shape[:-1]
        if len(shape) == 1 and split != "character":
            shape = (None,)
        return Signature((*shape, size), "int64") if is_int else self.lookup.looked_up((*shape, None))


def _as_float(output: Output) -> Output:
    return Signature(output, "float32") if isinstance(output, tuple) else output


_STANDARD = (None, "lower", "strip_punctuation", "lower_and_strip_punctuation")
_NO_PUNCTUATION = str.maketrans("", "", "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'")
"""What ``strip_punctuation`` takes away."""
