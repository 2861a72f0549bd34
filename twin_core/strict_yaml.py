"""YAML as people write it in a file of settings; what would mean something else than it seems, or
cost more than it looks, is refused."""

from typing import Any

import yaml

MAX_DEPTH = 30
_FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml: ten times faster


class _Loader(_FASTEST):
    """A key that stands twice is an error: YAML would drop the first without a word."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise ValueError(f"'{key.value}' stands twice, on line {key.start_mark.line + 1}")
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:
    """The document's value; raises `ValueError` with the fault and its line.

    Aliases are refused, since a few can stand for gigabytes, and so is deep nesting, at which the
    parser would fall over its own recursion.
    """
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 1
            if getattr(event, "anchor", None):
                raise ValueError(f"line {line}: anchors and aliases are not read; write it out")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise ValueError(f"line {line}: it is nested more than {MAX_DEPTH} deep")
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, OverflowError) as error:
        raise ValueError(" ".join(str(error).split())) from error
