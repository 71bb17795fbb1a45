"""Trains the SentencePiece tokenizer on a balanced sample of the corpora.

python -m assistant.training tokenizer --corpora DIR --out DIR
"""

from __future__ import annotations

import io
import random
from collections import defaultdict
from pathlib import Path

import sentencepiece

from assistant.neural.tokenizer import PAD, QUERY_PIECE, TURN_PIECE, readable
from assistant.training.corpora import read_pairs, read_questions, read_turns

MAX_CHARACTERS = 500


def tokenizer_texts(corpora: Path, per_source: int, seed: int = 0) -> list[str]:
    """Up to ``per_source`` distinct texts of each source, shuffled.

    Sources count equally, so that Chinese and questions are not drowned by the large chat corpora.
    """
    by_source: dict[str, dict[str, None]] = defaultdict(dict)
    for question in read_questions(corpora):
        by_source[f"question:{question.source}"][question.question] = None
        for index in question.evidence if question.context else ():
            by_source[f"context:{question.source}"][question.context[index]] = None
    for pair in read_pairs(corpora):
        if pair.kind == "translation":
            by_source[f"translation:{pair.source}"][pair.b] = None
    for turn in read_turns(corpora):
        by_source[f"{turn.source}:{turn.lang}"][turn.text] = None
    rng = random.Random(seed)
    texts: list[str] = []
    for source in sorted(by_source):
        kept = list(by_source[source])
        rng.shuffle(kept)
        texts += [readable(text[:MAX_CHARACTERS]) for text in kept[:per_source]]
    rng.shuffle(texts)
    return texts


def train_tokenizer(
    texts: list[str], out: Path, *, pieces: int = 24_000, threads: int = 2, seed: int = 0
) -> Path:
    """Write ``tokenizer.model`` into ``out``; returns its path.

    Case is folded: chat is careless with it, names are found either way, and it frees a quarter of
    the pieces that would be capitalised twins.
    """
    sentencepiece.set_random_generator_seed(seed)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        vocab_size=pieces,
        model_type="unigram",
        character_coverage=0.9999,
        byte_fallback=True,
        normalization_rule_name="nmt_nfkc_cf",
        pad_id=PAD,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        control_symbols=[QUERY_PIECE, TURN_PIECE],
        max_sentencepiece_length=16,
        max_sentence_length=4 * MAX_CHARACTERS,
        hard_vocab_limit=False,
        num_threads=threads,
        minloglevel=2,
    )
    out.mkdir(parents=True, exist_ok=True)
    path = out / "tokenizer.model"
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(model.getvalue())
    temporary.replace(path)
    return path
