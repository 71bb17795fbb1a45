from __future__ import annotations

import numpy as np
import pytest

from assistant.encoder import spoken
from assistant.neural import load_encoder, load_session_network
from assistant.neural.encoder_numpy import NumpyEncoder
from assistant.neural.short_term_network import NumpySessionNetwork

FACTS = [
    "My flimbert is called Zorp", "我的咕噜叫小泽", "I moved to Porto last month", "I love jazz",
    "My dog is called Bruno.", "I'm allergic to peanuts", "我对花生过敏", "我住在上海",
]  # fmt: skip
TALK = [
    "Hi!",
    "thanks",
    "ok",
    "what time is it?",
    "你好",
    "谢谢",
    "现在几点了？",
    "Hello, how are you?",
]


@pytest.fixture(scope="module")
def encoder() -> NumpyEncoder:
    loaded = load_encoder(device="cpu")
    assert isinstance(loaded, NumpyEncoder)
    return loaded


@pytest.fixture(scope="module")
def network() -> NumpySessionNetwork:
    return load_session_network()


def salience(network: NumpySessionNetwork, encoder: NumpyEncoder, text: str) -> float:
    vector = encoder.encode([spoken("user", text)])[0]
    return network.step(network.start(), vector, text, "user")[1].salience


def test_the_session_network_belongs_to_the_encoder(
    encoder: NumpyEncoder, network: NumpySessionNetwork
) -> None:
    assert network.encoder_fingerprint == encoder.fingerprint
    assert network.dimension == encoder.dimension
    assert 0 < network.threshold < 1


@pytest.mark.parametrize("text", FACTS)
def test_short_facts_are_worth_keeping(
    encoder: NumpyEncoder, network: NumpySessionNetwork, text: str
) -> None:
    assert salience(network, encoder, text) > network.threshold + 0.1


def test_every_fact_is_above_all_small_talk(
    encoder: NumpyEncoder, network: NumpySessionNetwork
) -> None:
    facts = [salience(network, encoder, text) for text in FACTS]
    talk = [salience(network, encoder, text) for text in TALK]
    assert min(facts) > max(talk) + 0.1


def test_who_spoke_is_part_of_the_match(encoder: NumpyEncoder) -> None:
    query = encoder.encode(["When did Nora go to Oslo?"], kind="query")[0]
    words = "I went to Oslo in May, it was lovely."
    scores = encoder.encode([spoken("Nora", words), spoken("Igor", words)]) @ query
    assert scores[0] > scores[1] + 0.05


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("What is my flimbert called?", "My flimbert is called Zorp."),
        ("我的咕噜叫什么名字？", "我的咕噜叫小泽。"),
        ("where do I live", "I moved to Porto last month"),
        ("What can't I eat?", "I'm allergic to peanuts"),
        ("What is my dog's name?", "我的狗叫布鲁诺"),
    ],
)
def test_the_answering_turn_is_nearest(encoder: NumpyEncoder, query: str, answer: str) -> None:
    others = ["Good morning!", "I like the blue one.", "我昨天去看电影了", "My sister is a nurse."]
    turns = encoder.encode([spoken("user", text) for text in [answer, *others]])
    assert int(np.argmax(turns @ encoder.encode([query], kind="query")[0])) == 0
