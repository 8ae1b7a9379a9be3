"""What modules offer, kept in the store by what their files are: read once, whatever release they are in.

A checksum of 32 bits is easily forged, so that what one project's wheels hold never answers for another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping

import msgspec

from analyzers.api.conditions import Target
from analyzers.api.surface import ModuleKey, ModuleSurface
from analyzers.undecodable import UNDECODABLE
from knowledge.catalog import Knowledge

_INSTRUMENT = "module-surface/5"
_BATCH = 500
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(ModuleSurface).decode


class KeptModules(MutableMapping[ModuleKey, ModuleSurface]):
    """Surfaces of the files of one project, for one target; what is added goes to the store with `flush`.

    What is damaged in the store is found out when it is asked for: `get` alone tells what is there.
    """

    def __init__(self, knowledge: Knowledge, project: str, target: Target, now: Callable[[], float]) -> None:
        self._rows = knowledge.derivations(_INSTRUMENT, now)
        python = ".".join(map(str, target.python or ()))
        self._prefix = f"{project}|{python}|{target.platform}|{target.implementation}"
        self._decoded: dict[ModuleKey, ModuleSurface] = {}
        self._encoded: dict[ModuleKey, bytes] = {}
        self._fresh: dict[str, bytes] = {}

    def load(self, keys: Iterable[ModuleKey]) -> None:
        """Look files up in the store, in few statements."""
        wanted = {self._content(key): key for key in keys if key not in self}
        contents = list(wanted)
        for start in range(0, len(contents), _BATCH):
            for content, payload in self._rows.known(contents[start : start + _BATCH]).items():
                self._encoded[wanted[content]] = payload

    def flush(self) -> None:
        """Write what was added."""
        if self._fresh:
            self._rows.keep(self._fresh)
            self._fresh = {}

    def _content(self, key: ModuleKey) -> str:
        return f"{self._prefix}|{key.crc32:08x}|{key.size_bytes}|{key.path}"

    def __getitem__(self, key: ModuleKey) -> ModuleSurface:
        if key not in self._decoded:
            payload = self._encoded.pop(key)
            try:
                self._decoded[key] = _decode(payload)
            except UNDECODABLE as error:
                raise KeyError(key) from error
        return self._decoded[key]

    def __contains__(self, key: object) -> bool:
        return key in self._decoded or key in self._encoded

    def __setitem__(self, key: ModuleKey, surface: ModuleSurface) -> None:
        # Most of what is read is not asked about again, and takes ten times the room.
        self._encoded[key] = self._fresh[self._content(key)] = _encode(surface)
        if len(self._fresh) >= _BATCH:
            self.flush()

    def __delitem__(self, key: ModuleKey) -> None:
        self._encoded.pop(key, None)
        self._decoded.pop(key, None)

    def __iter__(self) -> Iterator[ModuleKey]:
        return iter({*self._decoded, *self._encoded})

    def __len__(self) -> int:
        return len({*self._decoded, *self._encoded})
