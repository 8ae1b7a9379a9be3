"""Classes and functions of the file itself: members, bases, parameters, results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzers.source.extraction import steps, type_hints
from analyzers.source.extraction.scopes import Binding, BindingKind, Class, Effect, Function

if TYPE_CHECKING:
    from analyzers.source.extraction.evaluator import Evaluator, Values

_FUNCTION_BINDING = BindingKind.FUNCTION

_MAX_DEPTH = 12
_NO_MEMBERS = frozenset(
    {
        "builtins.object",
        "abc.ABC",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Protocol",
        "typing_extensions.Generic",
    }
)
_CONTEXTS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_KEPT_ROOTS = frozenset(
    {
        "functools",
        "abc",
        "typing",
        "typing_extensions",
        "contextlib",
        "atexit",
        "builtins",
        "asyncio",
        "types",
        "unittest",
    }
)


def attribute(evaluation: Evaluator, value: str, name: str) -> Values:
    """What an attribute of a value may be."""
    first = value[0]
    if first == ":":
        key, is_instance = (value[:-2], True) if value.endswith("()") else (value, False)
        if class_ := evaluation.structure.classes.get(key):
            return member(evaluation, class_, name, is_instance=is_instance)
        if (function := evaluation.structure.functions.get(value)) is not None:
            replaced = effect(evaluation, function).replaced
            return steps.union(evaluation.attributes((other,), name) for other in replaced)
        return ()
    if first == "<":
        class_ = evaluation.structure.classes.get(value[1:])
        return inherited(evaluation, class_, name, is_instance=True) if class_ else ()
    if first in "[(":
        return steps.container_attribute(value, name)
    return () if value.startswith("builtins.") else steps.extended(value, f".{name}")


def item(evaluation: Evaluator, value: str, index: int | None) -> Values:
    """What an item of a value may be."""
    if value[0] == ":" and value.endswith("()"):
        if class_ := evaluation.structure.classes.get(value[:-2]):
            getter = "__getitem__" if index is not None else "__iter__"
            found = evaluation.called(member(evaluation, class_, getter, is_instance=True))
            return steps.union(
                steps.item(result, index) if result[0] == "[" else (result,) for result in found
            )
        return ()
    if value[0] == "<" or value.startswith("builtins."):
        return ()
    return steps.item(value, index)


def member(evaluation: Evaluator, class_: Class, name: str, *, is_instance: bool, depth: int = 0) -> Values:
    """A member of a class or of its instances, by the order of resolution."""
    found = own_member(evaluation, class_, name, is_instance=is_instance)
    if found is not None:
        return found
    return inherited(evaluation, class_, name, is_instance=is_instance, depth=depth)


def own_member(evaluation: Evaluator, class_: Class, name: str, *, is_instance: bool) -> Values | None:
    """A member that the class itself has; None where it has not."""
    groups: list[Values] = []
    is_found = False
    if (bindings := class_.scope.names.get(name)) is not None:
        is_found = True
        binding = bindings[-1]
        if binding.kind is _FUNCTION_BINDING and binding.function is not None:
            function = bindings[0].function or binding.function
            if is_instance and effect(evaluation, function).is_property:
                groups.append(results(evaluation, function))
            else:
                groups.append((binding.function.key,))
        else:
            groups.extend(evaluation.bound(binding) for binding in bindings[-steps.MAX_VALUES :])
    if (bindings := class_.attributes.get(name)) is not None:
        is_found = True
        groups.extend(evaluation.bound(binding) for binding in bindings[: steps.MAX_VALUES])
    return steps.union(groups) if is_found else None


def inherited(
    evaluation: Evaluator, class_: Class, name: str, *, is_instance: bool, depth: int = 0
) -> Values:
    """A member that comes from the bases: which library's class has it is not known, so each may."""
    if depth > _MAX_DEPTH:
        return ()
    groups: list[Values] = []
    for base in bases(evaluation, class_):
        if base[0] == ":":
            local = evaluation.structure.classes.get(base)
            if local is None or local is class_:
                continue
            found = own_member(evaluation, local, name, is_instance=is_instance)
            if found is not None:
                return steps.union([*groups, found])
            groups.append(inherited(evaluation, local, name, is_instance=is_instance, depth=depth + 1))
        elif base not in _NO_MEMBERS and base[0] not in "[(<" and not base.startswith("builtins."):
            stem = (
                base
                if base.endswith(steps.INHERITED)
                else base + ("()" if is_instance else "") + steps.INHERITED
            )
            groups.append(steps.extended(stem, f".{name}"))
    return steps.union(groups)


