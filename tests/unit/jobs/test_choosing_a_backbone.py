"""Which models are tried on which device, and that none is taken that may not be."""

import pytest

from simcse_ml.events import silent
from simcse_ml.jobs import choosing
from simcse_ml.jobs.choosing import choose_backbone, device_class
from simcse_ml.languages.schema import PERMISSIVE
from simcse_ml.languages.table import all_languages, lang_info
from simcse_ml.models.locate import Located
from simcse_ml.settings.schema import BackboneSettings

LANGUAGES = all_languages()


@pytest.fixture
def tried(monkeypatch, tmp_path):
    """The names that `auto` would try, in order; the first is had."""
    names = []

    def first(candidates, *, offline):
        names.extend(candidates)
        return Located(candidates[0], tmp_path), ""

    monkeypatch.setattr(choosing, "first_available", first)
    return names


def choose(code, device):
    return choose_backbone(
        BackboneSettings(name="auto"), lang_info(code), device=device, offline=True, allow_large=False, sink=silent
    )


def test_small_models_come_first_on_a_cpu_and_large_ones_not_at_all(tried):
    choose("ja", "cpu")
    assert tried[:3] == [
        "intfloat/multilingual-e5-small",
        "sbintuitions/modernbert-ja-30m",
        "sbintuitions/modernbert-ja-70m",
    ]
    assert not any("large" in name for name in tried)


@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps"])
def test_base_models_come_first_on_a_gpu(tried, device):
    choose("ja", device)
    assert tried[:2] == ["intfloat/multilingual-e5-base", "sbintuitions/modernbert-ja-130m"]
    assert tried[-1] == "FacebookAI/xlm-roberta-large"


def test_auto_is_what_torch_finds(monkeypatch):
    import torch

    for there, expected in ((True, "gpu"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert device_class("auto") == expected
    assert device_class("cpu") == "cpu"


@pytest.mark.parametrize("info", LANGUAGES, ids=lambda info: info.code)
def test_only_permissive_models_without_a_caution_are_taken_unasked(info):
    taken = {model.id: model for device in ("cpu", "gpu") for model in info.backbones_for(device)}
    assert set(taken) == {model.id for model in info.backbones}
    assert all(model.licence in PERMISSIVE and not model.caution and model.size for model in taken.values())
    assert not set(taken) & {model.id for model in info.named_backbones}
    assert all(model.caution or model.licence not in PERMISSIVE for model in info.named_backbones)


def test_what_may_not_be_taken_is_still_known():
    assert "vinai/phobert-base" in {model.id for model in lang_info("vi").named_backbones}
    assert {model.licence for model in lang_info("mt").named_backbones} == {"cc-by-nc-sa-4.0"}


def test_a_model_without_dropout_says_what_to_set():
    known = {model.id: model for model in lang_info("ja").backbones}
    assert known["sbintuitions/modernbert-ja-30m"].dropout_to_set == 0.1
    assert known["intfloat/multilingual-e5-small"].dropout_to_set is None


def test_no_model_is_tried_where_none_has_the_letters(monkeypatch):
    choice = choose("nqo", "cpu")
    assert choice.is_static
    assert "no backbone is recommended" in choice.reason
