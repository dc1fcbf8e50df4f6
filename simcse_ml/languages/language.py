"""What the program knows of one language, as one frozen record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from simcse_ml.languages.schema import Direction, Normalisation, Size

DeviceClass = Literal["cpu", "gpu"]
SIZES: Mapping[DeviceClass, Sequence[Size]] = {"cpu": ("small", "base"), "gpu": ("base", "small", "large")}
"""Sizes of models that are proposed for a device, the first before the others; a large one trains for days on a CPU."""
DROPOUT_TO_SET = 0.1
"""what the recipes set where a model has none: the default of the SimCSE paper (arXiv 2104.08821, section 3)"""


class Backbone(BaseModel):
    """A model to start from.

    size: as its makers name it.  params_m: millions of parameters, None where nobody says.  dropout: as its
    configuration has it; 0 means that SimCSE learns nothing until it is set.  prefix: text in front of every sentence.
    needs: packages besides ours.  caution: why it is only used when it is named, if not for its licence.  source: where
    the facts were read.  checked: year and month.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    licence: str
    size: Size | None
    params_m: float | None
    dropout: float | None
    max_tokens: int | None
    prefix: str
    needs: tuple[str, ...]
    caution: str
    source: str
    checked: str

    @property
    def dropout_to_set(self) -> float | None:
        """What must be set before training, None where its own will do or is not known."""
        return DROPOUT_TO_SET if self.dropout == 0 else None


class Language(BaseModel):
    """Everything that depends on the language, as the table has it or by the rules of its script.

    code: ours.  also: other codes and spellings for it.
    scripts: ISO 15924, the usual one first.
    script_by: what decided on them: the table, the tag that was asked for, or the text ("text" also where it has not
    been looked at yet, and then all scripts are named).
    spaced: blanks between words.  splitter: the language whose rules it is split by.
    terminators: characters that end a sentence.
    encodings: likely legacy encodings as Python codecs, likeliest first.
    multilingual: what multilingual models know: they were trained on it, have its letters only, or not even those.
    backbones: may be taken without asking, the best of each size first; empty means a builtin.
    named_backbones: others that are known, used only when they are named.
    prompt: a template for PromptBERT.  words: some of its commonest.  sts, nli: ids of labelled sets on the Hub.
    note: what a person must be told when this language is used, "" for nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    name: str
    own_name: str
    also: tuple[str, ...]
    scripts: tuple[str, ...]
    script_by: Literal["table", "tag", "text"]
    direction: Direction
    spaced: bool
    splitter: str
    terminators: str
    normalisation: Normalisation
    encodings: tuple[str, ...]
    multilingual: Literal["trained", "letters", "none"]
    backbones: tuple[Backbone, ...]
    named_backbones: tuple[Backbone, ...]
    prompt: str | None
    words: tuple[str, ...]
    sts: tuple[str, ...]
    nli: tuple[str, ...]
    note: str = ""

    def backbones_for(self, device: DeviceClass) -> tuple[Backbone, ...]:
        """The backbones to try on such a device, in this order."""
        return tuple(model for size in SIZES[device] for model in self.backbones if model.size == size)
