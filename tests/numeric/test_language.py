"""Masked language and DiffCSE: against the models' own losses, slow float64 loops, and what the paper says of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.backbone import BackboneEncoder, Shape
from simcse_ml.models.filling import Filler
from simcse_ml.models.language import load_language
from simcse_ml.objectives.contract import LossBatch, PassTokens
from simcse_ml.objectives.diffcse import DiffCSE, DiffState
from simcse_ml.objectives.masked_language import HeadState, LanguageHeadTraining, WithMaskedLanguage
from simcse_ml.objectives.unsup import UnsupSimCSE
from simcse_ml.ragged import from_lists
from simcse_ml.views.contract import Alphabet
from simcse_ml.views.copies import IGNORED, masked, replaced

pytestmark = pytest.mark.numeric
WORDS = 60
SIZE = {
    "vocab_size": 224 + 8,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 66,
}
DISTIL = {"vocab_size": 232, "dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "max_position_embeddings": 66}
IDS = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3, "cls_token_id": 2, "sep_token_id": 3}
FAMILIES: dict[str, tuple[str, dict[str, int]]] = {
    "bert": ("BertConfig", SIZE),
    "xlm-roberta": ("XLMRobertaConfig", {**SIZE, "pad_token_id": 0}),
    "electra": ("ElectraConfig", {**SIZE, "embedding_size": 16}),
    "distilbert": ("DistilBertConfig", DISTIL),
    "modernbert": ("ModernBertConfig", {**SIZE, **IDS}),
    "mpnet": ("MPNetConfig", {**SIZE, "pad_token_id": 0}),
    "deberta-v2": ("DebertaV2Config", SIZE),
    "albert": ("AlbertConfig", {**SIZE, "embedding_size": 16}),
}


@pytest.fixture
def with_head(tiny_bert: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A tiny masked-language model of a family, with the tokenizer of tiny_bert."""

    def make(family: str) -> Path:
        import transformers

        folder = tmp_path / family
        folder.mkdir()
        name, size = FAMILIES[family]
        with torch.random.fork_rng():
            torch.manual_seed(5)
            config = getattr(transformers, name)(**size)
            transformers.AutoModelForMaskedLM.from_config(config).save_pretrained(folder)
        for file in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(tiny_bert / file, folder / file)
        return folder

    return make


def encoder_of(folder: Path) -> BackboneEncoder:
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(folder, dtype=torch.float32)
    return BackboneEncoder(model, AutoTokenizer.from_pretrained(folder), Shape(max_tokens=32), name="tiny").eval()


def rows_of(count: int = 6):
    drawn = np.random.default_rng(2)
    return from_lists([[2, *drawn.integers(5, WORDS, drawn.integers(4, 12)).tolist(), 3] for _ in range(count)], 1, 1)


def tokens_of(encoder: BackboneEncoder, copy, labels) -> PassTokens:
    states = encoder.last_states(copy)
    wanted = torch.full(states.ids.shape, IGNORED)
    wanted[states.mask] = torch.from_numpy(labels.ids).long()
    return PassTokens(states.ids, states.states, states.mask, wanted)


ALPHABET = Alphabet(
    4, np.arange(5, WORDS, dtype=np.int32), lambda rows, where, draws: np.full(where.sum(), 7, np.int32)
)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_loss_before_training_is_that_of_the_checkpoint(with_head: Callable[[str], Path], family: str) -> None:
    from transformers import AutoModelForMaskedLM

    folder = with_head(family)
    encoder = encoder_of(folder)
    encoder.language = load_language(folder, encoder)
    assert encoder.language.own
    rows = rows_of()
    copy, labels = masked(rows, np.arange(len(rows)), ALPHABET, rate=0.4, seed=1, epoch=0, stream=0)
    tokens = tokens_of(encoder, copy, labels)
    state = HeadState(encoder.language.new_head())
    ours = LanguageHeadTraining().row_loss([tokens], LossBatch(torch.arange(6), torch.arange(6)), state)
    theirs = AutoModelForMaskedLM.from_pretrained(folder, dtype=torch.float32).eval()
    loss = theirs(input_ids=tokens.ids, attention_mask=tokens.mask.long(), labels=tokens.labels).loss
    torch.testing.assert_close(ours / (tokens.labels >= 0).sum(), loss, rtol=1e-5, atol=1e-6)
    decoder = state.language_head.model.get_output_embeddings()  # type: ignore[operator, union-attr]
    assert not decoder.weight.requires_grad
    assert any(parameter.requires_grad for parameter in state.parameters())


