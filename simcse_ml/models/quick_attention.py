"""Attention with dropout on a CPU, where torch has no fused kernel for it: fewer passes over memory, less kept.

Put into transformers' table of attention functions under NAME. Whatever is not plain attention in full precision with
dropout on a CPU goes to transformers' own function for sdpa, so that everything but training there is as it was.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from simcse_ml.models.quick_dropout import draw_kept

NAME = "simcse_quick"


class _Attended(torch.autograd.Function):
    """softmax(q k^T scale, with `allowed`), dropped, times v: all of (batch, heads, length, width).

    Kept for the gradient: q, k, v, the probabilities and one byte of mask for each of them.
    """

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        query: Tensor,
        key: Tensor,
        value: Tensor,
        allowed: Tensor | None,
        scale: float,
        rate: float,
    ) -> Tensor:
        batch, heads, length, width = query.shape
        q, k, v = (x.reshape(batch * heads, length, width) for x in (query, key, value))
        scores = torch.baddbmm(q.new_empty(()), q, k.transpose(1, 2), beta=0, alpha=scale)  # (batch * heads, n, n)
        if allowed is not None:
            scores.view(batch, heads, length, length).masked_fill_(~allowed, torch.finfo(scores.dtype).min)
        probabilities = torch.ops.aten._softmax.out(scores, -1, False, out=scores)
        kept = draw_kept(scores.shape, rate)
        ctx.save_for_backward(q, k, v, probabilities, kept)
        ctx.scale, ctx.rate, ctx.shape = scale, rate, query.shape
        dropped = (probabilities * kept).mul_(1 / (1 - rate))
        return torch.bmm(dropped, v).view(query.shape)

    @staticmethod
    def backward(
        ctx: Any,  # noqa: ANN401
        gradient: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, None, None, None]:
        q, k, v, probabilities, kept = ctx.saved_tensors
        share = 1 / (1 - ctx.rate)
        g = gradient.reshape(q.shape)
        to_v = torch.bmm((probabilities * kept).mul_(share).transpose(1, 2), g)
        to_scores = torch.bmm(g, v.transpose(1, 2)).mul_(kept).mul_(share)
        to_scores = torch._softmax_backward_data(to_scores, probabilities, -1, probabilities.dtype).mul_(ctx.scale)
        to_q, to_k = torch.bmm(to_scores, k), torch.bmm(to_scores.transpose(1, 2), q)
        shape = ctx.shape
        return to_q.view(shape), to_k.view(shape), to_v.view(shape), None, None, None


def quick_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    is_causal: bool | None = None,
    **others: Any,  # noqa: ANN401
) -> tuple[Tensor, None]:
    """As transformers asks of it.

    query, key, value: (batch, heads, length, width).  attention_mask: true where a token sees another, broadcastable
    to (batch, heads, length, length).  Returns: (batch, length, heads, width).
    """
    causal = getattr(module, "is_causal", True) if is_causal is None else is_causal
    plain = (
        dropout > 0.0
        and query.device.type == "cpu"
        and query.dtype == key.dtype == value.dtype in {torch.float32, torch.float64}
        and query.shape == key.shape == value.shape
        and (not causal if attention_mask is None else attention_mask.dtype == torch.bool)
        and all(others.get(name) is None for name in ("position_bias", "cache", "softcap", "s_aux"))
    )
    if not plain:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        states, _ = sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, is_causal=is_causal, **others
        )
        return states, None
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    attended: Tensor = _Attended.apply(query, key, value, attention_mask, scale, dropout)  # type: ignore[no-untyped-call]
    return attended.transpose(1, 2).contiguous(), None


def use_quick_attention(model: Any) -> bool:  # noqa: ANN401
    """Let a model that asks transformers' table for sdpa ask for this instead; returns whether it does."""
    from transformers import AttentionInterface
    from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

    if getattr(model.config, "_attn_implementation", None) != "sdpa":
        return False
    AttentionInterface.register(NAME, quick_attention)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    model.set_attn_implementation(NAME)
    return True
