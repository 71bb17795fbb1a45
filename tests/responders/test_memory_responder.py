"""The built-in responder: quotes, current and former values, dates, lists, company."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.responders import MemoryResponder, Responder
from assistant.turn import Turn
from responders.conversation import LISBON, MAY_3, MAY_6, reply, said

BRUNO = said("My dog is called Bruno.")
PARROT = said("I adopted a parrot yesterday.", "Ana")


def test_a_fact_is_acknowledged_in_its_own_words() -> None:
    assert reply("My dog is called Bruno.") == "I'll remember: “My dog is called Bruno.”"
    assert reply("我的狗叫旺财。") == "我会记住：“我的狗叫旺财。”"


def test_an_answer_is_the_value_and_then_the_quotation_with_speaker_and_date() -> None:
    assert reply("What is my dog called?", [BRUNO]) == (
        "Bruno. You told me on 3 May 2026: “My dog is called Bruno.”"
    )
    assert reply("我的狗叫什么？", [said("我的狗叫旺财。")]) == (
        "旺财。你在2026年5月3日告诉我：“我的狗叫旺财。”"
    )


def test_joined_signs_are_quoted_whole() -> None:
    family, wanting = "My friend 👨\u200d👩\u200d👧 is here.", "می\u200cخواهم چای"
    assert reply(family) == f"I'll remember: “{family}”"
    assert wanting in reply("what do I want?", [said(wanting)])


def test_other_people_and_the_assistant_are_named_as_speakers() -> None:
    answer = reply("What happened to the parrot?", [said("The parrot flew off.", "Ana")])
    assert answer == "Ana said on 3 May 2026: “The parrot flew off.”"
    answer = reply("What did you recommend?", [said("Try the soup at Mirador.", "assistant")])
    assert answer == "I said on 3 May 2026: “Try the soup at Mirador.”"


def test_dates_are_local_to_the_moment_of_the_question() -> None:
    late = said("The kettle is broken.", at=datetime(2026, 5, 3, 23, 30, tzinfo=UTC))
    assert "4 May 2026" in reply("What about the kettle?", [late], now=MAY_6)


def test_nothing_confident_is_said_plainly_in_the_language_of_the_question() -> None:
    junk = said("The kettle is broken.", confidence=0.1)
    assert reply("Where did I park the car?", [junk]) == "I don't have that."
    assert reply("我把车停在哪里了？", [junk]) == "我没有这方面的记忆。"


def test_a_model_is_mentioned_only_when_asked_to() -> None:
    answer = reply("Where did I park the car?", mention_model=True)
    assert answer.startswith("I don't have that. ")
    assert "model" in answer
    assert "模型" in reply("我把车停在哪里了？", mention_model=True)
    assert "model" not in reply("What is my dog called?", [BRUNO], mention_model=True)


def test_the_current_value_comes_first_and_the_former_is_mentioned() -> None:
    rex = said("My dog is called Rex now.", at=MAY_3 + timedelta(days=2))
    former = said("My dog is called Bruno.", superseded=True)
    for hits in ([rex, former], [former, rex]):
        assert reply("What is my dog called?", hits) == (
            "Rex. You told me on 5 May 2026: “My dog is called Rex now.” "
            "Before that, on 3 May 2026: “My dog is called Bruno.”"
        )
    assert reply("What was my dog called before?", [rex, former]).startswith("Bruno. ")


def test_a_correction_still_in_short_term_memory_already_counts() -> None:
    first, second = said("My dog is called Bruno."), said("My dog is called Rex.")
    held = [
        Turn(hit.text, at=hit.said_at, ref=hit.refs[0]) for hit in (first, second)
    ]  # said at the same instant: their order decides
    for hits in ([first, second], [second, first]):
        answer = reply("What is my dog called?", hits, short_term=held)
        assert answer.startswith("Rex. ")
        assert "Before that" in answer


def test_a_change_is_acknowledged_with_what_it_replaces() -> None:
    assert reply("Actually my dog is called Rex.", [BRUNO]) == (
        "I'll remember: “Actually my dog is called Rex.” "
        "Before, on 3 May 2026, you said: “My dog is called Bruno.”"
    )
    assert "Before" not in reply("I like blues.", [said("I like jazz.")])


def test_a_restatement_is_recognised() -> None:
    assert reply("my dog is called Bruno", [BRUNO]) == (
        "You told me that on 3 May 2026. I'll remember."
    )


@pytest.mark.parametrize(
    ("question", "hit", "opening"),
    [
        ("When did Ana adopt a parrot?", PARROT, "On 2 May 2026."),
        ("When did I move?", said("I moved house last week."), "In the week of 20 April 2026."),
        ("When did I paint it?", said("I painted it last month."), "In April 2026."),
        ("When was I in Faro?", said("I was in Faro last year."), "In 2025."),
        ("When did we sail?", said("We sailed last weekend."), "On the weekend of 25 April 2026."),
        ("When did we sail?", said("We sailed last summer."), "From June 2025 to August 2025."),
        ("When is my flight?", said("My flight is on 3 June."), "3 June."),
        ("安娜什么时候领养了鹦鹉？", said("我昨天领养了一只鹦鹉。", "安娜"), "2026年5月2日。"),
        ("我什么时候搬的家？", said("我上周搬了家。"), "2026年4月20日那一周。"),
        ("我什么时候去了法鲁？", said("我去年去了法鲁。"), "2025年。"),
    ],
)
def test_when_is_answered_with_the_day_meant(question: str, hit: object, opening: str) -> None:
    answer = reply(question, [hit])  # type: ignore[list-item]
    assert answer.startswith(opening)
    assert "“" in answer


@pytest.mark.parametrize(
    ("question", "text", "speaker", "opening"),
    [
        ("When did Ana pass her driving test?", "I passed my driving test last week!", "Ana",
         "In the week of 20 April 2026."),
        ("小安什么时候考过驾照的？", "我上周考过了驾照！", "小安", "2026年4月20日那一周。"),
    ],
)  # fmt: skip
def test_a_dated_turn_with_every_word_asked_about_answers_when_whatever_its_score(
    question: str, text: str, speaker: str, opening: str
) -> None:
    assert reply(question, [said(text, speaker, confidence=0.1)]).startswith(opening)
    other = said(text, "Tom", confidence=0.1)  # somebody else's
    assert "“" not in reply(question, [other])


def test_who_is_answered_with_whoever_said_it_of_themselves() -> None:
    hits = [said("I live in Faro.", "Ana"), said("I live in Porto.", "Eva")]
    assert reply("Who lives in Porto?", hits) == "Eva. Eva said on 3 May 2026: “I live in Porto.”"
    assert (
        reply("谁住在上海？", [said("我住在上海。")])
        == "你。你在2026年5月3日告诉我：“我住在上海。”"
    )


def test_when_without_a_date_says_so_and_quotes() -> None:
    answer = reply("When did I buy the kettle?", [said("I bought the kettle.")])
    assert answer == "You told me on 3 May 2026: “I bought the kettle.” I have no date for it."


def test_when_something_was_said_is_answered_with_the_moment_of_saying() -> None:
    assert reply("When did I tell you about the kettle?", [said("The kettle is broken.")]) == (
        "On 3 May 2026 at 09:00. “The kettle is broken.”"
    )


def test_a_relative_day_in_a_quotation_is_explained_on_a_later_day() -> None:
    assert reply("What did Ana adopt?", [PARROT]) == (
        "A parrot. Ana said on 3 May 2026: “I adopted a parrot yesterday.” (yesterday: 2 May 2026)"
    )
    assert "(" not in reply("What did Ana adopt?", [PARROT], now=MAY_3)


def test_yes_or_no_goes_as_far_as_what_was_said() -> None:
    rex = said("My dog is called Rex.", at=MAY_3 + timedelta(days=1))
    former = said("My dog is called Bruno.", superseded=True)
    assert reply("Is my dog called Rex?", [rex, former]).startswith("Yes. You told me")
    assert reply("Is my dog called Bruno?", [rex, former]).startswith("Not any more")
    assert reply("Is my dog called Max?", [rex]).startswith("Not as far as I know: Rex. ")
    assert reply("Do I like blues?", [said("I like jazz.", confidence=0.1)]) == "I don't have that."


def test_what_is_known_about_a_topic_is_listed() -> None:
    hits = [
        BRUNO,
        said("The kettle is broken.", confidence=0.1),
        said("My dog hates cats.", confidence=0.3),
        said("My dog was called Max.", superseded=True),
    ]
    assert reply("What do you know about my dog?", hits) == (
        "I remember:\n"
        "- You told me on 3 May 2026: “My dog is called Bruno.”\n"
        "- You told me on 3 May 2026: “My dog hates cats.”\n"
        "- You told me on 3 May 2026: “My dog was called Max.” (replaced later)"
    )
    assert "我的狗叫旺财" in reply("你知道我的狗什么？", [said("我的狗叫旺财", confidence=0.3)])


def test_about_me_lists_what_the_user_said_and_nobody_else() -> None:
    hits = [PARROT, said("I am from Porto.", confidence=0.1), said("Try the soup.", "assistant")]
    assert reply("What do you remember about me?", hits) == (
        "You told me on 3 May 2026: “I am from Porto.”"
    )
    assert reply("关于我你记得什么", [PARROT]) == "我没有这方面的记忆。"


def test_several_values_that_exclude_nothing_are_listed() -> None:
    answer = reply("What do I like?", [said("I like jazz."), said("I like blues.")])
    assert answer.count("- You told me") == 2


def test_a_completed_ellipsis_is_what_is_answered() -> None:
    answer = reply("And Eva?", [said("I live in Faro.", "Eva")], question="Where does Eva live?")
    assert answer == "Faro. Eva said on 3 May 2026: “I live in Faro.”"


def test_a_statement_and_a_question_in_one_turn_are_both_met() -> None:
    answer = reply("My cat is called Tom. What is my dog called?", [BRUNO])
    assert answer == (
        "I'll remember: “My cat is called Tom.”\n"
        "Bruno. You told me on 3 May 2026: “My dog is called Bruno.”"
    )


def test_the_same_relation_of_another_thing_is_no_answer() -> None:
    assert reply("What is my cat called?", [BRUNO]) == "I don't have that."
    assert reply("我的猫叫什么？", [said("我的狗叫旺财")]) == "我没有这方面的记忆。"


def test_a_statement_of_the_form_asked_for_answers_whatever_its_score() -> None:
    assert reply("What is my dog called?", [said(BRUNO.text, confidence=0.01)]).startswith("Bruno.")


def test_an_earlier_question_is_never_quoted_as_an_answer() -> None:
    asked = said("What did I call the boat?", confidence=0.99)
    assert reply("What was the boat called, again?", [asked]) == "I don't have that."


def test_what_the_assistant_said_is_no_fact_about_the_user() -> None:
    answer = reply("Where do I live?", [said("I live in Lisbon.", "assistant")])
    assert answer == "I said on 3 May 2026: “I live in Lisbon.”"


def test_a_value_that_would_change_its_meaning_is_left_to_the_quotation() -> None:
    answer = reply("What do I love?", [said("I love my sister.")])
    assert answer == "You told me on 3 May 2026: “I love my sister.”"


def test_a_value_goes_without_its_day() -> None:
    hit = said("We watched a film about octopuses on Saturday.")
    assert reply("What did we watch?", [hit]).startswith("A film about octopuses. You told me")


def test_a_value_is_never_respelt() -> None:
    assert reply("What is my password?", [said("My password is hunter2.")]).startswith("hunter2. ")


@pytest.mark.parametrize("text", ["Tell me a joke", "Could you write a poem?", "给我讲个笑话"])
def test_what_memory_cannot_do_is_declined_and_not_answered_with_a_quotation(text: str) -> None:
    assert "“" not in reply(text, [BRUNO])


def test_small_talk_is_answered_in_kind() -> None:
    assert reply("Hi!") == "Hello!"
    assert reply("thanks, bye") == "You're welcome.\nGoodbye! I'll remember."
    assert reply("你好") == "你好！"
    assert reply("What time is it?") == "It is 09:05."
    assert reply("What's the date today?") == "It is Wednesday, 6 May 2026."
    assert reply("今天星期几？") == "今天是2026年5月6日，星期三。"
    assert "Remembrancer" in reply("Who are you?")


def test_a_greeting_before_a_question_does_not_hide_it() -> None:
    assert reply("Hi! What is my dog called?", [BRUNO]).startswith("Hello!\nBruno. ")


def test_what_is_neither_question_nor_fact_is_acknowledged_honestly() -> None:
    request_without_memory = reply("😀😀")
    assert request_without_memory == "I'm listening."
    assert reply("") == "I'm listening."


def test_quotations_are_one_balanced_line() -> None:
    hit = said("The label says “do not\n\n open” and\x1b[31m \u202eso I did not.")
    answer = reply("What does the label say?", [hit])
    assert answer == (
        "You told me on 3 May 2026: “The label says ‘do not open’ and [31m so I did not.”"
    )


def test_a_long_turn_is_clipped_around_what_matters() -> None:
    long = "The weather was fine. " * 40 + "The kettle broke on Tuesday. " + "We went home. " * 40
    answer = reply("What happened to the kettle?", [said(long)])
    assert "The kettle broke on Tuesday." in answer
    assert len(answer) < 400
    unbroken = "word " * 400 + "kettle " + "word " * 400
    answer = reply("What happened to the kettle?", [said(unbroken)])
    assert "kettle" in answer
    assert len(answer) < 400
    assert answer.count("…") == 2


def test_the_reply_streams_in_pieces_that_join_to_it() -> None:
    responder: Responder = MemoryResponder()
    assert responder.name == "memory"
    assert responder.recites


@settings(max_examples=80, deadline=None)
@given(
    st.text(st.characters(exclude_categories=[]), max_size=60),
    st.lists(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=60), max_size=3),
)
def test_any_turn_and_any_memory_get_a_reply_of_plain_lines(text: str, told: list[str]) -> None:
    hits = [said(one) for one in told]
    for turn in (
        text,
        f"What is my {text}?",
        f"我的{text}叫什么？",
        "what do you remember about me?",
    ):
        answer = reply(turn, hits)
        assert answer
        assert not {c for c in answer if c < " " and c != "\n"}


def test_the_far_ends_of_the_calendar_are_survived() -> None:
    for year in (1, 9999):
        hit = said("I saw it yesterday.", at=datetime(year, 1, 1, 0, 30, tzinfo=UTC))
        assert "“I saw it yesterday.”" in reply("When did I see it?", [hit], now=MAY_6)
    assert reply("Hi", now=datetime(9999, 12, 31, 23, 59, tzinfo=LISBON)) == "Hello!"
