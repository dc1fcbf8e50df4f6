"""Everything a recipe can say, typed, frozen, with the reason beside each default.

Unknown keys and wrong types are errors (see settings/load.py, which adds file, line and the nearest right key).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _word(value: object) -> object:
    """YAML reads a bare yes or no as a truth value."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _rows(value: object) -> object:
    """Recipes of earlier versions say null for the whole batch."""
    return "all" if value is None else value


Answer = Annotated[Literal["auto", "yes", "no"], BeforeValidator(_word)]


class Section(BaseModel):
    """A part of a recipe: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class TextSettings(Section):
    """How raw text becomes sentences. Lengths and shares are in units: letters as a reader counts them, those of
    scripts that write a word or syllable a character (Han, kana, Hangul, Ethiopic ...) twice, marks of accent not at
    all. Shares at 1 and counts at 0 switch a rule off.
    """

    aozora: Literal["auto", "yes", "no"] = "auto"
    """take out the ruby, notes, header and colophon of Aozora Bunko files; auto: where a file shows the marks."""
    normalisation: Literal["auto", "nfc", "nfkc", "none"] = "auto"
    """auto takes the language's form from langs.yaml."""
    split: bool = True
    """split paragraphs into sentences; false takes every line as it is."""
    unwrap: Answer = "auto"
    """put the lines of a paragraph together where plain text is broken at a fixed width (72 columns, say); auto looks
    whether nearly every line is full and few of them end with a stop."""
    mixed_encodings: Literal["drop", "by_line"] = "drop"
    """lines of a UTF-8 file that are in another encoding: left out as damaged, or read in their likeliest encoding."""
    mend_mojibake: bool = False
    """repair text that was decoded wrongly before ("Ã©" for é) and HTML entities, by ftfy; what changed is counted."""
    long_sentences: Literal["cut", "drop"] = "cut"
    """what becomes of those over max_characters: cut behind a clause or at a blank, since where the end of a sentence
    is not told (a Thai paragraph without blanks, lost stops) dropping loses the whole paragraph."""
    damaged: Literal["drop", "keep"] = "drop"
    """sentences with bytes that could not be decoded."""
    without_letters: Literal["drop", "keep"] = "drop"
    """lines without a letter of any script."""
    min_characters: int = Field(default=8, ge=1)
    """shorter sentences are dropped (units)."""
    max_characters: int = Field(default=1000, ge=10)
    """longer ones are cut or dropped (units): tables, lists, lost line ends."""
    runs: Literal["drop", "keep"] = "drop"
    """sentences that are too short once a run of one character counts as one (ーーーー, ㅋㅋㅋㅋㅋㅋㅋㅋ)."""
    most_digits: float = Field(default=0.4, gt=0.0, le=1.0)
    """share of digits above which a line is numbers; clean text in 74 languages loses 0.05 %."""
    most_signs: float = Field(default=0.4, gt=0.0, le=1.0)
    """share of punctuation and symbols above which a line is signs; clean text loses 0.01 %."""
    most_address: float = Field(default=0.5, gt=0.0, le=1.0)
    """share of characters inside web and mail addresses."""
    code: Literal["drop", "keep"] = "drop"
    """lines of programs, markup, formulas."""
    menus: Literal["drop", "keep"] = "drop"
    """four or more short entries between separators without a stop: menus, trails, rows of tables."""
    cut_off: Literal["drop", "keep"] = "drop"
    """teasers that end in [...]."""
    other_languages: Literal["keep", "drop"] = "keep"
    """drop: sentences that the identifier is sure are in another language of the same script. It errs on short
    sentences and near relatives, so by default the report only says what it sees."""
    repeats: Literal["drop", "keep"] = "drop"
    """equal sentences after the first."""
    boilerplate_share: float = Field(default=0.01, ge=0.0, le=1.0)
    """a short line without a stop that stands in this share of the documents (at least five) is dropped everywhere,
    and so is any sentence that stands in half of them; 0 switches it off."""
    least_own_script: float = Field(default=0.15, ge=0.0, le=1.0)
    """share of a sentence's letters that must be in the language's scripts; 0 switches it off."""
    max_sentences: int | None = Field(default=None, ge=1)
    """keep at most this many, sampled as runs of neighbouring sentences."""
    near_duplicates: bool = True
    """remove sentences that differ from an earlier one only in blanks, punctuation, case and width, or share
    near_similarity of their 5-character pieces with it."""
    near_similarity: float = Field(default=0.95, ge=0.7, le=1.0)
    """of the labelled pairs that 0.8 would join, 43 % are not alike (STS below 4 of 5) and most of the NLI ones are
    contradictions; of those that 0.95 joins, 14 % are not alike."""
    held_out_share: float = Field(default=0.02, ge=0.0, le=0.5)
    """kept out of training for the collapse meters; at most 2,000 sentences."""
    column: str | None = None
    """column or key of tables and rows that holds the text ("a.b" for key b within a); null recognises it."""
    max_expansion: int = Field(default=200, ge=2)
    """times a packed file or an archive may expand, past its first 64 MiB, before it is refused as a bomb."""


