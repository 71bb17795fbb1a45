"""Which model, from the environment; and where its key is."""

from __future__ import annotations

import copy
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from assistant import ConfigurationError
from assistant.responders.api_key import ApiKey, find_key
from assistant.responders.model_settings import ENVIRONMENT, ModelSettings

LOCAL = "http://127.0.0.1:11434/v1"


def read(**variables: str) -> ModelSettings | None:
    return ModelSettings.from_environment(
        {f"REMEMBRANCER_{name}": value for name, value in variables.items()}
    )


def test_no_model_is_named_by_an_empty_environment_or_by_none() -> None:
    assert read() is None
    assert ModelSettings.from_environment({"OPENAI_API_KEY": "sk-1"}) is None
    for off in ("none", "off", "None", "", "memory"):
        assert read(MODEL=off, BASE_URL=LOCAL) is None


def test_every_setting_can_be_given(tmp_path: Path) -> None:
    template = tmp_path / "prompt.txt"
    template.write_text("Be brief.\n{memories}", "utf-8")
    settings = read(
        MODEL="llama3.2",
        BASE_URL=LOCAL + "/",
        API_KEY_SOURCE="keyring",
        TEMPLATE=str(template),
        BUDGET_TOKENS="8000",
        REPLY_TOKENS="500",
        ALIVE_S="3",
        FIRST_TOKEN_S="60",
        BETWEEN_TOKENS_S="5.5",
    )
    assert settings == ModelSettings(
        base_url=LOCAL,
        model="llama3.2",
        api_key_source="keyring",
        template="Be brief.\n{memories}",
        budget_tokens=8000,
        reply_tokens=500,
        alive_s=3,
        first_token_s=60,
        between_tokens_s=5.5,
    )
    assert set(ENVIRONMENT) == set(ModelSettings.__slots__), "a setting that no variable can give"


def test_an_address_alone_takes_the_model_that_is_there() -> None:
    settings = read(BASE_URL=LOCAL)
    assert settings is not None
    assert settings.model == ""


def test_all_bad_settings_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(
            MODEL="m\x1b[2J",
            BASE_URL="ftp://example.org",
            BUDGET_TOKENS="many",
            REPLY_TOKENS="0",
            ALIVE_S="nan",
            FIRST_TOKEN_S="-1",
            TEMPLATE=str(tmp_path / "missing"),
        )
    said = str(caught.value)
    for named in ("model", "base_url", "BUDGET", "reply_tokens", "alive_s", "first_token_s"):
        assert named in said, named
    assert "missing cannot be read: no such file" in said
    assert "\n" not in said
    assert "\x1b" not in said


def test_a_model_without_an_address_says_how_to_name_one() -> None:
    with pytest.raises(ConfigurationError, match="REMEMBRANCER_BASE_URL, such as http"):
        read(MODEL="llama3.2")


@pytest.mark.parametrize(
    "url",
    ["http://me:sk-secret@host/v1", "http://host/v1?key=sk-secret", "http://host/v1#sk-secret"],
)
def test_an_address_that_holds_a_key_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match="REMEMBRANCER_API_KEY") as caught:
        ModelSettings(base_url=url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "host", "http://", "http://[::1", "http://h:99999/v1", "\ud800"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url"):
        ModelSettings(base_url=url)


@pytest.mark.parametrize("raw", [b"\xff\xfe{memories}", b"{memorys} {memories}", b"x" * 200_000])
def test_a_template_file_that_cannot_be_used_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "t"
    path.write_bytes(raw)
    with pytest.raises(ConfigurationError, match="template"):
        read(MODEL="m", BASE_URL=LOCAL, TEMPLATE=str(path))


def source(environment: dict[str, str]) -> str:
    settings = ModelSettings.from_environment({"REMEMBRANCER_MODEL": "m", **environment})
    assert settings is not None
    return settings.api_key_source


def test_openais_key_goes_to_openai_only() -> None:
    key = {"OPENAI_API_KEY": "sk-1"}
    assert source({**key, "REMEMBRANCER_BASE_URL": LOCAL}) == "none"
    assert source({**key, "REMEMBRANCER_BASE_URL": "https://evil.example/v1"}) == "none"
    openai = {"REMEMBRANCER_BASE_URL": "https://api.openai.com/v1"}
    assert source({**key, **openai}) == "OPENAI_API_KEY"
    assert source({**key, "OPENAI_BASE_URL": LOCAL}) == "OPENAI_API_KEY"
    own = {"REMEMBRANCER_API_KEY": "k", "REMEMBRANCER_BASE_URL": LOCAL}
    assert source({**key, **own}) == "REMEMBRANCER_API_KEY"


def test_a_key_is_found_where_the_settings_say_and_does_not_show_itself() -> None:
    settings = ModelSettings(base_url=LOCAL, api_key_source="MY_KEY")
    key = find_key(settings, {"MY_KEY": "sk-1 "})
    assert key.reveal() == "sk-1"
    assert "sk-1" not in f"{key!r} {key} {settings!r}"
    with pytest.raises(TypeError, match="not written"):
        copy.copy(key)  # goes the way that writing it would go
    assert key.hidden_in("bad key sk-1!") == "bad key [key]!"
    assert not find_key(ModelSettings(base_url=LOCAL), {"MY_KEY": "sk-1"})


def test_a_key_that_is_missing_or_broken_is_a_clear_line() -> None:
    settings = ModelSettings(base_url=LOCAL, api_key_source="MY_KEY")
    with pytest.raises(ConfigurationError, match="variable MY_KEY, which is empty"):
        find_key(settings, {})
    for broken in ("sk-\n1", "sk 1", "密钥", "\ud800"):
        with pytest.raises(ConfigurationError, match="copy it again") as caught:
            find_key(settings, {"MY_KEY": broken})
        assert broken not in str(caught.value)


class Keyring(KeyringBackend):
    priority = 1.0  # type: ignore[assignment]

    def __init__(self, kept: dict[tuple[str, str], str]) -> None:
        super().__init__()
        self.kept = kept

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_a_key_can_be_in_the_system_keyring() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(Keyring({("remembrancer", LOCAL): "sk-2"}))
    try:
        settings = ModelSettings(base_url=LOCAL, api_key_source="keyring")
        assert find_key(settings, {}).reveal() == "sk-2"
        other = ModelSettings(base_url="https://host/v1", api_key_source="keyring")
        with pytest.raises(ConfigurationError, match="keyring set remembrancer https://host/v1"):
            find_key(other, {})
    finally:
        keyring.set_keyring(before)


def test_an_empty_key_is_no_key() -> None:
    assert not ApiKey()
    assert ApiKey().hidden_in("text") == "text"