def test_a_checkpoint_without_a_head_is_refused_unless_one_is_to_be_trained(tiny_bert: Path) -> None:
    encoder = encoder_of(tiny_bert)
    with pytest.raises(UserError, match="ships without one") as refused:
        load_language(tiny_bert, encoder)
    assert refused.value.exit_code == ExitCode.USAGE
    one, other = (load_language(tiny_bert, encoder, fresh=3) for _ in range(2))
    assert not one.own
    for a, b in zip(one.head.parameters(), other.head.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_decoder_shares_a_held_word_table(with_head: Callable[[str], Path]) -> None:
    folder = with_head("bert")
    encoder = encoder_of(folder)
    table = encoder.word_table()
    assert table is not None
    table.requires_grad_(False)
    head = load_language(folder, encoder).new_head()
    assert head.model.get_output_embeddings().weight is table  # type: ignore[operator, union-attr]


class Probe:
    """What stands for an encoder with a head in float64."""

    def __init__(self, head: nn.Module) -> None:
        self.head = head
        self.language = self

    def new_head(self) -> nn.Module:
        return self.head


def random_tokens(copies: int, classes: int) -> list[PassTokens]:
    drawn = torch.Generator().manual_seed(4)
    found = []
    for _ in range(copies):
        states = torch.randn(3, 5, 6, generator=drawn, dtype=torch.float64).requires_grad_()
        labels = torch.randint(-1, classes, (3, 5), generator=drawn)
        mask = torch.ones(3, 5, dtype=torch.bool)
        found.append(PassTokens(labels, states, mask, torch.where(labels < 0, IGNORED, labels)))
    return found


def slow_cross_entropies(tokens: Sequence[PassTokens], weight: Tensor, bias: Tensor) -> Tensor:
    total = torch.zeros((), dtype=torch.float64)
    for one in tokens:
        for row in range(3):
            for place in range(5):
                label = int(one.labels[row, place])
                if label == IGNORED:
                    continue
                scores = [(weight[k] * one.states[row, place]).sum() + bias[k] for k in range(len(bias))]
                total = total + torch.log(sum(torch.exp(score) for score in scores)) - scores[label]
    return total


def require_equal(ours: Tensor, slow: Tensor, of: Sequence[Tensor]) -> None:
    torch.testing.assert_close(ours, slow, rtol=1e-6, atol=1e-12)
    pairs = zip(torch.autograd.grad(ours, of), torch.autograd.grad(slow, of), strict=True)
    for a, b in pairs:
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-9)


def test_the_masked_language_loss_equals_the_slow_loop() -> None:
    head = nn.Linear(6, 9).double()
    tokens = random_tokens(2, 9)
    objective = WithMaskedLanguage(UnsupSimCSE(), weight=0.3)
    state = objective.state(Probe(head), torch.Generator())  # type: ignore[arg-type]
    batch = LossBatch(torch.arange(3), torch.arange(3))
    ours = objective.row_loss(tokens, batch, state)
    slow = 0.3 * slow_cross_entropies(tokens, head.weight, head.bias)
    require_equal(ours, slow, [head.weight, head.bias, *(one.states for one in tokens)])


def diff_state(tiny_bert: Path) -> tuple[BackboneEncoder, DiffState]:
    encoder = encoder_of(tiny_bert)
    state = DiffCSE().state(encoder, torch.Generator().manual_seed(1))
    assert isinstance(state, DiffState)
    return encoder, state


def test_replaced_tokens_are_told_apart_as_the_slow_loop_does() -> None:
    state = DiffState(nn.Linear(1, 1), 6, torch.Generator().manual_seed(1)).double()
    tokens = random_tokens(2, 2)
    objective = DiffCSE(replaced_weight=0.7)
    ours = objective.row_loss(tokens, LossBatch(torch.arange(3), torch.arange(3)), state)
    slow = 0.7 * slow_cross_entropies(tokens, state.detector.weight, state.detector.bias)
    require_equal(ours, slow, [state.detector.weight, *(one.states for one in tokens)])


