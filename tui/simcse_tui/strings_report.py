"""The words of Report in both languages."""

from __future__ import annotations

from collections.abc import Mapping

REPORT_ENGLISH: Mapping[str, str] = {
    "key.evaluate": "score on pairs",
    "report.none": "No run is done yet.",
    "report.reading": "Reading ...",
    "report.no_pairs": "No pairs found; see E. Label-free numbers hint at order, not quality.",
    "report.set": "{name}, {pairs} labelled pairs, Spearman x 100",
    "report.head_score": "score",
    "report.head_gain": "vs best free",
    "report.free_best": "best free",
    "report.head_model": "model",
    "report.free": "Without labels",
    "report.file": "scored pairs (file): ",
    "report.scoring": "scoring on {file} ...",
    "key.pairs": "ordered unlike people",
    "key.side": "too alike, too unlike, both",
    "report.looking": "Comparing pair by pair with {file} ...",
    "report.own_sets": "the sets of the run",
    "report.unlike": "ORDERED UNLIKE PEOPLE  {name}  {side}",
    "report.side_both": "both ways",
    "report.side_over": "too alike",
    "report.side_under": "too unlike",
    "report.pair_heads": "people  model    gap   lex",
    "report.pair_how": "% of the {pairs} pairs that are less alike by people, by the model; lex: shared letters.",
    "report.grid": "fifths of the pairs: people from the top (most alike), the model to the right",
    "report.no_unlike": "No pair is ordered otherwise in that way.",
}

REPORT_JAPANESE: Mapping[str, str] = {
    "key.evaluate": "文対で採点",
    "report.none": "完了した学習はまだありません。",
    "report.reading": "読んでいます ...",
    "report.no_pairs": "文対がありません。E を参照。ラベルなしの数は順序の手がかりで、質ではありません。",
    "report.set": "{name}、文対 {pairs}、スピアマン x 100",
    "report.head_score": "得点",
    "report.head_gain": "無料の最良比",
    "report.free_best": "無料の最良",
    "report.head_model": "モデル",
    "report.free": "ラベルなし",
    "report.file": "点のついた文対（ファイル）: ",
    "report.scoring": "{file} で採点しています ...",
    "key.pairs": "人と順序が違う文対",
    "key.side": "近すぎ・遠すぎ・両方",
    "report.looking": "{file} と一対ずつ比べています ...",
    "report.own_sets": "学習時の評価セット",
    "report.unlike": "人と順序が違う文対  {name}  {side}",
    "report.side_both": "両方",
    "report.side_over": "近いと見すぎ",
    "report.side_under": "遠いと見すぎ",
    "report.pair_heads": "  人   モデル    差  文字",
    "report.pair_how": "{pairs} 対のうち、それより似ていない対の割合（人、モデル）。文字: 共通する文字の割合。",
    "report.grid": "対を五分割: 縦が人（上ほど似ている）、横がモデル",
    "report.no_unlike": "そのような順序の違いはありません。",
}
