"""New syntax for fixes, made with libcst so that formatting and comments stay; libcst is loaded when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # libcst takes 130 ms to import, and most runs make no fix
    import libcst

_DEEPEST = 100
"""Nesting of brackets up to which a call is handed to libcst's parser, which has no limit of its own."""


def with_argument(call: str, name: str, value: str) -> str | None:
    """Return the source of a call with the keyword argument ``name`` set to the source ``value``.

    The argument is replaced where it stands as a keyword, else added at the end. None where that cannot be done:
    the text is no call, or ends in ``**arguments`` that may hold the name.
    """
    tree = _parse_call(call)
    if tree is None:
        return None
    import libcst

    new_value = libcst.parse_expression(value)
    for index, arg in enumerate(tree.args):
        if arg.keyword is not None and arg.keyword.value == name:
            args = (*tree.args[:index], arg.with_changes(value=new_value), *tree.args[index + 1 :])
            return _code(tree.with_changes(args=args))
    if any(arg.star for arg in tree.args):
        return None
    equal = libcst.AssignEqual(libcst.SimpleWhitespace(""), libcst.SimpleWhitespace(""))
    added = libcst.Arg(new_value, keyword=libcst.Name(name), equal=equal)
    if not tree.args:
        return _code(tree.with_changes(args=(added,)))
    *rest, last = tree.args
    if isinstance(last.comma, libcst.Comma):
        between, closing = _commas(tree, last.comma)
        args = (*rest, last.with_changes(comma=between), added.with_changes(comma=closing))
        return _code(tree.with_changes(args=args))
    comma = libcst.Comma(whitespace_after=libcst.SimpleWhitespace(" "))
    added = added.with_changes(whitespace_after_arg=last.whitespace_after_arg)
    last = last.with_changes(comma=comma, whitespace_after_arg=libcst.SimpleWhitespace(""))
    return _code(tree.with_changes(args=(*rest, last, added)))


def with_argument_at(call: str, position: int, value: str) -> str | None:
    """Return the source of a call with its positional argument replaced."""
    tree = _parse_call(call)
    if tree is None or position >= len(tree.args):
        return None
    import libcst

    arg = tree.args[position]
    if arg.keyword is not None or any(item.star for item in tree.args[: position + 1]):
        return None
    args = (*tree.args[:position], arg.with_changes(value=libcst.parse_expression(value)), *tree.args[position + 1 :])
    return _code(tree.with_changes(args=args))


def without_argument(call: str, name: str) -> str | None:
    """Return the source of a call with a keyword argument taken out, or None where it has none of that name."""
    tree = _parse_call(call)
    if tree is None:
        return None

    for index, arg in enumerate(tree.args):
        if arg.keyword is not None and arg.keyword.value == name:
            args = [*tree.args[:index], *tree.args[index + 1 :]]
            if index == len(args) and args:
                args[-1] = args[-1].with_changes(comma=arg.comma, whitespace_after_arg=arg.whitespace_after_arg)
            return _code(tree.with_changes(args=args))
    return None


def with_renamed_argument(call: str, name: str, new: str) -> str | None:
    """Return the source of a call with a keyword argument renamed, or None where it has none of that name."""
    tree = _parse_call(call)
    if tree is None:
        return None
    import libcst

    for index, arg in enumerate(tree.args):
        if arg.keyword is not None and arg.keyword.value == name:
            renamed = arg.with_changes(keyword=libcst.Name(new))
            return _code(tree.with_changes(args=(*tree.args[:index], renamed, *tree.args[index + 1 :])))
    return None


def argument_source(call: str, name: str) -> str | None:
    """Return the source of a keyword argument's value in the source of a call, or None where it has none of that name."""
    tree = _parse_call(call)
    args = tree.args if tree is not None else ()
    return next((_code(arg.value) for arg in args if arg.keyword is not None and arg.keyword.value == name), None)


def positional_count(call: str) -> int | None:
    """Return how many positional arguments a call has, or None where ``*arguments`` or the text hide it."""
    tree = _parse_call(call)
    if tree is None or any(arg.star for arg in tree.args):
        return None
    return sum(arg.keyword is None for arg in tree.args)


def _commas(tree: libcst.Call, last: libcst.Comma) -> tuple[libcst.Comma, libcst.Comma]:
    """Return the comma before an argument that is added after a trailing comma, and the trailing comma then.

    The new argument takes a line of its own where the others do; a comment stays with the argument that it follows.
    """
    import libcst

    before = tree.args[-2].comma if len(tree.args) > 1 else None
    sample = before.whitespace_after if isinstance(before, libcst.Comma) else tree.whitespace_before_args
    after = last.whitespace_after
    whole = libcst.ParenthesizedWhitespace
    if not isinstance(sample, whole) or not isinstance(after, whole):
        return libcst.Comma(whitespace_after=libcst.SimpleWhitespace(" ")), last
    between = sample.with_changes(first_line=after.first_line, empty_lines=())
    closing = after.with_changes(first_line=libcst.TrailingWhitespace(newline=after.first_line.newline))
    return last.with_changes(whitespace_after=between), last.with_changes(whitespace_after=closing)


def _parse_call(text: str) -> libcst.Call | None:
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        return None
    import libcst

    try:
        tree = libcst.parse_expression(text)
    except libcst.ParserSyntaxError:
        return None
    return tree if isinstance(tree, libcst.Call) else None


def _code(tree: libcst.BaseExpression) -> str:
    import libcst

    return libcst.Module([]).code_for_node(tree)
