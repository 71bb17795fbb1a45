"""Which of the networks go together: those that were trained with an encoder, beside it."""

from __future__ import annotations

from assistant.encoder import Encoder, SessionNetwork
from assistant.errors import ConfigurationError
from assistant.fusion import FusionRanker
from assistant.matching import FEATURES
from assistant.neural.ranker import load_ranker
from assistant.ranking import Ranker
from assistant.rereading import Reader


def ranker_for(encoder: Encoder) -> Ranker:
    """The shipped ranker beside the encoder it was trained with, else hand-tuned fusion."""
    shipped = load_ranker(FEATURES)
    return shipped if shipped.encoder == encoder.fingerprint else FusionRanker()


def reader_for(encoder: Encoder) -> Reader | None:
    """The shipped reader beside the encoder it was trained with."""
    from assistant.neural.checkpoint import Checkpoint
    from assistant.neural.reader import load_reader
    from assistant.neural.tokenizer import Tokenizer

    of_encoder, tokenizer = (getattr(encoder, name, None) for name in ("checkpoint", "tokenizer"))
    if not isinstance(of_encoder, Checkpoint) or not isinstance(tokenizer, Tokenizer):
        return None
    return load_reader(of_encoder, tokenizer, FEATURES)


def check_fit(encoder: Encoder, network: SessionNetwork) -> None:
    """Refuse a network that the encoder's vectors do not fit, where it says what it takes."""
    wanted = getattr(network, "dimension", encoder.dimension)
    if wanted != encoder.dimension:
        raise ConfigurationError(
            f"the encoder gives vectors of {encoder.dimension} and the network takes {wanted}; "
            "pass a network that fits: LengthNetwork goes with HashEncoder"
        )
