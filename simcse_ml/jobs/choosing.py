"""Which encoder to start from: as named, or the first of the language's list that can be had, or a builtin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simcse_ml.events import Said, Sink
from simcse_ml.languages.table import DeviceClass, Language
from simcse_ml.models.locate import Located, first_available, locate
from simcse_ml.settings.schema import BackboneSettings

STATIC = "builtin:static"


@dataclass(frozen=True)
class Choice:
    """name: STATIC, or the backbone's name.  folder, revision: empty for a builtin.  reason: why a builtin."""

    name: str
    folder: str = ""
    revision: str = ""
    reason: str = ""

    @property
    def is_static(self) -> bool:
        return self.name == STATIC


def choose_backbone(
    settings: BackboneSettings, language: Language, *, device: str, offline: bool, allow_large: bool, sink: Sink
) -> Choice:
    """The backbone to train.

    device: as asked for: auto, cpu, cuda ...; `auto` tries small models first on a CPU, base ones on a GPU.
    Raises: UserError within six seconds where what was named cannot be had; `auto` never fails, it says its reason.
    """
    if settings.name == STATIC:
        sink(Said("backbone", "builtin:static, trained from nothing"))
        return Choice(STATIC)
    if settings.name != "auto":
        own_code = settings.trust_remote_code
        found = locate(settings.name, offline=offline, allow_large=allow_large, own_code=own_code)
        sink(Said("backbone", _told(found)))
        _require_usable(found, settings)
        return _chosen(found)
    names = [backbone.id for backbone in language.backbones_for(device_class(device))]
    available, reason = first_available(names, offline=offline)
    if available is None:
        sink(Said("backbone", f"{reason}; training builtin:static from nothing instead (--backbone NAME to insist)"))
        return Choice(STATIC, reason=reason)
    sink(Said("backbone", f"{_told(available)}, chosen for {language.name}"))
    return _chosen(available)


def _require_usable(found: Located, settings: BackboneSettings) -> None:
    """Say what is wrong with a named backbone before the text is prepared for it.  Raises: UserError."""
    from simcse_ml.models.loading import check_start

    check_start(found.folder, trust=settings.trust_remote_code)


def device_class(device: str) -> DeviceClass:
    """What kind of device a name is; auto is a GPU where torch finds one."""
    if device == "auto":
        from simcse_ml.training.devices import KINDS, reachable

        return "gpu" if any(reachable(kind) for kind in KINDS) else "cpu"
    return "cpu" if device.startswith("cpu") else "gpu"


def _chosen(found: Located) -> Choice:
    return Choice(found.name, str(found.folder), found.revision)


def _told(found: Located) -> str:
    where = f"revision {found.revision[:8]}" if found.revision else Path(found.folder).name
    return f"{found.name} ({where})" if where not in found.name else found.name