def test_the_contrast_is_simcse_behind_a_head_that_normalises_both_views_together() -> None:
    dim, rows = 4, 5
    state = DiffState(nn.Linear(1, 1), dim, torch.Generator().manual_seed(1)).double()
    drawn = torch.Generator().manual_seed(2)
    z = [torch.randn(rows, dim, generator=drawn, dtype=torch.float64).requires_grad_() for _ in range(2)]
    first, second = state.projector[0].weight, state.projector[3].weight
    assert state.projector[0].bias is None
    assert state.projector[3].bias is None

    def normal(columns: Tensor) -> Tensor:
        mean = sum(columns) / len(columns)
        variance = sum((row - mean) ** 2 for row in columns) / len(columns)
        return torch.stack([(row - mean) / torch.sqrt(variance + 1e-5) for row in columns])

    every = torch.cat(z)
    h = normal(torch.relu(normal(every @ first.T)) @ second.T)
    total = torch.zeros((), dtype=torch.float64)
    hashes = [0, 0, 2, 3, 4]
    for i in range(rows):
        cosines = {j: h[i] @ h[rows + j] / (h[i].norm() * h[rows + j].norm()) / 0.05 for j in range(rows)}
        kept = [c for j, c in cosines.items() if j == i or hashes[j] != hashes[i]]
        total = total + torch.log(sum(torch.exp(c) for c in kept)) - cosines[i]
    batch = LossBatch(torch.arange(rows), torch.tensor(hashes))
    parts = DiffCSE().batch_loss(z, batch, state, torch.Generator())
    torch.testing.assert_close(parts.given[0], h[:rows], rtol=1e-6, atol=1e-9)
    require_equal(parts.total, total / rows, [*z, first, second])


def test_the_sentence_vector_stands_in_for_the_first_token_and_gets_a_gradient(tiny_bert: Path) -> None:
    encoder, state = diff_state(tiny_bert)
    rows = rows_of()
    copy, labels = replaced(rows, np.arange(6), ALPHABET, rate=0.4, seed=1, epoch=0, stream=0)
    own = encoder.model.embeddings(encoder.last_states(copy).ids)[:, 0]
    torch.testing.assert_close(encoder.last_states(copy, first=own).states, encoder.last_states(copy).states)
    h = torch.randn(6, encoder.dim).requires_grad_()
    tokens = tokens_of(encoder, copy, labels)
    discriminator = state.discriminator
    assert isinstance(discriminator, BackboneEncoder)
    told = discriminator.last_states(copy, first=h)
    loss = DiffCSE().row_loss([PassTokens(*told, tokens.labels)], LossBatch(torch.arange(6), torch.arange(6)), state)
    loss.backward()
    assert h.grad is not None
    assert h.grad.abs().max() > 0
    assert discriminator.word_table() is not encoder.word_table()
    assert all(parameter.grad is None for parameter in encoder.parameters())


def test_a_vector_that_is_no_token_embedding_is_refused(with_head: Callable[[str], Path]) -> None:
    encoder = encoder_of(with_head("albert"))
    with pytest.raises(UserError, match="16 wide here"):
        DiffCSE().state(encoder, torch.Generator())


def test_the_generator_is_held_draws_by_its_probabilities_and_never_a_special_token(
    with_head: Callable[[str], Path],
) -> None:
    folder = with_head("bert")
    encoder = encoder_of(folder)
    language = load_language(folder, encoder)
    filler = Filler(encoder, language, torch.device("cpu"))
    rows = rows_of(3)
    where = np.zeros(len(rows.ids), np.bool_)
    where[rows.offsets[1] + 2] = True
    ids = np.where(where, 4, rows.ids).astype(np.int32)
    hidden = type(rows)(ids, rows.offsets, 1, 1)
    state = encoder.last_states(hidden).states[1, 2]
    logits = language.head(state.unsqueeze(0))[0].detach()
    logits[list(language.special)] = float("-inf")
    expected = torch.softmax(logits, 0)
    draws = (np.arange(400) + 0.5) / 400
    found = np.concatenate([filler.fill(hidden, where, np.array([draw])) for draw in draws])
    shares = np.bincount(found, minlength=len(expected)) / 400
    assert np.abs(shares - expected.numpy()).max() <= 1 / 400 + 1e-6
    assert not set(found.tolist()) & set(language.special)
    with torch.no_grad():
        before = filler.fill(hidden, where, draws[:1])
        for parameter in encoder.parameters():
            parameter.add_(1.0)  # the encoder trains on; the generator stays
    assert np.array_equal(filler.fill(hidden, where, draws[:1]), before)