def bases(evaluation: Evaluator, class_: Class) -> Values:
    """The values of the bases, without what is between their brackets."""
    known = class_.base_values
    if known is None:
        class_.base_values = ()
        found = steps.union(evaluation.evaluate(*base, class_.outside) for base in class_.bases)
        known = class_.base_values = tuple(value.removesuffix("[]") for value in found)
    return known


def constructors(evaluation: Evaluator, value: str, depth: int = 0) -> list[str]:
    """What of libraries is used by calling a class of the file: constructors it does not have itself."""
    if value.endswith("()"):
        class_ = evaluation.structure.classes.get(value[:-2])
        if class_ is None:
            return []
        found = inherited(evaluation, class_, "__call__", is_instance=True)
        own = own_member(evaluation, class_, "__call__", is_instance=True)
        return [target for target in found if target[0] not in ":[(<"] if own is None else []
    if (function := evaluation.structure.functions.get(value)) is not None:
        # As in the definitions: a function that gives something of its own is taken to be kept as it is.
        replaced = effect(evaluation, function).replaced
        return (
            [f"{other}.__call__" for other in replaced]
            if replaced and not results(evaluation, function)
            else []
        )
    class_ = evaluation.structure.classes.get(value)
    if (
        class_ is None
        or depth > _MAX_DEPTH
        or "__init__" in class_.scope.names
        or "__new__" in class_.scope.names
    ):
        return []
    targets: list[str] = []
    for base in bases(evaluation, class_):
        if base[0] == ":":
            if base != value:
                targets += constructors(evaluation, base, depth + 1)
                local = evaluation.structure.classes.get(base)
                if local is not None and ("__init__" in local.scope.names or "__new__" in local.scope.names):
                    break
        elif base not in _NO_MEMBERS and base[0] not in "[(<" and not base.startswith("builtins."):
            targets.append(base + steps.INHERITED)
    return targets[: steps.MAX_VALUES]


def parameter(evaluation: Evaluator, binding: Binding) -> Values:
    """What a parameter may be: by its place in a method, its annotation, its default."""
    function = binding.function
    if function is None:
        return ()
    if function.class_ is not None and binding.place == 0 and not binding.stars:
        kind = effect(evaluation, function)
        if not kind.is_static:
            is_class = kind.is_class_method or function.name in (
                "__new__",
                "__init_subclass__",
                "__class_getitem__",
            )
            return (function.class_.key if is_class else f"{function.class_.key}()",)
    values: Values = ()
    if binding.annotation is not None:
        values = type_hints.instances(
            evaluation, *binding.annotation, function.scope.parent or function.outside
        )
        if binding.stars:
            values = tuple(steps.ITEMS + value for value in values)
    if not values and binding.value is not None:
        values = evaluation.evaluate(*binding.value, function.outside)
    return values


def effect(evaluation: Evaluator, function: Function) -> Effect:
    """What the decorators make of a function."""
    known = function.effect
    if known is not None:
        return known
    known = function.effect = Effect()
    replaced: list[str] = []
    for start, end in function.decorators:
        text = evaluation.source.code[start:end].strip()
        last = text.partition("(")[0].rpartition(".")[2]
        if last.endswith("property") or last == "getter":
            known.is_property = True
            continue
        for value in evaluation.evaluate(start, end, function.outside):
            if value == "builtins.staticmethod":
                known.is_static = True
            elif value == "builtins.classmethod":
                known.is_class_method = True
            elif value in _CONTEXTS:
                known.gives_first = True
            elif value[0] not in ":[(<" and value.partition(".")[0] not in _KEPT_ROOTS:
                replaced.extend(steps.extended(value.replace(steps.INHERITED, ""), "()"))
        # The topmost decorator is applied last: what it gives is what the name stands for.
        known.replaced = known.replaced or tuple(replaced)
    return known


def results(evaluation: Evaluator, function: Function) -> Values:
    """What calling a function may give."""
    known = function.results
    if known is not None:
        return known
    function.results = ()
    kind = effect(evaluation, function)
    known = ()
    if function.yields:
        given = steps.union(
            evaluation.evaluate(*part, scope) for part, scope in function.yields[: steps.MAX_VALUES]
        )
        known = tuple(steps.ITEMS + value for value in given)
    elif function.returns:
        known = steps.union(
            evaluation.evaluate(*part, scope) for part, scope in function.returns[: steps.MAX_VALUES]
        )
    if not known and function.annotation is not None:
        known = type_hints.instances(
            evaluation, *function.annotation, function.scope.parent or function.outside
        )
    if function.earlier is not None:
        known = steps.union((known, results(evaluation, function.earlier)))
    if kind.gives_first:
        known = tuple(value.removeprefix(steps.ITEMS) for value in known)
    function.results = known
    return known