class BackboneSettings(Section):
    """The encoder to start from."""

    name: str = "auto"
    """auto, builtin:static, a folder, or a Hub id."""
    max_tokens: int = Field(default=64, ge=4, le=8192)
    """longer sentences are truncated, in training and in the saved model; the share is said."""
    dropout: float | None = Field(default=0.1, ge=0.0, lt=1.0)
    """set in the backbone's configuration where it is lower; null leaves it as it is. SimCSE's views come from it."""
    prefix: str = "auto"
    """text in front of every sentence ("query: " for e5); auto looks at the model; "" for none."""
    train_table: Answer = "auto"
    """train the word-embedding table of a pretrained backbone; auto: no on a CPU (measured: same quality, half the
    memory), yes elsewhere."""
    bidirectional: bool | Literal["auto"] = "auto"
    """for decoders (Qwen, Llama, Mistral, Gemma): true lets every token see the whole sentence, false only what stands
    before it; auto: as the model says. It is kept in the saved model."""
    trust_remote_code: bool = False
    """let code that lies in the model's folder run on this machine."""


class PoolingSettings(Section):
    """How token states become one vector."""

    kind: Literal["auto", "cls", "mean", "last", "first_last", "layer"] = "auto"
    """auto: what the backbone's sentence-transformers folder says, else mean. last: the last token, with an end token
    put behind the text where the tokenizer does not (decoders). first_last: mean over tokens of the average of the
    first and last layer. layer: mean of the layer named in `layer`."""
    layer: int | None = None
    """end the backbone after this layer: 1 is the first transformer layer, -1 the last."""
    head: Literal["none", "mlp"] = "none"
    """mlp: a dense layer with tanh used in training only (the paper's `mlp_only_train`)."""


class StaticSettings(Section):
    """builtin:static, trained from nothing."""

    vocabulary: int = Field(default=8000, ge=200, le=200_000)
    """pieces asked for; fewer where the text has no more, more where it has more characters than that. Under idf
    weights, 32,000 was within half a point of 8,000 (ja, ko, tr), since pieces share their parts."""
    dim: int = Field(default=1024, ge=8, le=4096)
    """dev sets: 0.8 better than 512 for Korean, 0.9 for Turkish, even for Japanese: random directions of more
    dimensions are nearer to orthogonal."""
    vector_rate: float = Field(default=0.1, ge=0.0)
    """how fast the vectors of grams learn beside their weights; 0 holds them at their random start. Dev sets,
    against 0: at .1 Hausa gains 2.5, ja, ko and tr lose .1 or .2, Telugu 2.2; at .5 Turkish loses 1, Telugu 4.7."""
    most_common: float = Field(default=0.25, gt=0.0, le=1.0)
    """mean cosine of random training sentences from which their mean vector is taken out of the trained table. Dev
    sets: Hausa, at .42, gains 17 (at rate .2); Turkish, at .11, would lose 1.2, Telugu gain 1.7, ko .3; 1: never."""
    tokenizer_megabytes: float = Field(default=4.0, gt=0.0)
    """text the tokenizer is trained on, sampled evenly over the corpus."""


class ViewSettings(Section):
    """How one trip's text is made from a row."""

    kind: Literal[
        "same", "token_dropout", "halves", "neighbour", "repetition", "deletion", "crop", "mlm", "synonym", "template"
    ] = "same"
    rate: float = Field(default=0.0, ge=0.0, lt=1.0)
    """share of tokens: left out (token_dropout and, on top of it, halves and neighbour: of both views; deletion, crop:
    of the second), guessed anew by a language model (mlm: the second), or at most repeated (repetition: the second).
    synonym: share of the words that are in the list."""
    weight: float = Field(default=1.0, gt=0.0)
    """in a mix: how often this kind is drawn, relative to the others."""
    synonyms: str = ""
    """synonym: a UTF-8 file of lines: word, tab, what may stand for it, tab, another ..."""
    templates: tuple[str, ...] = ()
    """template: two, with {sentence} and, for the mask token, {mask}; empty: that of langs.yaml and a wordless one."""


OF_TRIPLES = frozenset({"sup"})
"""objectives that need a sentence, one that it entails and one that contradicts it; ranking takes them too"""
OF_JUDGED = frozenset({"softmax"})
"""objectives that need pairs of sentences with their label, of whatever kind it is"""


class ObjectiveSettings(Section):
    """Which loss, with its own settings as one flat mapping, checked by the objective's dataclass."""

    kind: str = "unsup"
    settings: dict[str, float | int | str | bool] = Field(default_factory=dict)
    matryoshka: tuple[int, ...] = ()
    """also train the first so many numbers of every vector as vectors of their own (arXiv 2205.13147)."""
    mlm_weight: float = Field(default=0.0, ge=0.0)
    """of a masked-language loss beside it (arXiv 2104.08821: .1; it helps transfer, not STS); 0: none. The backbone
    must have a language-model head."""
    mlm_rate: float = Field(default=0.15, gt=0.0, lt=1.0)
    """share of tokens that are masked for it."""


