"""The encoder of a run before its first step: the same however often it is built."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from simcse_ml.events import Said, Sink
from simcse_ml.jobs.choosing import Choice
from simcse_ml.jobs.own_tokenizer import own_tokenizer
from simcse_ml.languages.table import Language
from simcse_ml.models.backbone import BackboneEncoder
from simcse_ml.models.contract import Encoder
from simcse_ml.models.grams import make_grams
from simcse_ml.models.loading import load_backbone
from simcse_ml.models.narrow_table import narrow
from simcse_ml.models.opened import fingerprint
from simcse_ml.models.static import ComposedTable, StaticEncoder
from simcse_ml.ragged import Ragged
from simcse_ml.settings.schema import Recipe
from simcse_ml.text.corpus import Corpus
from simcse_ml.training.seeds import derive


@dataclass(frozen=True)
class Built:
    """encoder: untrained, on the CPU.  identity: of its tokenizer.  fingerprint: of its files, "" if built in."""

    encoder: Encoder
    identity: str
    fingerprint: str


def build_encoder(
    choice: Choice, recipe: Recipe, corpus: Corpus, language: Language, *, work: Path, cache: Path, sink: Sink
) -> Built:
    """work: the run's folder for what is made once, such as a tokenizer.  cache: the private one."""
    if choice.is_static:
        return _static(recipe, corpus, language, work=work, cache=cache, sink=sink)
    folder = Path(choice.folder)
    with torch.random.fork_rng(devices=[]):  # the training-only head is drawn here
        torch.manual_seed(derive(recipe.training.seed, "head"))
        loaded = load_backbone(folder, name=choice.name, backbone=recipe.backbone, pooling=recipe.pooling)
    for note in loaded.notes:
        sink(Said("backbone", note))
    encoder = loaded.encoder
    mark = fingerprint(folder)
    return Built(encoder, f"{mark} {loaded.tokens}", mark)


def freeze(encoder: Encoder, recipe: Recipe, device: torch.device, sink: Sink) -> None:
    """Hold the word table of a pretrained backbone still, where the recipe or the device asks for it."""
    if not isinstance(encoder, BackboneEncoder):
        return
    wish, table = recipe.backbone.train_table, encoder.word_table()
    if table is not None and (wish == "no" or (wish == "auto" and device.type == "cpu")):
        table.requires_grad_(False)
        held = table.numel() / 1e6
        rest = sum(p.numel() for p in encoder.parameters() if p.requires_grad) / 1e6
        sink(
            Said(
                "backbone",
                f"{rest:.1f} M parameters are trained; the word table ({held:.1f} M) is held (--train-table)",
            )
        )


def narrow_trained_table(encoder: Encoder, texts: Sequence[Ragged], recipe: Recipe, sink: Sink) -> None:
    """Give gradient and moments only to the pieces that occur; the result is the same where nothing decays."""
    if not isinstance(encoder, BackboneEncoder) or recipe.training.weight_decay:
        return
    used = narrow(encoder.model, [rows.ids for rows in texts])
    if used is not None:
        sink(Said("backbone", f"{used:,} pieces of the word table occur here; the others have nothing to learn from"))


def _static(recipe: Recipe, corpus: Corpus, language: Language, *, work: Path, cache: Path, sink: Sink) -> Built:
    from tokenizers import Tokenizer

    from simcse_ml.models.tokenizer_training import probabilities

    text = own_tokenizer(corpus, language, recipe.static, work=work, cache=cache, sink=sink)
    tokenizer = Tokenizer.from_str(text)
    pieces = [tokenizer.id_to_token(number) for number in range(tokenizer.get_vocab_size())]
    grams = make_grams(pieces, probabilities(tokenizer))
    said = f"{len(pieces):,} pieces of {len(grams):,} parts learnt from this text, vectors of {recipe.static.dim}"
    sink(Said("backbone", said))
    table = ComposedTable(
        grams, recipe.static.dim, seed=derive(recipe.training.seed, "table"), rate=recipe.static.vector_rate
    )
    identity = json.dumps(text)
    return Built(StaticEncoder(tokenizer, table), identity, "")