class StageSettings(Section):
    """One stage of a run."""

    name: str = "unsup"
    data: Literal["text", "nli"] = "text"
    """what is trained on: the sentences of the text, or triples of the labelled pairs in nli.paths."""
    objective: ObjectiveSettings = ObjectiveSettings()
    views: tuple[ViewSettings, ...] = (ViewSettings(),)
    """one kind, or a mix from which each batch draws one; both trips of SimCSE use it. Triples have no such views."""
    max_steps: int | None = Field(default=None, ge=1)
    """of this stage, in place of training.max_steps; epochs and time count as well."""
    learning_rate: float | None = Field(default=None, gt=0.0)
    """of this stage, in place of training.learning_rate."""

    @model_validator(mode="after")
    def _matching(self) -> StageSettings:
        labelled = self.objective.kind in OF_TRIPLES | OF_JUDGED
        if labelled != (self.data == "nli") and self.objective.kind != "ranking":
            wanted = "nli" if labelled else "text"
            raise ValueError(f"objective {self.objective.kind} trains on data: {wanted}")
        return self


class TrainingSettings(Section):
    """The loop."""

    epochs: float = Field(default=1.0, gt=0.0)
    max_steps: int | None = Field(default=None, ge=1)
    """stop the plan here even if the epochs are not over."""
    time: float | None = Field(default=None, gt=0.0)
    """seconds the training may take; the plan is made to fit."""
    batch_size: int = Field(default=64, ge=2)
    chunk_rows: Annotated[Literal["auto", "all"] | Annotated[int, Field(ge=1, strict=True)], BeforeValidator(_rows)] = (
        "auto"
    )
    """rows that go through the encoder at once. auto: the whole batch if it fits in half of the free memory (and
    on a processor has at most 8,192 tokens), else chunks of 2,048 tokens or fewer (16,384 on a GPU), with all the
    negatives of the whole batch and one more forward (gradient caching); a static table takes all of it. all: the
    whole batch."""
    learning_rate: float = Field(default=3e-5, gt=0.0)
    schedule: Literal["linear", "constant"] = "linear"
    warmup_share: float = Field(default=0.1, ge=0.0, le=1.0)
    weight_decay: float = Field(default=0.0, ge=0.0)
    clip_norm: float | None = Field(default=1.0, gt=0.0)
    seed: int = Field(default=42, ge=0, lt=2**31)
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "auto"
    """of matrix products; auto: what is fastest on the device, fp32 unless a half precision pays. fp16 is for GPUs that
    have no bf16, and scales the loss."""
    evaluations: int = Field(default=8, ge=1)
    """looks at the collapse meters and the dev set during training."""
    checkpoint_seconds: float = Field(default=60.0, ge=0.0)
    """least time between two checkpoints that are only for resuming; 0: at every evaluation."""


class EvaluationSettings(Section):
    sts: tuple[str, ...] = ()
    """reported only."""
    dev: str | None = None
    """chooses the checkpoint."""
    bootstrap: int = Field(default=1000, ge=50)
    keep_overlap: bool = False
    """keep training sentences that also stand in an evaluation set."""


class NLISettings(Section):
    """Labelled pairs of sentences: what entails what, and what contradicts it."""

    paths: tuple[str, ...] = ()
    """files, or folders of them."""
    labels: tuple[Literal["entailment", "neutral", "contradiction"], ...] = ()
    """what the numbers 0, 1, 2 stand for, where a file has numbers; nothing is guessed."""


class FinishSettings(Section):
    """What trained vectors go through behind training, as a layer of the saved model, fitted on training sentences."""

    kind: Literal["none", "centre", "whiten", "zipf"] = "none"
    """centre: their mean is taken out. whiten: every direction gets the same variance (arXiv 2103.15316). zipf: the
    same from tokens, by how often they occur, for pooling by mean (arXiv 2411.00680)."""
    remove: int = Field(default=0, ge=0)
    """principal directions taken out behind that (SIF takes 1, all-but-the-top about a hundredth of the width)."""
    dim: int | None = Field(default=None, ge=2)
    """numbers of a vector that are kept: the first, as Matryoshka trains them to stand alone; whiten puts the largest
    variances first."""


class Recipe(Section):
    """A complete recipe. `extends` and `about` are for the file; the rest is what runs."""

    about: str = ""
    stages: Annotated[tuple[StageSettings, ...], Field(min_length=1)] = (StageSettings(),)
    backbone: BackboneSettings = BackboneSettings()
    pooling: PoolingSettings = PoolingSettings()
    static: StaticSettings = StaticSettings()
    text: TextSettings = TextSettings()
    training: TrainingSettings = TrainingSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    nli: NLISettings = NLISettings()
    finish: FinishSettings = FinishSettings()
